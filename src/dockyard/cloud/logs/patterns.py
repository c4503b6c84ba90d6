"""Filter patterns for unstructured logs: terms that must all occur, `?` terms of which one must, `-` terms: none may.

Knows nothing about streams. Patterns for JSON, for columns and regular expressions are refused with a sentence.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dockyard.cloud.logs.base import invalid

TERM = re.compile(r'\s*(?P<sign>[?-]?)(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<word>[^\s"]+))')
#: Any other character asks for quotation marks.
PLAIN = re.compile(r"[\w.*]+")


@dataclass(slots=True, frozen=True)
class Pattern:
    """What must occur in a message (case matters): all `wanted`, one of `either` if there are any, none `unwanted`."""

    wanted: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()

    def matches(self, message: str) -> bool:
        """Whether a message passes."""
        return (
            all(term in message for term in self.wanted)
            and (not self.either or any(term in message for term in self.either))
            and not any(term in message for term in self.unwanted)
        )


def parse(text: str) -> Pattern:
    """The pattern that a text means; an empty one passes everything. Raises AwsError InvalidParameterException."""
    if text.strip()[:1] in ("{", "[", "%"):
        raise invalid(
            f"Dockyard does not simulate the filter pattern {text} yet: use terms, quoted phrases, ?terms and -terms."
        )
    terms: dict[str, list[str]] = {"": [], "?": [], "-": []}
    end = 0
    while text[end:].strip():
        found = TERM.match(text, end)
        if found is None:
            raise invalid("Invalid filter pattern: a quotation mark is not closed.")
        terms[found["sign"]].append(_term(found))
        end = found.end()
    # AWS ignores ?terms beside other terms
    either = [] if terms[""] or terms["-"] else terms["?"]
    return Pattern(tuple(terms[""]), tuple(either), tuple(terms["-"]))


def _term(found: re.Match[str]) -> str:
    if found["phrase"] is not None:
        return re.sub(r"\\(.)", r"\1", found["phrase"])
    word: str = found["word"]
    if not PLAIN.fullmatch(word):
        raise invalid(f"Invalid character(s) in term '{word}'")
    return word
