"""A project of a Lean that our server does not fit: the community REPL steps, and our judge decides.

Lake, Lean and the REPL are stand-ins made of the embedded Lean (`tests/fakes`); the project says that it is older.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

import prover
from prover.cli.main import main
from prover.lean.problem import Problem
from prover.lean.process_seat import local_pool
from prover.lean.session import SessionLimits
from prover.lean.theorem import OpenTheorem
from prover.lean.toolchain import Embedded
from search.base import Advanced, LimitKind, Proved, Rejected, RejectKind, Step, TacticCall, TacticLimits, TimedOut
from tests.fakes.lake_project import Unconfined, make_project, write_program

pytestmark = [pytest.mark.timeout(600)]
COMMUNITY = Path(__file__).parents[2] / "fakes" / "community_repl.py"
THEOREMS = """theorem swap (p q : Prop) : p ∧ q → q ∧ p := by
  sorry

theorem wrong (p q : Prop) : p ∨ q → p := by
  sorry
"""


@pytest.fixture
def project(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, toolchain: Embedded
) -> Path:
    """A project that says that its Lean is older, with a REPL and the facts of the test's parameter."""
    old, servers = {"lean-toolchain": "leanprover/lean4:v4.9.0\n"}, [toolchain.judge]
    facts: dict[str, str] = getattr(request, "param", {})
    folder, programs = make_project(toolchain.lean, tmp_path / "old", old, servers, version="4.9.0", **facts)
    (folder / ".lake/build/lib/lean").mkdir(parents=True)
    repl = folder / ".lake/packages/repl/.lake/build/bin/repl"
    write_program(repl, f"exec env PYTHONPATH={Path(prover.__file__).parents[1]} {sys.executable} {COMMUNITY}")
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("prover.assembly.toolchains.Project", Unconfined)
    return folder


def prove(tmp_path: Path, project: Path) -> dict[str, dict[str, Any]]:
    (tmp_path / "mine.lean").write_text(THEOREMS)
    out = tmp_path / "run"
    one_by_one = ["--workers", "1", "--set", "concurrency=1"]  # so that each theorem gets answers in its time
    few = ["--time-limit", "20", "--set", "search.expansions=2"]  # of what can't be proved
    options = ["--project", str(project), "--out", str(out), *few, *one_by_one]
    main(["prove", str(tmp_path / "mine.lean"), *options])
    lines = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    return {line["name"]: line for line in lines}


@pytest.mark.long
def test_theorems_are_proved_by_its_steps_and_our_judge(tmp_path: Path, project: Path) -> None:
    found = prove(tmp_path, project)
    statuses = {name: result["status"] for name, result in found.items()}
    assert statuses["swap"] == "proved", found
    assert statuses["wrong"] != "proved"


async def test_its_states_and_outcomes_are_those_of_our_server(tmp_path: Path, project: Path) -> None:
    old = await Unconfined.prepare(project, cache=tmp_path / "cache")
    assert "steps by" in old.name
    problem = Problem("swap", "import Init\n", "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by sorry")
    sums = Problem("zero_add'", "import Init\n", "theorem zero_add' (n : Nat) : 0 + n = n := by sorry")
    async with local_pool(old, workers=1, session=SessionLimits(grace_s=1.0)) as pool:
        sum_ = await pool.open(sums)
        assert isinstance(sum_, OpenTheorem), sum_
        (simple,) = await sum_.apply((), [TacticCall("simp")])
        assert isinstance(simple, Proved), simple
        theorem = await pool.open(problem)
        assert isinstance(theorem, OpenTheorem), theorem
        (goal,) = theorem.root.goals
        assert [(each.name, each.type) for each in goal.hypotheses] == [("p", "Prop"), ("q", "Prop"), ("h", "p ∧ q")]
        texts = [
            "constructor",
            "exact ⟨h.2, h.1⟩",
            "cases h\nconstructor\nassumption",
            "exact ⟨sorry, h.1⟩",
            "nonsense",
        ]
        outcomes = await theorem.apply((), [TacticCall(text) for text in texts])
        assert [type(each) for each in outcomes] == [Advanced, Proved, Advanced, Rejected, Rejected], outcomes
        assert isinstance(outcomes[3], Rejected)
        assert outcomes[3].kind is RejectKind.SORRY
        after = (Step("constructor"), Step("exact h.2"))
        (done,) = await theorem.apply(after, [TacticCall("exact h.1")])
        assert isinstance(done, Proved), done
        spinning = "have : ∀ a b c d : Fin 99, a + b + c + d = d + c + b + a := by decide +kernel"
        spin = TacticCall(spinning, TacticLimits(heartbeats=0, wall_s=0.5))
        (spun,) = await theorem.apply(after, [spin])
        assert isinstance(spun, TimedOut), spun
        assert spun.limit is LimitKind.WALL
        (deep,) = await theorem.apply(after, [TacticCall("repeat (first | rfl | (have := h))")])
        assert isinstance(deep, TimedOut), deep
        (again,) = await theorem.apply(after, [TacticCall("exact h.1")])
        assert isinstance(again, Proved), again
