"""The files that an agent may name: Lean files inside the project, wherever links lead."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from prover.errors import UsageError

_MAX_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class Files:
    """The files below `root` (resolved)."""

    root: Path

    def read(self, file_path: str) -> tuple[str, str]:
        """The path below the root, and the text. Raises UsageError for a file outside the root, for one that is no Lean
        text, and for one that can't be read."""
        try:
            path = (self.root / file_path).resolve(strict=True)
        except (OSError, ValueError, RuntimeError) as error:
            raise UsageError(f"there is no file {file_path!r} below {self.root}") from error
        if not path.is_relative_to(self.root):
            raise UsageError(f"{file_path!r} is outside of {self.root}: only the project's own files are read")
        if path.suffix != ".lean":
            raise UsageError(f"{file_path!r} is no .lean file")
        return str(path.relative_to(self.root)), _text(path, file_path)


def _text(path: Path, name: str) -> str:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise UsageError(f"{name!r} is too large: at most {_MAX_BYTES >> 20} MiB")
        return data.decode("utf8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name!r} can't be read as text: {error}") from error
