"""Which of the processes that a test has seen still run. One that has ended counts as gone, reaped or not."""

from __future__ import annotations

import time
from collections.abc import Iterable

import psutil


def name(process: psutil.Process) -> str:
    """Its command line; empty once it is gone."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def is_running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def left(processes: Iterable[psutil.Process], *, within_s: float, called: str = "") -> list[str]:
    """The names of those that still run after so many seconds, none if nothing whose name begins so is among them."""
    deadline = time.monotonic() + within_s
    while True:
        names = [name(each) for each in processes if is_running(each)]
        if not any(each.startswith(called) for each in names):
            return []
        if time.monotonic() > deadline:
            return names
        time.sleep(0.02)


def gone(*pids: int, within_s: float = 3.0) -> bool:
    """Whether these end within so many seconds."""
    return left([each for each in psutil.process_iter() if each.pid in pids], within_s=within_s) == []
