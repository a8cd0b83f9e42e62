"""The live screen: what a person wants to know of a run, on one screen."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest

from prover.cli.live import LiveView
from prover.run.progress import Progress
from prover.run.result import Status, TheoremResult

console = pytest.importorskip("rich.console", reason="the live extra is not installed")

SAMPLE = {"at_s": 3.0, "lean_busy": 0.5, "policy_busy": 1.0, "requests_waiting": 7, "memory_of_workers_MB": 1540}


def result(number: int, status: Status, proof: str | None = None) -> TheoremResult:
    return TheoremResult(f"[red]t{number}", f"t{number}", status, "x", proof=proof, elapsed_s=1.5)


def shown(view: LiveView, width: int = 120) -> str:
    out = StringIO()
    console.Console(file=out, width=width).print(view.render())
    return out.getvalue()


class Counted(LiveView):
    """A view whose progress hears of each result first, as in a run."""

    def __init__(self, progress: Progress, now: list[float]) -> None:
        self.progress = progress
        quiet = console.Console(file=StringIO(), width=120)
        super().__init__("runs/a", progress, console=quiet, clock=lambda: now[0])

    def result(self, result: TheoremResult) -> None:
        self.progress.add(result)
        super().result(result)


def view(now: list[float], attempts: int = 1) -> LiveView:
    earlier = [replace(result(0, Status.PROVED), id=name) for name in ("a", "b")]
    return Counted(Progress(10, attempts, earlier), now)


def test_counts_rate_shares_queues_memory_and_the_last_proofs_are_on_one_screen() -> None:
    now = [0.0]
    with view(now) as live:
        for number in range(3):
            now[0] += 10.0
            live.result(result(number, Status.PROVED, "intro h\nexact [h, h]"))
        live.result(result(9, Status.FAILED))
        live.sample(SAMPLE)
        text = shown(live)
    assert "6 results of 10 theorems (5 proved, 1 failed); 8.0 a minute" in text
    assert "lean    ████████████░░░░░░░░░░░░   50%" in text
    assert "requests waiting" in text
    assert "1,540" in text
    assert "intro h ⏎ exact [h, h]" in text
    assert "[red]t2" in text  # names are text, not markup
    assert "[red]t9" not in text


def test_of_many_passes_theorems_are_counted_once_and_attempts_beside_them() -> None:
    live = view([60.0], attempts=4)
    for attempt in range(3):
        live.result(replace(result(1, Status.FAILED), attempt=attempt))
    assert "11 of 40 attempts at 10 theorems (2 proved, 1 failed)" in shown(live)


def test_what_would_steer_the_terminal_is_written_out() -> None:
    live = view([0.0])
    live.result(replace(result(1, Status.PROVED, "exact \x1b[2Jh"), id="\x1b]0;t\x07"))
    text = shown(live)
    assert "\\x1b]0;t\\x07" in text
    assert "exact \\x1b[2Jh" in text
    assert "\x1b[2J" not in text


def test_only_the_last_proofs_are_shown_and_old_results_leave_the_rate() -> None:
    now = [0.0]
    live = view(now)
    for number in range(20):
        live.result(result(number, Status.PROVED, "rfl"))
    text = shown(live)
    assert "t19" in text
    assert "t11" not in text
    now[0] = 1000.0
    assert live.rate() == 0.0


def test_the_screen_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    live = view([0.0])
    for number in range(50):
        live.result(result(number, Status.PROVED, "x" * 5000))
    live.sample(SAMPLE)
    for width in (120, 60):
        assert len(shown(live, width).splitlines()) <= 18


def test_the_last_minute_is_no_zero_minutes() -> None:
    now = [0.0]
    live = view(now)
    now[0] = 60.0
    for number in range(7):
        live.result(result(number, Status.PROVED, "rfl"))
    assert "7.0 a minute, less than a minute left" in shown(live)
