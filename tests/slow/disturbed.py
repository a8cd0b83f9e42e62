"""Runs in processes of their own that are killed at random, in parts or whole."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import psutil

from prover.run.journal import read_results
from prover.run.result import Status, TheoremResult

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0", "PYTHONWARNINGS": "ignore"}


class Disturbed:
    """A run in a process of its own, some of whose actors are killed now and then, and sometimes all of it."""

    def __init__(self, argv: Sequence[str], random: Random) -> None:
        self.argv, self.random = argv, random
        self.killed: Counter[str] = Counter()
        self.seen: set[psutil.Process] = set()

    def go(self, *, every_s: float, until_s: float | None) -> int | None:
        """Start it, or go on with it. At `until_s` all of it is killed; None then, else its exit status."""
        process = subprocess.Popen([sys.executable, *self.argv], cwd=ROOT, env=ENVIRONMENT, start_new_session=True)
        began = time.monotonic()
        try:
            while process.poll() is None:
                time.sleep(self.random.uniform(0.5, 1.5) * every_s)
                if until_s is not None and time.monotonic() - began > until_s:
                    process.send_signal(signal.SIGKILL)
                    self.killed["the run"] += 1
                    process.wait()
                    return None
                self._kill_one(process.pid)
            return process.returncode
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def _kill_one(self, pid: int) -> None:
        below: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            below = psutil.Process(pid).children(recursive=True)
        self.seen.update(below)
        actors = [each for each in below if name(each).startswith("ray::Shell")]
        if actors:
            victim = self.random.choice(actors)
            with contextlib.suppress(psutil.Error):
                victim.kill()
                self.killed["an actor"] += 1

    def left(self, what: str, *, within_s: float) -> list[str]:
        """What still runs of all that was ever seen and is called so."""
        deadline = time.monotonic() + within_s
        while (alive := [each for each in self.seen if is_running(each)]) and time.monotonic() < deadline:
            if not any(name(each).startswith(what) for each in alive):
                return []
            time.sleep(0.1)
        return [name(each) for each in alive]


def name(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def is_running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def results(folder: Path) -> dict[str, TheoremResult]:
    """The results of a run by id, each of which has one."""
    found = list(read_results(folder / "results.jsonl"))
    assert len({result.key for result in found}) == len(found), "a theorem has two results"
    return {result.id: result for result in found}


def proved(found: dict[str, TheoremResult]) -> set[str]:
    return {identifier for identifier, result in found.items() if result.status is Status.PROVED}
