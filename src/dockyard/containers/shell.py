"""A shell's text taken apart into statements and words, as far as it is simple; nothing of it is ever executed.

Knows nothing about images. What is not simple (loops, conditions, pipes, command substitution, input from files) stays
as text: such a statement says of itself that it is not plain.
See POSIX, Shell Command Language: token recognition, lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dockyard.containers.shell_words import Text, Word, read_word

__all__ = ["Statement", "statements"]

_OPENING = frozenset(("if", "for", "while", "until", "case", "{", "select"))
_CLOSING = frozenset(("fi", "done", "esac", "}"))
_SPACES = " \t\r"
_OPERATORS = ("&&", "||", ";;", ">>", "<<", ";", "\n", "|", "&", "(", ")", ">", "<")


@dataclass(frozen=True, slots=True)
class Statement:
    """One command: what stands before it (`&&`, `||` or `;`), its words, where its output goes, its text as written."""

    joined: str = ";"
    words: tuple[Word, ...] = ()
    output: Word | None = None
    appends: bool = False
    plain: bool = True
    text: str = ""
    before_pipe: int = -1  # how many words stand before the first |


def statements(text: str) -> list[Statement]:
    """A shell's text as statements, in order; what belongs to a loop or a condition is one that is not plain."""
    gathered: list[Statement] = []
    depth = 0
    for each in _Reader(text).statements():
        first = each.words[0].bare if each.words else ""
        inside = depth > 0 or first in _OPENING or first in _CLOSING
        depth += (first in _OPENING) - (first in _CLOSING)
        if inside and gathered and gathered[-1].text and _continues(gathered[-1], first):
            last = gathered[-1]
            gathered[-1] = replace(last, text=f"{last.text}{_joint(each.joined)}{each.text}")
        else:
            gathered.append(replace(each, plain=False) if inside else each)
    return gathered


def _continues(last: Statement, first: str) -> bool:
    """Whether a statement goes on with the compound command that the last one began."""
    begun = last.words[0].bare if last.words else ""
    return not last.plain and begun in _OPENING and first not in _OPENING


def _joint(joined: str) -> str:
    return "; " if joined == ";" else f" {joined} "


@dataclass(slots=True)
class _Draft:
    """The statement being read."""

    joined: str = ";"
    words: list[Word] = field(default_factory=list)
    output: Word | None = None
    appends: bool = False
    plain: bool = True
    before_pipe: int = -1
    start: int = 0


class _Reader:
    """Reads a shell's text from left to right."""

    def __init__(self, text: str) -> None:
        self._text = Text(text)

    def statements(self) -> Iterator[Statement]:
        """Every statement that is not empty."""
        draft, text = _Draft(), self._text
        while not text.over:
            operator = self._operator()
            if operator in (";", "\n", "&&", "||", "&", ";;"):
                draft.plain = draft.plain and operator != "&"
                yield from self._finished(draft, text.at - len(operator))
                draft = _Draft(operator if operator in ("&&", "||") else ";", start=text.at)
            elif operator:
                self._special(draft, operator)
            elif not text.over and text.peek() != "\n":
                self._word(draft)
        yield from self._finished(draft, text.at)

    def _finished(self, draft: _Draft, end: int) -> Iterator[Statement]:
        text = self._text.whole[draft.start : end].strip()
        if draft.words or draft.output or not draft.plain:
            output = (draft.output, draft.appends)
            yield Statement(draft.joined, tuple(draft.words), *output, draft.plain, text, draft.before_pipe)

    def _operator(self) -> str:
        """The operator that stands here, read; an empty text where a word or a space does."""
        text = self._text
        text.skip(_SPACES)
        for operator in _OPERATORS:
            if text.peek(len(operator)) == operator and text.peek(2) != "&>":
                text.at += len(operator)
                return operator
        if text.peek() == "#" and text.past("\n"):
            text.at -= 1
        return ""

    def _special(self, draft: _Draft, operator: str) -> None:
        if operator in (">", ">>"):
            self._redirected(draft, operator)
            return
        if operator == "|" and draft.before_pipe < 0:
            draft.before_pipe = len(draft.words)
        draft.plain = False

    def _redirected(self, draft: _Draft, operator: str) -> None:
        """Output to a file; what goes to /dev/null or to another stream changes no file."""
        before = self._text.whole[self._text.at - len(operator) - 1]
        stream = draft.words[-1].bare if draft.words and before.isdigit() else ""
        if stream in ("1", "2"):
            draft.words.pop()
        if self._text.peek() == "&":
            self._text.at += 1
            self._read(draft)
            return
        self._text.skip(" \t")
        target = self._read(draft)
        if target.bare == "/dev/null":
            return
        if stream == "2":
            draft.plain = False
            return
        draft.output, draft.appends = target, operator == ">>"

    def _word(self, draft: _Draft) -> None:
        word = self._read(draft)
        if word.pieces:
            draft.words.append(word)

    def _read(self, draft: _Draft) -> Word:
        word = read_word(self._text)
        draft.plain = draft.plain and word.plain
        return word
