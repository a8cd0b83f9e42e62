"""A run that is told to end does so within five seconds in each phase, leaves no process, and can be resumed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from prover.confine.process_tree import process_tree
from prover.run.folder import RunFolder
from tests.process.cli.test_ending import hears_ctrl_c
from tests.processes import gone

pytestmark = [pytest.mark.timeout(60)]

ROOT = Path(__file__).parents[3]
IN_TIME_S = 5.0


def processes(count: int) -> Callable[[int, Path], bool]:
    """So many processes are below the run, guards and what they guard."""
    return lambda pid, _: len(list(process_tree(pid))) > count


def is_opening(_: int, folder: Path) -> bool:
    return folder.with_suffix(".opening").exists()


def has_begun(_: int, folder: Path) -> bool:
    return (folder / "run.json").exists()


def has_result(_: int, folder: Path) -> bool:
    return has_begun(_, folder) and (folder / "results.jsonl").stat().st_size > 0


PHASES: dict[str, tuple[list[str], Callable[[int, Path], bool]]] = {
    "toolchain": ([], is_opening),
    "reading": ([], processes(2)),
    "workers": ([], processes(2)),
    "search": ([], has_begun),
    "judging": ([], processes(4)),
    "report": (["--time-limit", "0.5"], has_result),
}


def started(phase: str, folder: Path) -> subprocess.Popen[str]:
    """A run that is in that phase."""
    arguments, is_there = PHASES[phase]
    theorem = ["--statement", "theorem t : p := by sorry"]
    if phase == "reading":
        theorem = [str(folder.with_suffix(".lean"))]
        folder.with_suffix(".lean").write_text("theorem t : p := by sorry\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.told_run", phase, *theorem, "--out", str(folder), *arguments],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hears_ctrl_c,
    )
    deadline = time.monotonic() + 20
    while not is_there(process.pid, folder):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline, f"it never came to {phase}"
        time.sleep(0.05)
    time.sleep(1.0)
    return process


@pytest.mark.parametrize(("phase", "signalled"), list(zip(PHASES, [signal.SIGTERM, signal.SIGINT] * 3, strict=True)))
def test_it_ends_in_time_and_keeps_what_it_has(phase: str, signalled: signal.Signals, tmp_path: Path) -> None:
    """In each phase by one of the signals; the drills have both."""
    hold_end(phase, signalled, tmp_path)


def hold_end(phase: str, signalled: signal.Signals, tmp_path: Path) -> None:
    """A run that is told in this phase ends in time and keeps what it has."""
    folder = tmp_path / "run"
    process = started(phase, folder)
    below = list(process_tree(process.pid))
    began = time.monotonic()
    process.send_signal(signalled)
    _, said = process.communicate(timeout=20)
    assert time.monotonic() - began < IN_TIME_S
    assert process.returncode == 128 + signalled
    assert "Traceback" not in said
    assert gone(*below, within_s=1.0)
    if (folder / "run.json").exists():
        assert f"--resume {folder}" in said
        RunFolder.resume(folder).close()
    else:
        assert not folder.exists()


def test_a_second_ctrl_c_ends_it_at_once(tmp_path: Path) -> None:
    process = started("toolchain", tmp_path / "run")
    below = list(process_tree(process.pid))
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=1.0)
    assert process.returncode == 130
    assert gone(*below, within_s=1.0)
