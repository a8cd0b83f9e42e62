"""Folders that are complete or absent, made under one lock and kept while in use; archives unpacked into them."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from prover.errors import ToolchainError

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, what is done and the total, both in bytes; the total is 0 where only the time can be
shown."""


ELSEWHERE = "STEPWISE_CACHE names another folder for the embedded Lean"
"""What a user can do about a folder that won't do."""


def silent(stage: str, done: int, total: int) -> None:
    """A `Progress` that shows nothing."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for the lock at `path`, and hold it against other processes and threads until the block ends."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def made(target: Path) -> Iterator[Path]:
    """A folder to fill, which then takes the place of `target` at once, with a stamp of all sizes in it.

    The caller holds a lock, so what others left half made of the same folder is nobody's, and goes.
    """
    for left_over in target.parent.glob(f"making-{target.name}-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    making = Path(tempfile.mkdtemp(prefix=f"making-{target.name}-", dir=target.parent))
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


_held: dict[Path, int] = {}  # the open file whose lock says that this process uses the folder


def held(folder: Path) -> bool:
    """Whether the folder is complete; if it is, `removed` leaves it alone for as long as this process lives."""
    try:
        stamp = os.open(folder / "stamp.json", os.O_RDONLY)
    except OSError:
        return False
    fcntl.flock(stamp, fcntl.LOCK_SH)  # waits for one that is removing it
    if not complete(folder):
        os.close(stamp)
        return False
    if (before := _held.get(folder)) is not None:
        os.close(before)
    _held[folder] = stamp
    return True


def removed(folder: Path) -> bool:
    """Remove a folder that no process holds; whether it is gone."""
    try:
        with (folder / "stamp.json").open(encoding="utf8") as stamp:
            fcntl.flock(stamp, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
    except BlockingIOError:
        return False
    except FileNotFoundError:  # never complete: of a process that was killed
        shutil.rmtree(folder, ignore_errors=True)
    return True


def require_room(folder: Path, size: int, purpose: str) -> None:
    """Raises ToolchainError if the disk of `folder` has less than `size` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise ToolchainError(
            f"{folder} has {free >> 20} MiB free, {purpose} needs {size >> 20}; make room; {ELSEWHERE}"
        )


def unpack(archive_file: Path, target: Path, told: Callable[[int, int], None] = lambda _, __: None) -> None:
    """Unpacks the folders and plain files of a tar archive, without the `._*` files that macOS puts beside each.

    `told` is called with the bytes of the archive that were read, and their number.

    Raises ToolchainError if a name leads out of `target`. (Python 3.11.0 to 3.11.3 have no filter for that.)
    """
    size = archive_file.stat().st_size
    with archive_file.open("rb") as packed, tarfile.open(fileobj=packed) as archive:
        for member in archive:
            told(packed.tell(), size)
            name = PurePosixPath(member.name)
            if name.is_absolute() or ".." in name.parts:
                raise ToolchainError(f"{archive_file.name} holds a file with the name {member.name}")
            path = target / name
            content = archive.extractfile(member) if member.isreg() and not name.name.startswith("._") else None
            if member.isdir():
                path.mkdir(parents=True, exist_ok=True)
            elif content is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                with content, path.open("wb") as file:
                    shutil.copyfileobj(content, file, 1 << 20)
