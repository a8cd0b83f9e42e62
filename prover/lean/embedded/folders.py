"""Folders that are complete or absent, under one lock."""

from __future__ import annotations

import fcntl
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, what is done and the total, both in bytes; the total is 0 where it isn't known."""


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds the lock at `path` against other processes and threads; waits for it."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def made(target: Path) -> Iterator[Path]:
    """A folder to fill, which then takes the place of `target` at once, with a stamp of all sizes in it."""
    making = Path(tempfile.mkdtemp(prefix="making-", dir=target.parent))
    try:
        yield making
        sizes = {str(p.relative_to(making)): p.stat().st_size for p in sorted(making.rglob("*")) if p.is_file()}
        making.joinpath("stamp.json").write_text(json.dumps({"files": sizes}), encoding="utf8")
        making.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        making.rename(target)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def complete(folder: Path) -> bool:
    """Whether every file that the folder's stamp names is there in full."""
    try:
        stamp: dict[str, Any] = json.loads((folder / "stamp.json").read_text(encoding="utf8"))
        return all((folder / name).stat().st_size == size for name, size in stamp["files"].items())
    except (OSError, ValueError, KeyError):
        return False
