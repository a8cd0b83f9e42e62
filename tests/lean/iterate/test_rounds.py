"""Two rounds on a real Lean: easy theorems first, false ones disproved, and a loop that was cut off goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from prover.assembly.listener import Listener
from prover.config import Config, LeanConfig, SearchConfig
from prover.iterate.learners import LineCritic
from prover.iterate.loop import Assignment, iterate
from prover.iterate.rounds import RoundsFolder
from prover.iterate.schedule import Schedule, Stop
from prover.lean.toolchain import Embedded
from prover.run.result import TheoremResult

THEOREMS = """theorem easy (a b : Nat) : a + b = b + a := by sorry
theorem wrong : 1 = 2 := by sorry
"""


class Cut(Exception):
    """The loop ends here."""


class CutOff(Listener):
    """Ends the loop at its first result."""

    def result(self, result: TheoremResult) -> None:
        raise Cut


@pytest.mark.long
async def test_a_loop_that_was_cut_off_goes_on_and_settles_its_list(tmp_path: Path, toolchain: Embedded) -> None:
    path = tmp_path / "list.lean"
    path.write_text(THEOREMS)
    config = Config(lean=LeanConfig(workers=1), search=SearchConfig(disprove=0.4), concurrency=1)
    assignment = Assignment([str(path)], Schedule(rounds=2, budget_s=120.0, growth=1.0), config, [LineCritic()])
    folder = RoundsFolder(tmp_path / "loop")

    @contextmanager
    def cutting() -> Iterator[Listener]:
        yield CutOff()

    @contextmanager
    def patient() -> Iterator[Listener]:
        yield Listener()

    with pytest.raises(Cut):
        await iterate(assignment, folder, cutting)
    assert folder.rounds() == []
    done = await iterate(assignment, folder, patient)
    assert done.stop is Stop.SETTLED
    assert [(each.proved, each.disproved) for each in done.rounds] == [(1, 1)]
    assert (tmp_path / "loop" / "proofs.jsonl").read_text().count("\n") == 2
    assert (tmp_path / "loop" / "report.html").is_file()
