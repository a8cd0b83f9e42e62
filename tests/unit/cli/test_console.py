"""What a command says of steps that take a while, on a terminal and elsewhere."""

from __future__ import annotations

import io

import pytest

from prover.cli.console import Console


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in its one element."""
    now = [0.0]
    monkeypatch.setattr("prover.cli.console.time.monotonic", lambda: now[0])
    return now


def test_without_a_terminal_a_step_is_a_line_and_one_each_quarter_of_a_minute(now: list[float]) -> None:
    err = io.StringIO()
    console = Console(err=err)
    for second in range(36):
        now[0] = float(second)
        console.stage("downloading Lean", second * 3_000_000, 121_000_000)
    console.stage("starting", 0, 0)
    now[0] = 60.0
    console.stage("starting", 0, 0)
    console.note("done")
    assert err.getvalue().splitlines() == [
        "Downloading Lean: 121 MB …",
        "downloading Lean: 45 MB of 121 MB",
        "downloading Lean: 90 MB of 121 MB",
        "Starting …",
        "starting: 25 s so far",
        "done",
    ]


def test_a_step_is_told_in_the_unit_of_what_is_done(now: list[float]) -> None:
    err = io.StringIO()
    console = Console(err=err)
    console.stage("reading", 0, 40, unit="file")
    now[0] = 20.0
    console.stage("reading", 7, 40, unit="file")
    assert err.getvalue().splitlines() == ["Reading: 40 files …", "reading: 7 files of 40 files"]


def test_on_a_terminal_it_is_a_bar_in_megabytes_or_the_time_alone() -> None:
    err = Terminal()
    console = Console(err=err)
    console.stage("downloading Lean", 60_000_000, 121_000_000)
    console.stage("starting", 0, 0)
    console.stage("starting", 0, 0)
    console.note("done")
    shown = err.getvalue()
    assert "60.0M/121M" in shown
    assert "starting … 00:00" in shown
    assert "B/s" not in shown.partition("starting")[2]


def test_quiet_says_nothing() -> None:
    err = Terminal()
    Console(is_quiet=True, err=err).stage("starting", 0, 0)
    assert err.getvalue() == ""
