"""Every exported row is compiled again: what is written for others is what was judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prover.data.export import export_run
from prover.data.layouts import LAYOUTS
from prover.run.folder import RunFolder
from prover.run.result import Status, TheoremResult
from prover.tasks import TaskList, TheoremTask
from prover.tasks.document import document_of
from prover.tasks.elaborated import theorems_read
from tests.lean.conftest import Warm
from tests.lean.lean_project.step_client import StepServer
from tests.lean.tasks.reading import outline_of

PROOFS = {
    "round_trip": "skip\nexact Nat.add_comm a b",
    "hole_exact": "exact Nat.lt_succ_self n",
    "Own.doubled": "simp only [Own.twice]\nomega",
    "Own.begun": "rfl",
    "Own.term": "rfl",
    "Own.equations": "skip\nrfl",
    "Own.pair": "exact hq",
    "Own.head": "cases xs <;> simp",
    "Own.example_33": "omega",
    "Own.opened": "exact succ_pos n",
    "Own.wrong": "simp [Own.twice]",
}
DISPROVED = ("Own.wrong",)
TEXT = """/-- Addition commutes. -/
theorem round_trip (a b : Nat) : a + b = b + a := by sorry

theorem hole_exact (n : Nat) : ∃ m, n < m := by
  exact ⟨n + 1, by sorry⟩

namespace Own
def twice (n : Nat) : Nat := n + n

/-- In words. -/ @[simp] protected theorem doubled (n : Nat) : Own.twice n = 2 * n := by
  sorry

theorem begun (n : Nat) : n + 0 = n := by
  -- by cases
  cases n with
  | zero => rfl
  | succ k => sorry

theorem term : twice 1 = 2 := sorry

theorem equations : ∀ n : Nat, n = n
  | 0 => rfl
  | n + 1 => by sorry

theorem pair (p q : Prop) (hp : p) (hq : q) : p ∧ q := ⟨hp, sorry⟩

theorem head (xs : List Nat) :
    match xs with
    | [] => xs.length = 0
    | _ :: _ => 0 < xs.length := by sorry

variable (k : Nat) (h : 0 < k)
example : k ≠ 0 := by
  sorry

open Nat in
/-- Behind its `open`. -/
theorem opened (n : Nat) : 0 < n + 1 := by
  sorry

/-- In words. -/
theorem wrong : twice 1 = 3 := by sorry
end Own
"""
FILES: dict[str, Callable[[dict[str, Any]], str]] = {
    "deepseek": lambda row: "".join(
        row[part] for part in ("header", "informal_prefix", "formal_statement", "formal_proof")
    ),
    "goedel": lambda row: str(row["full_proof"]),
    "kimina": lambda row: str(row["formal_proof"]),
    "lean-workbook": lambda row: row["proof"][0].join(row["formal_statement"].rsplit("sorry", 1)),
}
"""The whole file that a row of a layout stands for."""


@pytest.fixture(scope="module")
def run(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that proved or disproved every theorem of the text."""
    document = document_of(TEXT, "a.lean")
    records = theorems_read(document, outline_of(warm.server(), document.text)).records
    tasks = [record for record in records if isinstance(record, TheoremTask)]
    assert [task.name for task in tasks] == [record.id for record in records]
    assert {task.name for task in tasks} == set(PROOFS)
    path = tmp_path_factory.mktemp("runs") / "run"
    folder = RunFolder.create(
        path, TaskList(tuple(tasks)), config={}, versions={}, seed=0, toolchain="t", started_at=0.0
    )
    for task in tasks:
        status = Status.DISPROVED if task.name in DISPROVED else Status.PROVED
        folder.journal.append(TheoremResult(task.id, task.name, status, str(status), proof=PROOFS[task.name]))
    folder.close()
    return path


@pytest.mark.parametrize("layout", FILES)
def test_every_row_compiles(server: StepServer, run: Path, tmp_path: Path, layout: str) -> None:
    target = tmp_path / "rows.json"
    assert export_run(run, layout, target) == len(PROOFS)
    for row in json.loads(target.read_text(encoding="utf8")):
        text = FILES[layout](row)
        if "_root_.disproof" in text:  # behind the statement with its `sorry`
            (said,) = (m["data"] for m in server.ask(cmd=f"{text}\n#print axioms disproof")["messages"][1:])
            assert said.startswith("'disproof' ") and "sorryAx" not in said
        else:
            assert server.accepts_file(text), text
        server.ask(dropAll=True)


def test_a_layout_without_a_file_of_its_own_has_the_same_proofs(run: Path, tmp_path: Path) -> None:
    assert set(LAYOUTS) - set(FILES) == {"leandojo"}
    export_run(run, "leandojo", tmp_path / "rows.json")
    export_run(run, "deepseek", tmp_path / "others.json")
    rows, others = (json.loads((tmp_path / name).read_text(encoding="utf8")) for name in ("rows.json", "others.json"))
    for row, other in zip(rows, others, strict=True):
        assert row["theorem_statement"] == other["formal_statement"].rstrip()
        assert row["proof"].split() == other["formal_proof"].split()
