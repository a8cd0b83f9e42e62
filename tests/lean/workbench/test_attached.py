"""A workbench in the background, with the embedded Lean: found again, shared, and gone with those who need it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from prover.config import Config, LeanConfig
from prover.errors import StepwiseError, UsageError
from prover.workbench.address import Spot
from prover.workbench.client import attached, events_of, result_of
from prover.workbench.requests import Goals, Prove, Suggest
from tests.processes import gone

TEXT = "theorem t (p q : Prop) (hp : p) (hq : q) : q ∧ p := by\n  sorry\n"
HARD = "theorem hard (f : Nat → Nat) (h : ∀ n, f (f n) < f (n + 1)) : ∀ n, f n = n := by\n  sorry\n"
ENDLESS = Prove(path="hard.lean", text=HARD, line=2, time_limit_s=600.0)
CONFIG = Config(seed=7, lean=LeanConfig(workers=1, tactic_s=1.0))
"""Each test has a seed, and so a workbench, of its own: others are at work at the same time."""
STARTS_ONE = """
import asyncio, sys
from dataclasses import replace
from prover.workbench.client import attached, events_of
from prover.workbench.requests import Prove
from tests.lean.workbench.test_attached import CONFIG, TEXT

async def main():
    async with attached(replace(CONFIG, seed=int(sys.argv[1])), linger_s=0.0) as client:
        print("attached", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def folder_of_its_own(toolchain: object) -> None:
    """The embedded Lean is made ready before: what is timed here is the workbench."""


async def test_two_faces_share_one_process_which_ends_with_the_second() -> None:
    async with attached(CONFIG, linger_s=0.0) as first:
        suggested = await result_of(first, await first.start(Suggest(path="t.lean", text=TEXT, line=2)))
        address = Spot.of(CONFIG).read()
        assert address is not None
        async with attached(CONFIG, linger_s=0.0) as second:
            proved = await result_of(second, await second.start(Prove(path="t.lean", text=TEXT, line=2)))
            again = Spot.of(CONFIG).read()
    assert again == address
    assert suggested["suggestions"][0]["closes"]
    assert (proved["status"], proved["verdict"]["verdict"]) == ("proved", "accepted")
    assert gone(address.pid, within_s=5.0)


def test_nothing_is_left_three_seconds_after_its_only_client_was_killed() -> None:
    """Once it is attached; the drills kill it while its workbench starts, too."""
    hold_nothing_left("attached", seed="11")


def hold_nothing_left(after: str, seed: str) -> None:
    command = (sys.executable, "-c", STARTS_ONE, seed)
    client = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    assert client.stdout is not None
    if after == "attached":
        client.stdout.readline()
    else:
        while not psutil.Process(client.pid).children():
            pass
    below = psutil.Process(client.pid).children(recursive=True)
    os.kill(client.pid, signal.SIGKILL)
    client.wait()
    client.stdout.close()
    pids = {each.pid for each in below} | {child.pid for each in below for child in _children(each)}
    assert gone(*pids, within_s=3.0)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def test_the_command_line_keeps_one_as_long_as_it_was_told(tmp_path: Path) -> None:
    (tmp_path / "t.lean").write_text(TEXT, encoding="utf8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "-m", "prover.cli.main", *words)
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100)

    done = run("suggest", "t.lean:2", "--no-search", "--json-lines", "--keep", "5")
    assert done.returncode == 0, done.stderr
    assert '"event": "suggestion"' in done.stdout
    running = map(int, re.findall(r"running: process (\d+)", run("workbench").stdout))  # those of other tests as well
    (pid,) = (pid for pid in running if _folder(pid) == tmp_path)
    assert gone(pid, within_s=10.0)


def _folder(pid: int) -> Path | None:
    """Where a process was started; None if it is over."""
    try:
        return Path(psutil.Process(pid).cwd())
    except psutil.Error:
        return None


@pytest.mark.long
async def test_of_a_workbench_that_is_killed_nothing_is_left_and_the_next_question_finds_another() -> None:
    config = replace(CONFIG, seed=8)
    async with attached(config, linger_s=0.0) as one, attached(config, linger_s=0.0) as two:
        jobs = [(face, await face.start(ENDLESS)) for face in (one, two)]
        await anext(each async for each in events_of(one, jobs[0][1]) if each["event"] == "expansion")
        address = Spot.of(config).read()
        assert address is not None
        below = psutil.Process(address.pid).children(recursive=True)
        os.kill(address.pid, signal.SIGKILL)
        for face, job in jobs:
            with pytest.raises(StepwiseError, match="the workbench is gone"):
                await result_of(face, job)
        assert gone(*(each.pid for each in below), within_s=3.0)
    assert Spot.of(config).read() == address, "nobody was left to take it away"
    async with attached(config, linger_s=0.0) as three:
        goals = await result_of(three, await three.start(Goals(path="t.lean", text=TEXT)))
        with pytest.raises(UsageError, match="there is no job"):
            await three.wait(jobs[0][1])
    assert goals["holes"][0]["goals"][0]["target"] == "q ∧ p"
