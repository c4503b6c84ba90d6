"""The backends of one service of one world, as moto's own dictionary by region: thawed, made and noticed when touched.

Knows nothing about calls. Imports moto: only `loading` imports this module.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from typing import Any

from moto.core.base_backend import AccountSpecificBackend

#: Makes the backend of a region as AWS gives it to a new account.
Birth = Callable[[str], Any]


class WorldBackends(AccountSpecificBackend):  # type: ignore[misc]
    """Stands in a BackendDict while its world is asked. Holds bytes until somebody looks in."""

    def __init__(self, pattern: Any, account: str, birth: Birth, frozen: bytes | None) -> None:
        self._id = f"{account} {id(self)}"  # moto compares and hashes by this
        self.service_name = pattern.service_name
        self.account_id = account
        self.backend = pattern.backend
        self.regions = pattern.regions
        self._birth = birth
        self._frozen = frozen
        self._thawed = frozen is None
        #: whether moto may have changed something since this was last frozen
        self._touched = False

    def look(self) -> dict[str, Any]:
        """The backends made so far, by region; to be read only."""
        if not self._thawed and self._frozen is not None:
            dict.update(self, pickle.loads(self._frozen))
            self._thawed = True
        found: dict[str, Any] = dict(dict.items(self))
        return found

    def peek(self, region: str) -> Any:
        """The backend of a region, made where there is none yet; to be read only."""
        return self.look().get(region) or self[region]

    def freeze(self) -> bytes | None:
        """The backends as bytes, None where none was made; the backends stay."""
        if self._touched:
            self._frozen = pickle.dumps(dict(dict.items(self)), protocol=pickle.HIGHEST_PROTOCOL)
            self._touched = False
        return self._frozen

    def _touch(self) -> None:
        self.look()
        self._touched = self._touched or dict.__len__(self) > 0

    def __getitem__(self, region: str) -> Any:
        self.look()
        name = "aws" if region == "global" else region
        if not dict.__contains__(self, name):
            if name not in self.regions:
                raise KeyError(name)
            dict.__setitem__(self, name, self._birth(name))
        self._touched = True
        return dict.__getitem__(self, name)

    def __contains__(self, region: object) -> bool:
        return region in self.regions or region == "global"

    def __iter__(self) -> Iterator[str]:
        self._touch()
        return dict.__iter__(self)

    def keys(self) -> Any:
        """The regions made so far."""
        self._touch()
        return dict.keys(self)

    def values(self) -> Any:
        """The backends made so far."""
        self._touch()
        return dict.values(self)

    def items(self) -> Any:
        """Regions and backends made so far."""
        self._touch()
        return dict.items(self)
