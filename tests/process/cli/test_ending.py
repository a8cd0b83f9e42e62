"""A command that is told to end does so within seconds, whatever it is at, and leaves no process."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from tests.fakes.toolchain import FAKE
from tests.processes import gone

pytestmark = [pytest.mark.timeout(60)]

WAITS = "await asyncio.sleep(60)"
AT_ONCE_S = 2.5
IN_TIME_S = 5.0

ORDERLY = """
async def work():
    try:
        say("at work")
        await asyncio.sleep(60)
    finally:
        say("put away")
"""
THREAD = """
async def work():
    say("at work")
    await asyncio.to_thread(time.sleep, 60)
"""
NO_TURN = """
async def work():
    say("at work")
    end = time.monotonic() + 60
    while time.monotonic() < end:
        pass
"""
STUBBORN = """
async def work():
    say("at work")
    for _ in range(600):
        try:
            await asyncio.sleep(0.1)
        except asyncio.CancelledError:
            pass
"""
WITH_LEAN = f"""
from prover.confine.launch import Launch
from prover.lean.transport import LeanProcess
async def work():
    argv = (sys.executable, "-I", "-S", {str(FAKE)!r}, "stubborn")
    process = await LeanProcess.start(Launch(argv, {{{{}}}}, Path("/")), ready_timeout_s=20)
    say(process.pid)
    {{}}
"""
PROGRAM = """
import asyncio, sys, time
from pathlib import Path
from prover.cli import main
from prover.cli.ending import run_until_told
def say(*words):
    print(*words, flush=True)
{work}
class Command:
    def run(self, options):
        run_until_told(work(), lambda: "last words")
        return 0
sys.exit(main.guarded(Command(), type("Options", (), {{"debug": False}}), "test"))
"""


def hears_ctrl_c() -> None:
    """For a child of tests that run in the background, which ignores Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def started(work: str) -> tuple[subprocess.Popen[str], str]:
    """A command at work, and the first line that it says."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(work=work)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hears_ctrl_c,
    )
    assert process.stdout is not None
    return process, process.stdout.readline()


def told(process: subprocess.Popen[str], *signals: signal.Signals, within_s: float) -> tuple[int, str]:
    """Its exit code, and what else it said, when it is told these after another."""
    began = time.monotonic()
    for each in signals:
        process.send_signal(each)
        time.sleep(0.5)
    said, complaints = process.communicate(timeout=within_s)
    assert time.monotonic() - began < within_s
    assert "Traceback" not in complaints
    assert complaints.count("interrupted") + complaints.count("last words") == 1  # whoever told it reads so, once
    return process.returncode, said


@pytest.mark.parametrize(("signalled", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_what_can_be_put_away_is(signalled: signal.Signals, code: int) -> None:
    process, _ = started(ORDERLY)
    assert told(process, signalled, within_s=AT_ONCE_S) == (code, "put away\n")


DEAF = {"thread": THREAD, "no turn": NO_TURN, "stubborn": STUBBORN}


@pytest.mark.parametrize(
    ("work", "signalled"), [("thread", signal.SIGTERM), ("no turn", signal.SIGINT), ("stubborn", signal.SIGTERM)]
)
def test_what_does_not_hear_ends_all_the_same(work: str, signalled: signal.Signals) -> None:
    """Each by one of the signals; the drills have both."""
    hold_ended(work, signalled)


def hold_ended(work: str, signalled: signal.Signals) -> None:
    """What does not hear ends in time."""
    process, _ = started(DEAF[work])
    assert told(process, signalled, within_s=IN_TIME_S)[0] == 128 + signalled


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_ends_it_at_once(second: signal.Signals) -> None:
    process, _ = started(THREAD)
    assert told(process, signal.SIGINT, second, within_s=AT_ONCE_S)[0] == 128 + second


@pytest.mark.parametrize(
    "then", ["await asyncio.sleep(60)", "await asyncio.to_thread(time.sleep, 60)", "time.sleep(60)"]
)
def test_no_process_of_lean_is_left(then: str) -> None:
    process, pid = started(WITH_LEAN.format(then))
    told(process, signal.SIGTERM, within_s=IN_TIME_S)
    assert gone(int(pid))


def test_a_signal_that_comes_twice_at_once_is_one() -> None:
    process, _ = started(ORDERLY)
    process.send_signal(signal.SIGTERM)
    assert told(process, signal.SIGTERM, within_s=AT_ONCE_S) == (143, "put away\n")


def test_a_second_signal_is_the_same_end_until_the_process_is_gone() -> None:
    process, _ = started(ORDERLY)
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    assert process.stdout.readline() == "put away\n"
    while process.poll() is None:  # every moment between the orderly end and the exit
        process.send_signal(signal.SIGTERM)
        time.sleep(0.001)
    process.communicate()
    assert process.returncode == 143


def test_what_ends_by_itself_is_not_disturbed() -> None:
    process, _ = started('async def work():\n    say("done")')
    process.communicate(timeout=20)
    assert process.returncode == 0
