"""One instruction of a Dockerfile, taken apart.

Knows nothing about which instructions there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Instruction"]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: keyword in capitals, flags, the text after them, and its JSON list where it is one."""

    line: int
    keyword: str
    text: str
    flags: dict[str, str] = field(default_factory=dict)
    listed: tuple[str, ...] | None = None
    escape: str = "\\"  # what takes a character's meaning away, as the directive of this name says

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
