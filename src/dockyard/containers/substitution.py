"""Variables in a Dockerfile: `$X`, `${X}`, `${X:-default}`, `${X:+instead}`, quotes and escapes.

Knows nothing about instructions: a text and the values known at that point go in, a text comes out.
See the Dockerfile reference, section "Environment replacement".
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["SubstitutionError", "expand", "split_words"]

_NAME_START = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_NAME = _NAME_START | frozenset("0123456789")


class SubstitutionError(ValueError):
    """The text cannot be read: a brace or a quote is never closed, or `${X:?message}` found nothing."""


def expand(text: str, values: Mapping[str, str], escape: str = "\\") -> str:
    """Replace variables and take quotes away; an unknown name becomes an empty text."""
    return _Reader(text, values, escape).read("")


def split_words(text: str, escape: str = "\\") -> list[str]:
    """Split at spaces outside quotes; quotes and escapes stay in the words."""
    words: list[str] = []
    word, quote, escaped = "", "", False
    for character in text:
        if not quote and not escaped and character.isspace():
            words, word = ([*words, word] if word else words), ""
            continue
        word += character
        if escaped:
            escaped = False
        elif character == escape and quote != "'":
            escaped = True
        elif character in "'\"":
            quote = "" if quote == character else quote or character
    return [*words, word] if word else words


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str, values: Mapping[str, str], escape: str) -> None:
        self._text = text
        self._escape = escape
        self._values = values
        self._at = 0

    def _next(self) -> str:
        """The next character, or an empty text at the end."""
        character = self._text[self._at : self._at + 1]
        self._at += 1
        return character

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def read(self, stop: str) -> str:
        """Read up to a character that stands outside quotes, or to the end where `stop` is empty."""
        result = ""
        while self._peek() and self._peek() != stop:
            result += self._piece(self._next())
        if stop and self._next() != stop:
            raise SubstitutionError(f"unexpected end of statement while looking for matching {stop}")
        return result

    def _piece(self, character: str) -> str:
        if character == "'":
            return self._single_quoted()
        if character == '"':
            return self._double_quoted()
        if character == self._escape:
            return self._next()
        return self._variable() if character == "$" else character

    def _single_quoted(self) -> str:
        end = self._text.find("'", self._at)
        if end < 0:
            raise SubstitutionError("unexpected end of statement while looking for matching single-quote")
        inside, self._at = self._text[self._at : end], end + 1
        return inside

    def _double_quoted(self) -> str:
        result = ""
        while (character := self._next()) != '"':
            if not character:
                raise SubstitutionError("unexpected end of statement while looking for matching double-quote")
            if character == self._escape:
                result += self._next() if self._peek() in ('"', "$", self._escape) else character
            else:
                result += self._variable() if character == "$" else character
        return result

    def _variable(self) -> str:
        if self._peek() == "{":
            self._next()
            return self._braced()
        name = self._name()
        return self._values.get(name, "") if name else "$"

    def _name(self) -> str:
        start = self._at
        if self._peek() in _NAME_START and self._peek():
            while self._peek() and self._peek() in _NAME:
                self._at += 1
        return self._text[start : self._at]

    def _braced(self) -> str:
        name = self._name()
        if not name:
            raise SubstitutionError("bad substitution")
        colon = self._peek() == ":"
        self._at += colon
        operator = self._next()
        if operator == "}" and not colon:
            return self._values.get(name, "")
        if operator not in ("-", "+", "?") or not operator:
            wrong = f"unsupported modifier ({operator}) in substitution" if colon else "missing ':' in substitution"
            raise SubstitutionError(wrong)
        return self._modified(name, operator, self.read("}"), colon)

    def _modified(self, name: str, operator: str, word: str, colon: bool) -> str:
        given = bool(self._values.get(name)) if colon else name in self._values
        if operator == "+":
            return word if given else ""
        if operator == "?" and not given:
            raise SubstitutionError(f"{name}: {word or 'not allowed to be empty'}")
        return self._values[name] if given else word
