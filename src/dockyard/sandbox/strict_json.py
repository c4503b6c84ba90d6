"""JSON from outside, read strictly: what is read can be written again, kept and shown.

Knows nothing about who sent it. Python's own reader takes NaN and halves of surrogate pairs, which no UTF-8 can hold,
and gives up with another error than ValueError where brackets nest too deeply.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn


def read_json(text: str | bytes) -> Any:
    """The value in a text. Raises ValueError, with what is wrong in a few words."""
    try:
        value = json.loads(text, parse_constant=_no_number)
        if (b"\\u" if isinstance(text, bytes) else "\\u") in text:  # type: ignore[operator]
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("its brackets nest too deeply") from None
    except UnicodeEncodeError:
        raise ValueError("it holds half a surrogate pair") from None
    return value


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number in JSON")
