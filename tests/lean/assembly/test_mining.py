"""Mined statements are those of the library and can be gone on with; mined steps of proofs run by themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prover.assembly.mining import Wanted, mine_statements
from prover.assembly.mining_proofs import Repository, mine_proofs
from prover.errors import UsageError
from prover.lean.toolchain import Embedded
from prover.tasks.load import load_tasks

SMALL = Wanted(roots=("Init",), include=("Init.Data.Prod", "Init.Data.Sum.Lemmas"), licence="Apache-2.0")


async def test_theorems_of_a_module_become_rows_and_an_unfinished_file_is_gone_on_with(
    tmp_path: Path, toolchain: Embedded
) -> None:
    target = tmp_path / "pool.jsonl"
    counts = await mine_statements(target, SMALL)
    text = target.read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    assert len(rows) == counts["written"] > 20
    assert counts["unreadable"] <= len(rows) / 8  # what the module itself defines is not there behind its imports
    assert {row["module"] for row in rows} == set(SMALL.include)
    (swap,) = [row for row in rows if row["source"] == "Prod.map_id"]
    assert "Prod.map" in swap["formal_statement"]
    assert swap["licence"] == "Apache-2.0"
    assert len(load_tasks([str(target)])) == len(rows)

    target.write_text("".join(text.splitlines(keepends=True)[: len(rows) - 2]) + '{"torn')
    again = await mine_statements(target, SMALL)
    assert target.read_text() == text
    assert 0 < again["written"] < len(rows)


async def test_modules_that_nobody_knows_are_said(tmp_path: Path, toolchain: Embedded) -> None:
    with pytest.raises(UsageError, match="no module below Init is wanted"):
        await mine_statements(tmp_path / "x.jsonl", Wanted(roots=("Init",), include=("Nowhere.*",)))
    assert list(tmp_path.iterdir()) == []


PROOFS = """namespace Demo

theorem nested (p q : Prop) (hp : p) (hq : q) : p ∧ q := by
  constructor
  · exact hp
  · exact hq

theorem cases (n : Nat) : 0 + n = n := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [Nat.zero_add]

theorem term : 1 = 1 := rfl

theorem left_open : 2 = 3 := by
  skip
  sorry
"""


async def test_every_tactic_of_a_finished_proof_is_a_step(tmp_path: Path, toolchain: Embedded) -> None:
    (tmp_path / "A.lean").write_text(PROOFS)
    (tmp_path / "B.lean").write_text("import Nowhere\n\ntheorem t : 1 = 1 := by rfl\n")
    target = tmp_path / "steps.jsonl"
    counts = await mine_proofs([str(tmp_path)], target, "steps", Repository(folder=tmp_path))
    steps = [json.loads(line) for line in target.read_text().splitlines()]
    shown = [(step["theorem"], step["tactic"].split("\n")[0], step["inside"], step["state_after"]) for step in steps]
    assert shown == [
        ("Demo.nested", "constructor", -1, steps[0]["state_after"]),
        ("Demo.nested", "exact hp", -1, "no goals"),
        ("Demo.nested", "exact hq", -1, "no goals"),
        ("Demo.cases", "induction n with", -1, "no goals"),
        ("Demo.cases", "rfl", 0, "no goals"),
        ("Demo.cases", "rw [Nat.zero_add]", 0, "no goals"),
    ]
    assert "case left" in steps[0]["state_after"]
    assert "Nat.zero_add" in steps[5]["premises"]
    assert {step["file"] for step in steps} == {"A.lean"}
    assert (counts["files"], counts["theorems"], counts["steps"]) == (1, 3, 6)
    assert [reason for reason in counts if reason.startswith("file: ")] == ["file: unknown module prefix 'Nowhere'"]
