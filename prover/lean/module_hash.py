"""What a Lake project has built, as a hash: projects with the same Lean and packages differ in their own modules."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

_COMPILED = (".olean", ".olean.server", ".olean.private")


def digest_of_modules(folders: Iterable[Path]) -> str:
    """A hash over the names and the contents of all compiled modules below `folders`, wherever these lie."""
    digest = hashlib.sha256()
    for folder in folders:
        digest.update(b"\1")
        for path in sorted(path for path in folder.rglob("*.olean*") if path.name.endswith(_COMPILED)):
            digest.update(f"{path.relative_to(folder)}\0".encode())
            digest.update(_content(path))
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    """The hash of a file: the one that Lake keeps beside it, since a library's modules are gigabytes; without one,
    ours."""
    kept = path.with_name(f"{path.name}.hash")
    if kept.is_file():
        return b"lake:" + kept.read_bytes()
    with path.open("rb") as stream:
        return b"own:" + hashlib.file_digest(stream, "sha256").digest()
