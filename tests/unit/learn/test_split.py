"""One split for exports and critics: by statement, whatever it is called and wherever it was searched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prover.data.export import export_run
from prover.learn.split import Split, shape
from prover.learn.traces import searched
from prover.run.records import read_run
from tests.fakes.traced_run import statements, write_traced_run

SPLIT = Split(valid_share=0.3, test_share=0.2)


def test_a_statement_has_one_part_and_the_shares_are_kept() -> None:
    parts = [SPLIT.of(f"theorem t : {number} = {number} := by") for number in range(5000)]
    assert 0.28 < parts.count("valid") / 5000 < 0.32
    assert 0.18 < parts.count("test") / 5000 < 0.22


@pytest.mark.parametrize(
    "other",
    [
        "theorem another.name (p q : Prop) : p ∧ q → ∃ n : Nat, n = 2 := by",
        "lemma one(p q : Prop) : p ∧ q → ∃ n : Nat, n = 2 := by",
        "example (p q : Prop) : p ∧ q → ∃ n : Nat, n = 2 := by",
        "theorem one (p q : Prop) : p ∧ q -- a comment\n    → ∃ n : Nat, n = 2 := by",
        "@[simp] theorem one (p q : Prop) : p ∧ q → ∃ n : Nat, n = 2 :=",
        "theorem one (x y : Prop) : x ∧ y → ∃ k : Nat, k = 2 := by",
    ],
)
def test_names_comments_spacing_and_bound_variables_decide_nothing(other: str) -> None:
    assert shape(other) == shape("theorem one (p q : Prop) : p ∧ q → ∃ n : Nat, n = 2 := by")


@pytest.mark.parametrize(
    "other",
    [
        "theorem one (p q : Prop) : q ∧ p → ∃ n : Nat, n = 2 := by",
        "theorem one (p q : Prop) : p ∧ q → ∃ n : Nat, n = 3 := by",
        "theorem one (p q : Prop) : p ∧ q → ∃ n : Int, n = 2 := by",
    ],
)
def test_another_statement_has_another_shape(other: str) -> None:
    assert shape(other) != shape("theorem one (p q : Prop) : p ∧ q → ∃ n : Nat, n = 2 := by")


@pytest.mark.parametrize("kind", ["tactics", "preferences"])
def test_a_critic_trained_on_an_export_is_never_measured_on_a_statement_of_its_training_part(
    tmp_path: Path, kind: str
) -> None:
    """The second run has the statements of the first, in another order, under other names and with other variables."""
    first = write_traced_run(tmp_path / "first", statements("t{}", "p"))
    second = write_traced_run(tmp_path / "second", statements("other{}", "q")[::-1])
    export_run(first, kind, tmp_path / "rows.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    trained = {shape(row["statement"]) for row in rows if row["split"] == "train"}
    for run in (first, second):
        training, held_out = Split().parted(searched(read_run(run)))
        assert held_out
        assert {shape(theorem.statement) for theorem in training} == trained
        assert not trained & {shape(theorem.statement) for theorem in held_out}
