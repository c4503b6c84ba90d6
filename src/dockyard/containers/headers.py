"""Tar headers, believed only as far as they can be: for archives that come from somebody else.

Knows nothing about what an archive is for.
"""

from __future__ import annotations

import lzma
import tarfile
import zlib
from typing import Self

__all__ = ["BROKEN", "DamagedError", "Header"]

#: longer than any name; Python before 3.11.10 reads some headers in a time that grows with the square of their length
_LONGEST_HEADER = 1 << 14
_LONG_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


class DamagedError(ValueError):
    """A header that cannot be believed."""


class Header(tarfile.TarInfo):
    """A header that is never skipped: tarfile would end an archive in silence where one in its middle is damaged."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Read a block; refuse a damaged one, and a name that would fill the memory or the time."""
        try:
            header = super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if not buf.strip(b"\0"):
                raise  # the end
            raise DamagedError(str(error)) from error
        if header.type in _LONG_HEADERS and header.size > _LONGEST_HEADER:
            raise DamagedError(f"a header of {header.size} bytes")
        return header


#: what reading an archive may raise where it is cut, damaged or none at all
BROKEN = (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError, ValueError, OverflowError)
