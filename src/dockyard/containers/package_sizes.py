"""The bytes that Python packages take in an image: true where their files are at hand, else a rough figure by name.

Knows nothing about images.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["installed_size", "with_cache"]

_MEGABYTE = 1_000_000
_INSTALLED = (
    "boto3=30 catboost=320 fastapi=15 flask=4 gunicorn=1 lightgbm=250 matplotlib=120 mlflow=700 numpy=70 "
    "pandas=150 requests=2 scikit-learn=230 scipy=160 tensorflow=1900 torch=5200 transformers=400 "
    "uvicorn=3 xgboost=600"
)
_MEGABYTES = {name: int(size) for name, _, size in (word.partition("=") for word in _INSTALLED.split())}
_ANY_OTHER = 5


def installed_size(packages: Iterable[str]) -> int:
    """Roughly the bytes that what was asked for takes, with what it needs in turn."""
    names = [re.split(r"[\[=<>~!@ ]", package)[0] for package in packages]
    return sum(_MEGABYTES.get(name, _ANY_OTHER) for name in names) * _MEGABYTE


def with_cache(size: int, *, keeps_cache: bool) -> int:
    """pip's own cache, where it is kept, adds two fifths."""
    return size * 7 // 5 if keeps_cache else size
