"""Runs in processes of their own that are killed at random, in parts or whole."""

from __future__ import annotations

import contextlib
import os
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
from tests.processes import left, name

ROOT = Path(__file__).parents[2]
_LONGEST_S = 5.0
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "RAY_USAGE_STATS_ENABLED": "0", "PYTHONWARNINGS": "ignore"}


class Disturbed:
    """A run in a process of its own, some of whose actors are killed now and then, and sometimes all of it.

    The pace is the run's own, so that a slow machine is disturbed as often as a fast one: one kill for every so many
    results, at a random moment before the next is due; and one as soon as there are actors.
    """

    def __init__(self, argv: Sequence[str], folder: Path, random: Random) -> None:
        self.argv, self.folder, self.random = argv, folder, random
        self.killed: Counter[str] = Counter()
        self.seen: set[psutil.Process] = set()

    def go(self, *, results_a_kill: int, until: int | None) -> int | None:
        """Start it, or resume it. From `until` results on all of it is killed; None then, else its exit status."""
        process = subprocess.Popen([sys.executable, *self.argv], cwd=ROOT, env=ENVIRONMENT, start_new_session=True)
        due, since, count = 0, time.monotonic(), self._num_results()
        try:
            while process.poll() is None:
                time.sleep(0.05)
                now = self._num_results()
                if now < due or (due == 0 and not self._actors(process.pid)):
                    continue
                pause_s = (time.monotonic() - since) / max(1, now - count)  # what a result takes
                due, since, count = now + results_a_kill, time.monotonic(), now
                time.sleep(min(_LONGEST_S, self.random.random() * pause_s))
                if until is not None and now >= until:
                    self._look(process.pid)
                    process.kill()
                    self.killed["the run"] += 1
                    process.wait()
                    return None
                self._kill_one(process.pid)
            return process.returncode
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def _num_results(self) -> int:
        try:
            return (self.folder / "results.jsonl").read_bytes().count(b"\n")
        except OSError:
            return 0

    def _look(self, pid: int) -> list[psutil.Process]:
        """Everything below the run, which is remembered."""
        below: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            below = psutil.Process(pid).children(recursive=True)
        self.seen.update(below)
        return below

    def _actors(self, pid: int) -> list[psutil.Process]:
        return [each for each in self._look(pid) if name(each).startswith("ray::_Shell")]

    def _kill_one(self, pid: int) -> None:
        actors = self._actors(pid)
        if actors:
            with contextlib.suppress(psutil.Error):
                self.random.choice(actors).kill()
                self.killed["an actor"] += 1

    def left(self, what: str, *, within_s: float) -> list[str]:
        """What still runs of all that was ever seen, if something called so is among it."""
        return left(self.seen, within_s=within_s, called=what)


def results(folder: Path) -> dict[str, TheoremResult]:
    """The results of a run by id, each of which has one."""
    found = list(read_results(folder / "results.jsonl"))
    assert len({result.key for result in found}) == len(found), "a theorem has two results"
    return {result.id: result for result in found}


def proved(found: dict[str, TheoremResult]) -> set[str]:
    return {identifier for identifier, result in found.items() if result.status is Status.PROVED}
