"""A model that takes its time, to lie where a learner's model.pkl lies: so a request is in hand when a signal comes.

Knows nothing about who asks it, nor what is right: it approves of everybody. A slow model is what any server can be
held to, whatever it is written with; and it needs no scikit-learn, whose import is most of what a container costs here.
"""

from __future__ import annotations

import pickle

__all__ = ["THINKS", "slow_model"]

#: What it writes when it begins.
THINKS = "A slow model begins to think."
#: Real seconds that it thinks: many times what a signal needs to arrive.
_SECONDS = 1.5
_SAYS = f"__import__('os').write(1, {THINKS.encode() + bytes([10])!r})"
_SLEEPS = f"__import__('time').sleep({_SECONDS})"
_ARRAY = "__import__('numpy').array"
_MODEL = (
    f"type('SlowModel', (), {{'predict': lambda self, rows: ({_SAYS}, {_SLEEPS}, {_ARRAY}([1]))[2], "
    f"'predict_proba': lambda self, rows: ({_SAYS}, {_SLEEPS}, {_ARRAY}([[0.1, 0.9]]))[2]}})()"
)


class _Made:
    """Stands for the model in the pickle: whoever loads it makes the class, for the container has no such module."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, (_MODEL,)


def slow_model() -> bytes:
    """The pickle, the same bytes each time."""
    return pickle.dumps(_Made(), protocol=4)
