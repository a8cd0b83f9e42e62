"""The journal of a run: `results.jsonl`, append-only, one owner, one line a result, in the file when `append` returns.

A process killed at any byte loses at most the line being written: a torn last line is cut off when the journal is
opened again, and skipped by readers. It holds results alone, no search states.
"""

from __future__ import annotations

import fcntl
import json
import logging
import math
import os
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from prover.errors import RunFolderError
from prover.files import folder_error
from prover.run.result import TheoremResult

log = logging.getLogger(__name__)

T = TypeVar("T")


class FolderLock:
    """Exclusive ownership of a run folder for the life of the process (or until `release`)."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._fd = _os_call(self._path, lambda: os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644))
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(self._fd, 200, 0).decode(errors="replace").strip() or "another process"
            os.close(self._fd)
            raise RunFolderError(f"{folder} is in use by {owner}; wait for it, or choose another folder") from error
        os.ftruncate(self._fd, 0)
        _write_all(self._fd, self._path, f"process {os.getpid()} on {socket.gethostname()}\n".encode())

    def release(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def is_at_work(folder: Path) -> bool:
    """Whether the run in a folder goes on: whether the process that its lock names is there; one on another machine
    counts as there. The lock itself is not tried, since a run that is resumed at that moment would find it taken."""
    try:
        owner = re.fullmatch(r"process (\d+) on (.+)\n", (folder / "lock").read_text(encoding="utf8"))
    except (OSError, UnicodeDecodeError):
        return False
    if owner is None or owner[2] != socket.gethostname():
        return owner is not None
    try:
        os.kill(int(owner[1]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it is another user's
    return True


class Journal:
    """Appends results. Not safe for several threads; the caller holds the folder's lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = _os_call(path, lambda: os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644))
        try:
            self._size = self._repair()
            self._keys = {result.key for result in read_results(path)}
        except BaseException:
            os.close(self._fd)
            raise

    @property
    def keys(self) -> frozenset[tuple[str, int]]:
        """(id, attempt) of every result so far."""
        return frozenset(self._keys)

    def append(self, result: TheoremResult) -> bool:
        """Write one result; False (and nothing written) if this id and attempt has one already.

        Raises RunFolderError when the disk is full or the file can't be written; the file then ends where it did
        before, and the same result can be appended again.
        """
        if result.key in self._keys:
            return False
        data = _line(result)
        try:
            _write_all(self._fd, self._path, data, at=self._size)
        except RunFolderError:
            os.ftruncate(self._fd, self._size)
            raise
        self._size += len(data)
        self._keys.add(result.key)
        return True

    def sync(self) -> None:
        """Flush the journal to the disk, so that it survives a power cut."""
        _os_call(self._path, lambda: os.fsync(self._fd))

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _repair(self) -> int:
        """Cut off a torn last line. Returns the size of the file in bytes."""
        size = os.fstat(self._fd).st_size
        end, step = size, 65536
        while end > 0:
            start = max(0, end - step)
            found = os.pread(self._fd, end - start, start).rfind(b"\n")
            if found >= 0:
                end = start + found + 1
                break
            end = start
        if end < size:
            log.warning("%s: cut off a torn last line of %d bytes", self._path, size - end)
            os.ftruncate(self._fd, end)
        return end


def read_results(path: Path) -> Iterator[TheoremResult]:
    """The results of a journal in the order they were written; a torn last line is skipped.

    Raises RunFolderError, with the line's number, for any other line that is no result.
    """
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if line.endswith(b"\n"):
                    yield _parse(line, path, number)
    except OSError as error:
        raise folder_error(path, error) from error


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str).encode


def _line(result: TheoremResult) -> bytes:
    value = result.to_json()
    try:
        text = _encode(value)
    except ValueError:
        text = _encode(_finite(value))
    return text.encode(errors="backslashreplace") + b"\n"


def _finite(value: Any) -> Any:
    """The value with infinities and NaN as null, which are no JSON and would make the line unreadable elsewhere."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value


def _parse(line: bytes, path: Path, number: int) -> TheoremResult:
    try:
        return TheoremResult.from_json(json.loads(line))
    except (ValueError, RecursionError, RunFolderError) as error:
        raise RunFolderError(f"{path}:{number}: damaged line: {error}") from error


def _write_all(fd: int, path: Path, data: bytes, *, at: int = 0) -> None:
    view = memoryview(data)
    try:
        while view:
            written = os.pwrite(fd, view, at)
            view, at = view[written:], at + written
    except OSError as error:
        raise folder_error(path, error) from error


def _os_call(path: Path, call: Callable[[], T]) -> T:
    try:
        return call()
    except OSError as error:
        raise folder_error(path, error) from error
