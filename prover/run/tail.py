"""Follows the files of a run that is at work: each call gives what was written since the last one."""

from __future__ import annotations

import zlib
from pathlib import Path

from prover.files import folder_error
from prover.run.trace import TraceExpansion, expansion_of

_GZIP = 31  # zlib's word for a gzip header


class LineTail:
    """The whole lines that a growing file has got since the last call."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0
        self._torn = b""

    def more(self) -> list[bytes] | None:
        """The new lines; None if the file was begun anew, and is read from its beginning by the next call. Raises
        RunFolderError if it can't be read; a file that isn't there has no lines."""
        data = self._read()
        if data is None:
            self._at, self._torn = 0, b""
            return None
        *lines, self._torn = (self._torn + data).split(b"\n")
        return lines

    def _read(self) -> bytes | None:
        try:
            with self._path.open("rb") as stream:
                size = stream.seek(0, 2)
                if size < self._at:
                    return None
                stream.seek(self._at)
                data = stream.read(size - self._at)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise folder_error(self._path, error) from error
        self._at += len(data)
        return self._decoded(data)

    def _decoded(self, data: bytes) -> bytes:
        return data


class TraceTail(LineTail):
    """The same for a trace, whose gzip members are unpacked as they come."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._member = zlib.decompressobj(_GZIP)

    def more_expansions(self) -> list[TraceExpansion] | None:
        """The new expansions, with None and RunFolderError as for `more`."""
        lines = self.more()
        if lines is None:
            self._member = zlib.decompressobj(_GZIP)
            return None
        return [expansion for line in lines if (expansion := expansion_of(line)) is not None]

    def _decoded(self, data: bytes) -> bytes:
        unpacked = []
        try:
            while data:
                unpacked.append(self._member.decompress(data))
                data = self._member.unused_data
                if self._member.eof:
                    self._member = zlib.decompressobj(_GZIP)
        except zlib.error:  # damaged from here on: what was read before stands
            pass
        return b"".join(unpacked)
