"""A Dockerfile's text read into instructions, each with its line; refused in Docker's words where Docker refuses it.

Knows nothing about images or contexts: it only reads. Which arguments an instruction takes is in `grammar`.
See the Dockerfile reference, section "Format".
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dockyard.containers.grammar import FLAGS, JSON_KEYWORDS, KEYWORDS, check, refusal
from dockyard.errors import EngineError

__all__ = ["Instruction", "parse"]

_CONTINUED = re.compile(r"\\[ \t]*$")
_FLAG = re.compile(r"--([a-zA-Z-]+)(?:=(\S*))?(?:\s+|$)")
_DIRECTIVE = re.compile(r"#\s*escape\s*=\s*(\S)", re.IGNORECASE)
_HERE_DOCUMENT = re.compile(r"(^|\s)<<-?[\"']?[A-Za-z_]")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: keyword in capitals, flags, the text after them, and its JSON list where it is one."""

    line: int
    keyword: str
    text: str
    flags: dict[str, str] = field(default_factory=dict)
    listed: tuple[str, ...] | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Its arguments: the JSON list, or the text split at spaces."""
        return self.listed if self.listed is not None else tuple(self.text.split())

    @property
    def looks_like_a_list(self) -> bool:
        """Whether it starts as a JSON list and is none: Docker then hands it to a shell, brackets and all."""
        return self.listed is None and self.keyword in ("CMD", "ENTRYPOINT", "RUN") and self.text.startswith("[")

    def __str__(self) -> str:
        flags = [f"--{name}={value}" if value else f"--{name}" for name, value in self.flags.items()]
        return " ".join([self.keyword, *flags, self.text])


def parse(text: str, name: str = "Dockerfile") -> list[Instruction]:
    """Read a Dockerfile; EngineError with the line and the rule where it cannot be."""
    instructions = [_instruction(line, logical) for line, logical in _logical_lines(text.removeprefix("\ufeff"))]
    if not instructions:
        raise EngineError(f"the Dockerfile ({name}) cannot be empty.", next_step="Its first instruction is FROM.")
    for instruction in instructions:
        if instruction.keyword == "FROM":
            return instructions
        if instruction.keyword != "ARG":
            break
    rule = "A Dockerfile starts with FROM; only ARG may stand before it."
    raise refusal(instruction.line, "no build stage in current context", rule)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Instructions as single lines: continuations joined, comments and empty lines left out."""
    start, collected = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        _refuse_escape(number, line)
        stripped = line.strip() if not collected else line.rstrip()
        if not stripped.strip() or stripped.lstrip().startswith("#"):
            continue
        start = start or number
        collected += _CONTINUED.sub("", stripped)
        if not _CONTINUED.search(stripped):
            yield start, collected.strip()
            start, collected = 0, ""
    if collected.strip():
        yield start, collected.strip()


def _refuse_escape(number: int, line: str) -> None:
    directive = _DIRECTIVE.match(line) if number == 1 else None
    if directive and directive[1] != "\\":
        rule = "Lines are continued with a backslash here."
        raise refusal(number, f"the escape character {directive[1]} is not offered yet", rule)


def _instruction(line: int, logical: str) -> Instruction:
    first, _, rest = logical.partition(" ") if "\t" not in logical.split(" ")[0] else logical.partition("\t")
    keyword = first.upper()
    if keyword not in KEYWORDS:
        raise refusal(line, f"unknown instruction: {keyword}", _suggestion(keyword))
    flags, text = _flags(line, keyword, rest.strip())
    if keyword in ("RUN", "COPY", "ADD") and _HERE_DOCUMENT.search(text):
        raise refusal(line, "here-documents (<<) are not offered yet", "Write one command, continued with backslashes.")
    instruction = Instruction(line, keyword, text, flags, _listed(keyword, text))
    check(line, keyword, instruction.words, text, flags)
    return instruction


def _suggestion(keyword: str) -> str:
    near = difflib.get_close_matches(keyword, KEYWORDS, 1)
    return f"Did you mean {near[0]}?" if near else f"An instruction is one of {', '.join(sorted(KEYWORDS))}."


def _flags(line: int, keyword: str, text: str) -> tuple[dict[str, str], str]:
    """Take `--name=value` from the front of an instruction that knows flags."""
    flags: dict[str, str] = {}
    while keyword in FLAGS and (found := _FLAG.match(text)):
        name, value = found[1], found[2]
        if name not in FLAGS[keyword]:
            known = ", ".join(f"--{each}" for each in FLAGS[keyword])
            raise refusal(line, f"Unknown flag: {name}", f"{keyword} knows {known}.")
        flags[name] = value or ""
        text = text[found.end() :]
    return flags, text.strip()


def _listed(keyword: str, text: str) -> tuple[str, ...] | None:
    """The JSON form, where the text is a JSON list of texts; anything else is the shell form."""
    if keyword not in JSON_KEYWORDS or not text.startswith("["):
        return None
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        return None
    texts: Sequence[object] = value if isinstance(value, list) else [None]
    return tuple(str(each) for each in texts) if all(isinstance(each, str) for each in texts) else None
