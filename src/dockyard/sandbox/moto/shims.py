"""Simulated time and seeded randomness for moto, put where its code looks them up.

Knows nothing about worlds. Only the modules named here are touched; nothing patches the process (no freezegun). The
shimmed classes return plain datetimes, so that what moto keeps can be pickled.
"""

from __future__ import annotations

import datetime
import os
import time
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Where moto looks up `datetime` (the module), `datetime` (the class), `time` and `os` when it wants now or chance.
_DATETIME_MODULES = ("moto.core.utils", "moto.s3.models")
_DATETIME_CLASSES = ("moto.moto_api._internal.managed_state_model",)
_TIME_MODULES = ("moto.secretsmanager.models",)
_OS_MODULES = ("moto.s3.models", "moto.sts.utils", "moto.iam.models")


class Moment:
    """The simulated time and the chance of the call under way, for every shim."""

    def __init__(self, random: Any) -> None:
        self.now = 0.0
        self.random = random

    @contextmanager
    def at(self, now: float, seed: str) -> Iterator[None]:
        """Within: it is `now` (seconds since 1970), and every draw follows from the seed. Can be nested."""
        before, state = self.now, self.random.getstate()
        self.now = now
        self.random.seed(seed)
        try:
            yield
        finally:
            self.now = before
            self.random.setstate(state)


class _Module:
    """A module with some of its names replaced."""

    def __init__(self, module: Any, **replaced: Any) -> None:
        self._module = module
        self.__dict__.update(replaced)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def install(moment: Moment) -> None:
    """Put the shims into moto's modules."""
    shimmed = _datetime_class(moment)
    for name in _DATETIME_MODULES:
        _replace(name, "datetime", _Module(datetime, datetime=shimmed))
    for name in _DATETIME_CLASSES:
        _replace(name, "datetime", shimmed)
    for name in _TIME_MODULES:
        _replace(name, "time", _Module(time, time=lambda: moment.now))
    for name in _OS_MODULES:
        _replace(name, "os", _Module(os, urandom=lambda size: moment.random.randbytes(size)))
    _install_keys(moment)


def _install_keys(moment: Moment) -> None:
    """Key pairs of the moment's chance."""
    import moto.ec2.utils as utils

    from dockyard.sandbox.moto import keys

    def make(public_exponent: int, key_size: int, **_: Any) -> Any:
        return keys.rsa_key(moment.random, public_exponent, key_size)

    _replace("moto.ec2.utils", "rsa", _Module(utils.rsa, generate_private_key=make))
    generate = _Module(utils.Ed25519PrivateKey, generate=lambda: keys.ed25519_key(moment.random))
    _replace("moto.ec2.utils", "Ed25519PrivateKey", generate)


def _replace(module: str, name: str, value: Any) -> None:
    found = import_module(module)
    getattr(found, name)  # AttributeError here: this moto looks time up elsewhere
    setattr(found, name, value)


def _datetime_class(moment: Moment) -> type:
    """A `datetime.datetime` whose now is the moment's; making one gives a plain datetime."""

    class Kind(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, datetime.datetime)

    class Shimmed(datetime.datetime, metaclass=Kind):
        def __new__(cls, *parts: Any, **named: Any) -> Any:
            return datetime.datetime(*parts, **named)

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            found = datetime.datetime.fromtimestamp(moment.now, tz or datetime.UTC)
            return found if tz else found.replace(tzinfo=None)

        @classmethod
        def utcnow(cls) -> Any:
            return cls.now()

    return Shimmed
