"""How much memory a process and everything below it holds, from /proc. Zero where there is no /proc."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

_PAGE = resource.getpagesize()
_PROC = Path("/proc")


def process_tree(pid: int) -> Iterator[int]:
    """`pid` and all its descendants, as far as they can be seen."""
    yield pid
    try:
        threads = list((_PROC / str(pid) / "task").iterdir())
    except OSError:
        return
    for thread in threads:
        try:
            children = (thread / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            yield from process_tree(int(child))


def rss_bytes(pid: int) -> int:
    """Resident memory of the tree below `pid`; pages that processes share count for each."""
    return sum(_resident(each) for each in process_tree(pid))


def pss_bytes(pid: int) -> int:
    """Proportional memory of the tree: a page that n processes share counts 1/n for each."""
    return sum(_proportional(each) for each in process_tree(pid))


def available_bytes() -> int:
    """What the machine could still give without swapping."""
    try:
        lines = (_PROC / "meminfo").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)


def _resident(pid: int) -> int:
    try:
        return int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _proportional(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
