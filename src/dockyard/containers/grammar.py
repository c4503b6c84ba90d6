"""Which instructions a Dockerfile has and what each takes, with Docker's sentences for what is malformed.

Knows nothing about lines of text or images: a keyword and its arguments are judged.
See the Dockerfile reference; the sentences are those of Docker Engine 20.10.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dockyard.containers.instruction import Instruction
from dockyard.containers.substitution import split_words
from dockyard.errors import EngineError

__all__ = ["FLAGS", "JSON_KEYWORDS", "KEYWORDS", "check", "refusal", "unreadable"]

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

#: what Docker says and which rule is broken; nothing where an instruction is well formed
Verdict = tuple[str, str] | None


def refusal(line: int, message: str, rule: str) -> EngineError:
    """A Dockerfile refused: which line, what Docker says, which rule it breaks."""
    return EngineError(f"dockerfile parse error line {line}: {message}.", next_step=rule)


def unreadable(line: int, message: str, rule: str) -> EngineError:
    """A line that cannot be taken apart: what Docker says (it names no line), the line, the rule."""
    return EngineError(f"failed to parse Dockerfile: {message}.", next_step=f"(Dockerfile line {line}) {rule}")


def check(found: Instruction) -> None:
    """Refuse an instruction whose arguments do not fit; EngineError."""
    verdict = _JUDGES[found.keyword](found)
    if verdict:
        raise (unreadable if found.keyword in _UNREADABLE else refusal)(found.line, *verdict)
    empty = next((name for name, value in found.flags.items() if not value), None)
    if empty:
        raise refusal(found.line, f"Missing a value on flag: {empty}", f"Write --{empty}=VALUE, without a space.")


def _at_least_one(found: Instruction) -> Verdict:
    if found.words:
        return None
    return f"{found.keyword} requires at least one argument", f"Nothing follows {found.keyword}."


def _exactly_one(found: Instruction) -> Verdict:
    if found.words:
        return None
    return f"{found.keyword} requires exactly one argument", f"Nothing follows {found.keyword}."


def _source_and_destination(found: Instruction) -> Verdict:
    keyword, words = found.keyword, found.words
    if not words:
        return f"{keyword} requires at least two arguments", f"Write {keyword} SOURCE DESTINATION."
    if len(words) == 1:
        sentence = (
            f"{keyword} requires at least two arguments, but only one was provided. Destination could not be determined"
        )
        return sentence, f"Write {keyword} {words[0]} DESTINATION."
    return None


def _from(found: Instruction) -> Verdict:
    words = found.words
    if len(words) == 1 or (len(words) == 3 and words[1].lower() == "as"):
        return None
    return "FROM requires either one or three arguments", "Write FROM IMAGE or FROM IMAGE AS STAGE."


def _pairs(found: Instruction) -> Verdict:
    keyword, text = found.keyword, found.text
    words = split_words(text, found.escape)
    if not words:
        return f"{keyword} requires at least one argument", f"Write {keyword} NAME=VALUE."
    if "=" not in words[0]:  # the old form: NAME VALUE
        return None if len(words) > 1 else (f"{keyword} must have two arguments", f"Write {keyword} NAME=VALUE.")
    wrong = next((word for word in words if "=" not in word), None)
    if wrong:
        sentence = f'Syntax error - can\'t find = in "{wrong}". Must be of the form: name=value'
        return sentence, "A value with spaces stands in quotes."
    if any(word.startswith("=") for word in words):
        return f"{keyword} names can not be blank", f"Write {keyword} NAME=VALUE."
    return None


def _health(found: Instruction) -> Verdict:
    words, text = found.words, found.text
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


def _shell(found: Instruction) -> Verdict:
    if found.words and found.listed is not None:
        return None
    return "SHELL requires the arguments to be in JSON form", 'Write SHELL ["/bin/bash", "-c"].'


def _on_build(found: Instruction) -> Verdict:
    """Only that it may be a trigger; the rest is judged when it is triggered, as Docker does."""
    if not found.words:
        return _at_least_one(found)
    trigger = found.words[0].upper()
    if trigger == "ONBUILD":
        return "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", "Write ONBUILD once."
    if trigger in ("FROM", "MAINTAINER"):
        return f"{trigger} isn't allowed as an ONBUILD trigger", "A trigger is carried out below somebody's FROM."
    return None


def _anything(_: Instruction) -> Verdict:
    return None


#: whose arguments Docker takes apart before it knows which line it is at
_UNREADABLE = frozenset(("ENV", "LABEL"))
_JUDGES: Mapping[str, Callable[[Instruction], Verdict]] = {
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
