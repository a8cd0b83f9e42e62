"""The memory and processor time of a process with its descendants, from /proc; zero where there is none."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

_PAGE = resource.getpagesize()
_TICKS = os.sysconf("SC_CLK_TCK")  # a second
_PROC = Path("/proc")


def process_tree(pid: int) -> Iterator[int]:
    """`pid` and all its descendants that /proc shows."""
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


def rss_bytes_and_cpu_s(pid: int) -> tuple[int, float]:
    """`rss_bytes`, and the processor time that all threads of the tree have used so far, in seconds."""
    tree = list(process_tree(pid))
    return sum(_resident(each) for each in tree), sum(_cpu_s(each) for each in tree)


def pss_bytes(pid: int) -> int:
    """Proportional memory of the tree: a page that n processes share counts 1/n for each."""
    return sum(_proportional(each) for each in process_tree(pid))


def available_bytes(proc: Path = _PROC, groups: Path = Path("/sys/fs/cgroup")) -> int:
    """The memory in bytes that this process could still get without swapping: what the machine has, or less where a
    control group (a container's, say) allows less. 0 where that can't be known."""
    lines = _lines(proc / "meminfo")
    machine = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), 0)
    return min([machine, *_left_in_groups(proc, groups)])


def _left_in_groups(proc: Path, groups: Path) -> Iterator[int]:
    """What each control group above this process leaves it; in a container only the outermost may be seen."""
    for line in _lines(proc / "self" / "cgroup"):
        _, kinds, path = line.split(":", 2)
        if kinds not in ("", "memory"):
            continue
        root = groups / kinds
        limit, used = ("memory.limit_in_bytes", "memory.usage_in_bytes") if kinds else ("memory.max", "memory.current")
        inner = root / path.strip("/")
        for folder in (inner, *(parent for parent in inner.parents if parent.is_relative_to(root))):
            numbers = [_lines(folder / name) for name in (limit, used)]
            if all(number and number[0].isdecimal() for number in numbers):
                held = int(numbers[1][0]) - _idle_cache(folder)
                yield max(0, int(numbers[0][0]) - held)


def _idle_cache(group: Path) -> int:
    """Bytes of file contents that a group is charged for and gives up when it needs memory."""
    known = dict(line.split(maxsplit=1) for line in _lines(group / "memory.stat"))
    return int(known.get("total_inactive_file", known.get("inactive_file", "0")))


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except OSError:
        return []


def _resident(pid: int) -> int:
    try:
        return int((_PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        return 0


def _cpu_s(pid: int) -> float:
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    except (OSError, IndexError, ValueError):
        return 0.0


def _proportional(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
