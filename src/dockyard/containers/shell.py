"""A shell's text taken apart into statements and words, as far as it is simple; nothing of it is ever executed.

Knows nothing about images. What is not simple (loops, conditions, pipes, command substitution, input from files) stays
as text: such a statement says of itself that it is not plain.
See POSIX, Shell Command Language: quoting, token recognition, parameter expansion, lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from dockyard.containers.substitution import SubstitutionError, expand

__all__ = ["Statement", "Word", "statements"]

_OPENING = frozenset(("if", "for", "while", "until", "case", "{", "select"))
_CLOSING = frozenset(("fi", "done", "esac", "}"))
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")
_WILD = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its pieces, each a text, a variable (`$X`, `${X:-y}`) or a wildcard, and whether it was quoted."""

    pieces: tuple[tuple[str, str, bool], ...] = ()  # kind, text, quoted

    def mentions(self, names: Collection[str]) -> bool:
        """Whether one of these variables is in it."""
        variables = (text.strip("${}") for kind, text, _ in self.pieces if kind == "variable")
        return any(re.split(r"\W", variable)[0] in names for variable in variables)

    def texts(self, values: Mapping[str, str], matching: Callable[[str], list[str]]) -> list[str]:
        """The words it becomes: variables replaced and split at spaces, wildcards matched; SubstitutionError."""
        grown = [("", False)]  # a text, and whether it has a wildcard
        for kind, text, quoted in self.pieces:
            value = expand(text, values) if kind == "variable" else text
            parts = value.split() if kind == "variable" and not quoted else [value]
            (last, wild), first = grown[-1], (parts or [""])[0]
            grown[-1] = (last + first, wild or kind == "wildcard")
            grown += [(each, False) for each in parts[1:]]
        empty = all(kind == "variable" and not quoted for kind, _, quoted in self.pieces)
        found = [one for text, wild in grown for one in ((matching(text) if wild else []) or [text])]
        return [] if empty and found == [""] else found


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
        first = _bare(each.words[0]) if each.words else ""
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
    begun = _bare(last.words[0]) if last.words else ""
    return not last.plain and begun in _OPENING and first not in _OPENING


def _joint(joined: str) -> str:
    return "; " if joined == ";" else f" {joined} "


