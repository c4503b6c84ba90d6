"""Which instructions a Dockerfile has and what each takes, with Docker's sentences for what is malformed.

Knows nothing about lines of text or images: a keyword and its arguments are judged.
See the Dockerfile reference; the sentences are those of Docker Engine 20.10.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dockyard.containers.substitution import split_words
from dockyard.errors import EngineError

__all__ = ["FLAGS", "JSON_KEYWORDS", "KEYWORDS", "check", "refusal"]

_ALL = (
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL "
    "STOPSIGNAL USER VOLUME WORKDIR"
)
KEYWORDS = frozenset(_ALL.split())
JSON_KEYWORDS = frozenset(("ADD", "CMD", "COPY", "ENTRYPOINT", "RUN", "SHELL", "VOLUME"))
FLAGS: Mapping[str, tuple[str, ...]] = {
    "ADD": ("chown", "chmod"),
    "COPY": ("from", "chown", "chmod"),
    "FROM": ("platform",),
    "HEALTHCHECK": ("interval", "timeout", "start-period", "retries"),
    "RUN": ("mount", "network", "security"),
}

Judge = Callable[[str, Sequence[str], str], tuple[str, str] | None]


def refusal(line: int, message: str, rule: str) -> EngineError:
    """A Dockerfile refused: which line, what Docker says, which rule it breaks."""
    return EngineError(f"dockerfile parse error line {line}: {message}.", next_step=rule)


def check(line: int, keyword: str, words: Sequence[str], text: str, flags: Mapping[str, str]) -> None:
    """Refuse an instruction whose arguments do not fit; EngineError."""
    found = _JUDGES[keyword](keyword, words, text)
    if found:
        raise refusal(line, *found)
    empty = next((name for name, value in flags.items() if not value), None)
    if empty:
        raise refusal(line, f"Missing a value on flag: {empty}", f"Write --{empty}=VALUE, without a space.")


def _at_least_one(keyword: str, words: Sequence[str], _: str) -> tuple[str, str] | None:
    if words:
        return None
    return f"{keyword} requires at least one argument", f"Nothing follows {keyword}."


def _exactly_one(keyword: str, words: Sequence[str], _: str) -> tuple[str, str] | None:
    if words:
        return None
    return f"{keyword} requires exactly one argument", f"Nothing follows {keyword}."


def _source_and_destination(keyword: str, words: Sequence[str], _: str) -> tuple[str, str] | None:
    if not words:
        return f"{keyword} requires at least two arguments", f"Write {keyword} SOURCE DESTINATION."
    if len(words) == 1:
        sentence = (
            f"{keyword} requires at least two arguments, but only one was provided. Destination could not be determined"
        )
        return sentence, f"Write {keyword} {words[0]} DESTINATION."
    if len(words) > 2 and not words[-1].endswith("/") and words[-1] != ".":
        sentence = (
            f"When using {keyword} with more than one source file, the destination must be a directory and end with a /"
        )
        return sentence, f"The destination was {words[-1]}."
    return None


def _from(_: str, words: Sequence[str], __: str) -> tuple[str, str] | None:
    if len(words) == 1 or (len(words) == 3 and words[1].lower() == "as"):
        return None
    return "FROM requires either one or three arguments", "Write FROM IMAGE or FROM IMAGE AS STAGE."


def _pairs(keyword: str, _: Sequence[str], text: str) -> tuple[str, str] | None:
    words = split_words(text)
    if len(words) < 2 and "=" not in text:
        return f"{keyword} must have two arguments", f"Write {keyword} NAME=VALUE."
    if "=" not in words[0]:
        return None  # the old form: NAME VALUE
    wrong = next((word for word in words if "=" not in word), None)
    if wrong:
        sentence = f"Syntax error - can't find = in {wrong!r}. Must be of the form: name=value"
        return sentence.replace("'", '"').replace('can"t', "can't"), "A value with spaces stands in quotes."
    if any(word.startswith("=") for word in words):
        return f"{keyword} names can not be blank", f"Write {keyword} NAME=VALUE."
    return None


def _health(_: str, words: Sequence[str], text: str) -> tuple[str, str] | None:
    if not words:
        return "HEALTHCHECK requires at least one argument", "Write HEALTHCHECK CMD COMMAND or HEALTHCHECK NONE."
    kind = words[0].upper()
    if kind not in ("CMD", "NONE"):
        return f'Unknown type "{kind}" in HEALTHCHECK (try CMD)', "Write HEALTHCHECK CMD COMMAND or HEALTHCHECK NONE."
    if kind == "NONE" and len(words) > 1:
        return "HEALTHCHECK NONE takes no arguments", "It only switches a base image's check off."
    if kind == "CMD" and not text[3:].strip():
        return "Missing command after HEALTHCHECK CMD", "Write HEALTHCHECK CMD COMMAND."
    return None


def _shell(_: str, words: Sequence[str], text: str) -> tuple[str, str] | None:
    if words and text.startswith("["):
        return None
    return "SHELL requires the arguments to be in JSON form", 'Write SHELL ["/bin/bash", "-c"].'


def _on_build(_: str, __: Sequence[str], ___: str) -> tuple[str, str] | None:
    return "ONBUILD is not offered yet", "Write the instruction in the Dockerfile that is built on this image."


def _anything(_: str, __: Sequence[str], ___: str) -> None:
    return None


_JUDGES: Mapping[str, Judge] = {
    "ADD": _source_and_destination,
    "ARG": _at_least_one,
    "CMD": _anything,
    "COPY": _source_and_destination,
    "ENTRYPOINT": _anything,
    "ENV": _pairs,
    "EXPOSE": _at_least_one,
    "FROM": _from,
    "HEALTHCHECK": _health,
    "LABEL": _pairs,
    "MAINTAINER": _exactly_one,
    "ONBUILD": _on_build,
    "RUN": _at_least_one,
    "SHELL": _shell,
    "STOPSIGNAL": _exactly_one,
    "USER": _exactly_one,
    "VOLUME": _at_least_one,
    "WORKDIR": _exactly_one,
}
