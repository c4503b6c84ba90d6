"""A Dockerfile's text read into instructions, each with its line; refused in Docker's words where Docker refuses it.

Knows nothing about images or contexts: it only reads. Which arguments an instruction takes is in `grammar`.
See the Dockerfile reference, section "Format".
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Sequence

from dockyard.containers.grammar import FLAGS, JSON_KEYWORDS, KEYWORDS, check, refusal, unreadable
from dockyard.containers.instruction import Instruction
from dockyard.errors import EngineError

__all__ = ["Instruction", "parse", "read_instruction"]

_FLAG = re.compile(r"--([a-zA-Z-]+)(?:=(\S*))?(?:\s+|$)")
_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*")
_HERE_DOCUMENT = re.compile(r"(^|\s)<<-?[\"']?[A-Za-z_]")


def parse(text: str, name: str = "Dockerfile") -> list[Instruction]:
    """Read a Dockerfile; EngineError with the line and the rule where it cannot be."""
    text = text.removeprefix("\ufeff")
    if not text:
        raise EngineError(f"the Dockerfile ({name}) cannot be empty.", next_step="Its first instruction is FROM.")
    escape = _escape(text)
    instructions = [read_instruction(line, logical, escape) for line, logical in _logical_lines(text, escape)]
    if not instructions:
        sentence = "failed to parse Dockerfile: file with no instructions."
        raise EngineError(sentence, next_step="Its first instruction is FROM.")
    for each in instructions:
        if each.keyword == "FROM":
            return instructions
        if each.keyword != "ARG":
            break
    rule = f"(Dockerfile line {each.line}) A Dockerfile starts with FROM; only ARG may stand before it."
    raise EngineError("no build stage in current context.", next_step=rule)


def _escape(text: str) -> str:
    """The escape character: a directive above every other line may make it a backtick."""
    found = dict[str, str]()
    for number, line in enumerate(text.splitlines(), 1):
        directive = _DIRECTIVE.fullmatch(line.strip())
        if not directive:
            break
        name, value = directive[1].lower(), directive[2]
        if name == "escape" and name in found:
            raise unreadable(number, "only one escape parser directive can be used", "Leave one of them.")
        if name == "escape" and value not in ("`", "\\"):
            raise unreadable(
                number, f"invalid escape token '{value}' does not match ` or \\", "Lines are continued with it."
            )
        found[name] = value
    return found.get("escape", "\\")


def _logical_lines(text: str, escape: str) -> Iterator[tuple[int, str]]:
    """Instructions as single lines: continuations joined, comments and empty lines left out."""
    continued = re.compile(re.escape(escape) + r"[ \t]*$")
    start, collected = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip() if not collected else line.rstrip()
        if not stripped.strip() or stripped.lstrip().startswith("#"):
            continue
        start = start or number
        collected += continued.sub("", stripped)
        if not continued.search(stripped):
            yield start, collected.strip()
            start, collected = 0, ""
    if collected.strip():
        yield start, collected.strip()


def read_instruction(line: int, logical: str, escape: str = "\\") -> Instruction:
    """One instruction from its one line; EngineError where it is none."""
    first, _, rest = logical.partition(" ") if "\t" not in logical.split(" ")[0] else logical.partition("\t")
    keyword = first.upper()
    if keyword not in KEYWORDS:
        raise refusal(line, f"unknown instruction: {keyword}", _suggestion(keyword))
    flags, text = _flags(line, keyword, rest.strip())
    if keyword in ("RUN", "COPY", "ADD") and _HERE_DOCUMENT.search(text):
        raise refusal(line, "here-documents (<<) are not offered yet", "Write one command, continued with backslashes.")
    found = Instruction(line, keyword, text, flags, _listed(keyword, text), escape)
    check(found)
    return found


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
