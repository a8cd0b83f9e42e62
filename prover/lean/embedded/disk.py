"""The disk space of the embedded Lean: what this version uses, what others left behind, and how that is removed."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from prover.lean.embedded.folders import removed
from prover.lean.embedded.install import is_abandoned

_KINDS = ("lib-", "build-", "server-")
_KEPT = {"server-": 2, "build-": 1}  # the step server and the judge of the version before, and what they run in
_KEEP_UNUSED_S = 3600.0  # a run that began with it may still start workers


@dataclass(frozen=True, slots=True)
class Part:
    """A folder or file of the cache, with its size on disk in bytes."""

    path: Path
    size: int
    is_current: bool


def parts(home: Path, current: Collection[Path]) -> list[Part]:
    """Everything in the folder `home` of the embedded Lean; `current` is what this version uses. Files with several
    names count once, for a current part if one has them."""
    seen: set[int] = set()
    found = sorted(_listed(home), key=lambda path: (path not in current, path))
    return [Part(path, _size(path, seen), path in current) for path in found]


def clean(home: Path, current: Collection[Path]) -> tuple[list[Part], list[Part]]:
    """Remove what this version does not use. Returns what was removed, and what stays because a process uses it."""
    gone: list[Part] = []
    kept: list[Part] = []
    for part in parts(home, current):
        if not part.is_current:
            (gone if _removed(part.path) else kept).append(part)
    return gone, kept


def discard_old_versions(home: Path) -> None:
    """Removes servers and builds of other versions, but for the newest, and what was half made of them."""
    for kind, kept in _KEPT.items():
        half_made, whole = _with_ages(home.glob(f"making-{kind}*")), sorted(_with_ages(home.glob(f"{kind}*")))
        for unused_s, folder in (*half_made, *whole[kept:]):
            if unused_s > _KEEP_UNUSED_S:
                removed(folder)


def _with_ages(folders: Iterable[Path]) -> list[tuple[float, Path]]:
    """The folders behind the seconds since each was made or changed, without those that are gone: others tidy up at the
    same time."""
    found = []
    for folder in folders:
        with contextlib.suppress(FileNotFoundError):
            found.append((time.time() - folder.stat().st_mtime, folder))
    return found


def _listed(home: Path) -> Iterator[Path]:
    if home.is_dir():
        yield from (path for path in home.iterdir() if not path.name.startswith("lock"))


def _removed(path: Path) -> bool:
    if path.name.startswith(_KINDS):
        return removed(path)
    if not is_abandoned(path):  # another process may be making it
        return False
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return True


def _size(path: Path, seen: set[int]) -> int:
    size = 0
    for each in (path, *path.rglob("*")):
        with contextlib.suppress(FileNotFoundError):  # another process has just removed it
            status = each.lstat()
            size += 0 if status.st_ino in seen else 512 * status.st_blocks
            seen.add(status.st_ino)
    return size
