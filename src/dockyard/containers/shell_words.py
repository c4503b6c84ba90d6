"""A shell's words: read from its text, and what they become.

Knows nothing about statements: a word ends where a space or an operator stands.
See POSIX, Shell Command Language: quoting, parameter expansion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from dockyard.containers.substitution import SubstitutionError, expand

__all__ = ["Text", "Word", "read_word"]

#: What a word ends at.
_ENDS = frozenset(" \t\r\n;&|()<>")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")
_WILD = frozenset("*?[")
#: kind, text, quoted
Piece = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its pieces, each a text, a variable (`$X`, `${X:-y}`) or a wildcard, and whether it was quoted.

    It is not plain where something in it is not read further, such as a command substitution.
    """

    pieces: tuple[Piece, ...] = ()
    plain: bool = True

    @property
    def bare(self) -> str:
        """What of it is text without quotes."""
        return "".join(text for kind, text, quoted in self.pieces if kind == "text" and not quoted)

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


class Text:
    """A shell's text, read from left to right: what stands before `at` was read."""

    def __init__(self, whole: str) -> None:
        self.whole = whole
        self.at = 0

    @property
    def over(self) -> bool:
        """Whether all of it was read."""
        return self.at >= len(self.whole)

    def peek(self, length: int = 1) -> str:
        """What comes next; less where it ends."""
        return self.whole[self.at : self.at + length]

    def comes(self, characters: str | frozenset[str]) -> bool:
        """Whether one of these characters comes next."""
        return not self.over and self.whole[self.at] in characters

    def skip(self, characters: str | frozenset[str]) -> str:
        """Read all of these characters that come next."""
        start = self.at
        while self.comes(characters):
            self.at += 1
        return self.whole[start : self.at]

    def past(self, end: str) -> bool:
        """Read up to this and it, too; where it does not come, read all, and False."""
        found = self.whole.find(end, self.at)
        self.at = found + len(end) if found >= 0 else len(self.whole)
        return found >= 0


def read_word(text: Text) -> Word:
    """The word that comes next; without pieces where none does."""
    return _Reader(text).word()


class _Reader:
    """Reads one word. `_plain` is whether all so far is."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._plain = True

    def word(self) -> Word:
        pieces: list[Piece] = []
        while not self._text.over and not self._text.comes(_ENDS):
            pieces.extend(self._piece(quoted=False))
        if self._text.peek(2) == "&>":
            self._plain = False
            self._text.at += 2
        return Word(tuple(pieces), self._plain)

    def _next(self) -> str:
        character = self._text.peek()
        self._text.at += 1
        return character

    def _piece(self, *, quoted: bool) -> Iterator[Piece]:
        character = self._next()
        if character == "'" and not quoted:
            yield "text", self._until_quote(), True
        elif character == '"' and not quoted:
            yield from self._double_quoted()
        elif character == "\\":
            yield from self._escaped(quoted=quoted)
        elif character == "$":
            yield self._variable(quoted=quoted)
        elif character == "`":
            self._plain = False
            self._text.past("`")
        else:
            yield "wildcard" if character in _WILD and not quoted else "text", character, quoted

    def _until_quote(self) -> str:
        start = self._text.at
        self._plain = self._text.past("'") and self._plain
        return self._text.whole[start : self._text.at - 1]

    def _double_quoted(self) -> Iterator[Piece]:
        yield "text", "", True
        while self._text.peek() != '"':
            if self._text.over:
                self._plain = False
                return
            yield from self._piece(quoted=True)
        self._text.at += 1

    def _escaped(self, *, quoted: bool) -> Iterator[Piece]:
        character = self._next()
        if character == "\n":
            return
        kept = quoted and character not in '"$\\`'
        yield "text", f"\\{character}" if kept else character, True

    def _variable(self, *, quoted: bool) -> Piece:
        if self._text.peek() == "(":
            self._plain = False
            self._skip_substitution()
            return "text", "", quoted
        start = self._text.at
        if self._text.peek() == "{":
            self._plain = self._text.past("}") and self._plain
            return self._checked(self._text.whole[start : self._text.at], quoted)
        name = self._text.skip(_NAME)
        if self._text.comes("?@*#!$-") and not name:
            self._plain = False
        self._plain = self._plain and not name[:1].isdigit()
        return ("variable", f"${name}", quoted) if name else ("text", "$", quoted)

    def _checked(self, braced: str, quoted: bool) -> Piece:
        """`${…}` where it is one of the forms that can be replaced here."""
        try:
            expand(f"${braced}", {})
        except SubstitutionError as error:
            if ":?" not in braced:  # an empty value is judged when the value is known
                self._plain = False
                return "text", str(error), quoted
        return "variable", f"${braced}", quoted

    def _skip_substitution(self) -> None:
        depth = 0
        while not self._text.over:
            character = self._next()
            depth += (character == "(") - (character == ")")
            if depth == 0:
                return
