"""How far a run is, whatever its passes."""

from __future__ import annotations

from prover.run.progress import Progress
from prover.run.result import Status, TheoremResult


def result(name: str, status: Status, attempt: int = 0) -> TheoremResult:
    return TheoremResult(name, name, status, "x", attempt)


def test_in_one_pass_a_result_is_a_theorem() -> None:
    progress = Progress(3, results=[result("a", Status.PROVED)])
    assert progress.add(result("b", Status.FAILED)) == 1
    assert (progress.done, progress.total, progress.unit) == (2, 3, "theorem")
    assert progress.counts == {Status.PROVED: 1, Status.FAILED: 1}


def test_a_theorem_of_many_passes_counts_once_and_a_settled_one_needs_no_more_of_them() -> None:
    progress = Progress(2, attempts=8)
    assert progress.add(result("a", Status.FAILED)) == 1
    assert progress.add(result("a", Status.FAILED, 1)) == 1
    assert progress.counts == {Status.FAILED: 1}
    assert progress.add(result("a", Status.PROVED, 3)) == 6
    assert progress.add(result("a", Status.FAILED, 2)) == 0  # an earlier pass came to its end after it
    assert progress.counts == {Status.PROVED: 1}
    assert (progress.done, progress.total, progress.unit) == (8, 16, "attempt")


def test_more_attempts_than_were_planned_do_not_run_over() -> None:
    progress = Progress(1, results=[result("a", Status.FAILED)])
    assert progress.add(result("a", Status.FAILED, 1)) == 0
    assert progress.done == progress.total == 1
