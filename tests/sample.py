"""The gate's part of a long list, whose whole is a drill: always the same one, whatever else the list gets."""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32


def one_in(count: int, names: Iterable[str]) -> list[str]:
    """A `count`th of the names, as their checksums draw it."""
    return [name for name in names if not crc32(name.encode()) % count]