def _bare(word: Word) -> str:
    return "".join(text for kind, text, quoted in word.pieces if kind == "text" and not quoted)


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
        self._text = text
        self._at = 0

    def statements(self) -> Iterator[Statement]:
        """Every statement that is not empty."""
        draft = _Draft()
        while self._at < len(self._text):
            operator = self._operator()
            if operator in (";", "\n", "&&", "||", "&", ";;"):
                end = self._at - len(operator)
                draft.plain = draft.plain and operator != "&"
                yield from self._finished(draft, end)
                draft = _Draft(operator if operator in ("&&", "||") else ";", start=self._at)
            elif operator:
                self._special(draft, operator)
            else:
                self._word(draft)
        yield from self._finished(draft, len(self._text))

    def _finished(self, draft: _Draft, end: int) -> Iterator[Statement]:
        text = self._text[draft.start : end].strip()
        if draft.words or draft.output or not draft.plain:
            output = (draft.output, draft.appends)
            yield Statement(draft.joined, tuple(draft.words), *output, draft.plain, text, draft.before_pipe)

    def _peek(self, length: int = 1) -> str:
        return self._text[self._at : self._at + length]

    def _operator(self) -> str:
        """The operator that stands here, read; an empty text where a word or a space does."""
        while self._peek() in (" ", "\t", "\r"):
            self._at += 1
        for operator in ("&&", "||", ";;", ">>", "<<", ";", "\n", "|", "&", "(", ")", ">", "<"):
            if self._text.startswith(operator, self._at) and not self._text.startswith("&>", self._at):
                self._at += len(operator)
                return operator
        if self._peek() == "#":
            end = self._text.find("\n", self._at)
            self._at = end if end >= 0 else len(self._text)
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
        number = draft.words[-1] if draft.words and self._text[self._at - len(operator) - 1].isdigit() else None
        stream = _bare(number) if number else ""
        if stream in ("1", "2"):
            draft.words.pop()
        if self._peek() == "&":
            self._at += 1
            self._read_word(draft)
            return
        while self._peek() in (" ", "\t"):
            self._at += 1
        target = self._read_word(draft)
        if _bare(target) == "/dev/null":
            return
        if stream == "2":
            draft.plain = False
            return
        draft.output, draft.appends = target, operator == ">>"

    def _word(self, draft: _Draft) -> None:
        if self._at < len(self._text) and self._peek() != "\n":
            word = self._read_word(draft)
            if word.pieces:
                draft.words.append(word)

    def _read_word(self, draft: _Draft) -> Word:
        pieces: list[tuple[str, str, bool]] = []
        while self._at < len(self._text) and self._peek() not in " \t\r\n;&|()<>":
            pieces.extend(self._piece(draft, quoted=False))
        if self._peek() == "&" and self._peek(2) == "&>":
            draft.plain = False
            self._at += 2
        return Word(tuple(pieces))

    def _piece(self, draft: _Draft, *, quoted: bool) -> Iterator[tuple[str, str, bool]]:
        character = self._peek()
        self._at += 1
        if character == "'" and not quoted:
            yield "text", self._until_quote(draft), True
        elif character == '"' and not quoted:
            yield from self._double_quoted(draft)
        elif character == "\\":
            yield from self._escaped(quoted=quoted)
        elif character == "$":
            yield self._variable(draft, quoted=quoted)
        elif character == "`":
            draft.plain = False
            end = self._text.find("`", self._at)
            self._at = end + 1 if end >= 0 else len(self._text)
        else:
            yield "wildcard" if character in _WILD and not quoted else "text", character, quoted

    def _until_quote(self, draft: _Draft) -> str:
        end = self._text.find("'", self._at)
        draft.plain = draft.plain and end >= 0
        start, self._at = self._at, end + 1 if end >= 0 else len(self._text)
        return self._text[start : self._at - 1]

    def _double_quoted(self, draft: _Draft) -> Iterator[tuple[str, str, bool]]:
        yield "text", "", True
        while self._peek() != '"':
            if self._at >= len(self._text):
                draft.plain = False
                return
            yield from self._piece(draft, quoted=True)
        self._at += 1

    def _escaped(self, *, quoted: bool) -> Iterator[tuple[str, str, bool]]:
        character = self._peek()
        self._at += 1
        if character == "\n":
            return
        kept = quoted and character not in '"$\\`'
        yield "text", f"\\{character}" if kept else character, True

    def _variable(self, draft: _Draft, *, quoted: bool) -> tuple[str, str, bool]:
        if self._peek() == "(":
            draft.plain = False
            self._skip_substitution()
            return "text", "", quoted
        start = self._at
        if self._peek() == "{":
            end = self._text.find("}", self._at)
            draft.plain = draft.plain and end >= 0
            self._at = end + 1 if end >= 0 else len(self._text)
            return self._checked(draft, self._text[start : self._at], quoted)
        while self._peek() and self._peek() in _NAME:
            self._at += 1
        name = self._text[start : self._at]
        if self._peek() and self._peek() in "?@*#!$-" and not name:
            draft.plain = False
        draft.plain = draft.plain and not name[:1].isdigit()
        return ("variable", f"${name}", quoted) if name else ("text", "$", quoted)

    def _checked(self, draft: _Draft, braced: str, quoted: bool) -> tuple[str, str, bool]:
        """`${…}` where it is one of the forms that can be replaced here."""
        try:
            expand(f"${braced}", {})
        except SubstitutionError as error:
            if ":?" not in braced:  # an empty value is judged when the value is known
                draft.plain = False
                return "text", str(error), quoted
        return "variable", f"${braced}", quoted

    def _skip_substitution(self) -> None:
        depth = 0
        while self._at < len(self._text):
            character = self._peek()
            self._at += 1
            depth += (character == "(") - (character == ")")
            if depth == 0:
                return
