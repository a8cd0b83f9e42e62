"""Defective statements found by their text, and the honest ones left alone."""

import json
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from prover.tasks import load_tasks
from prover.tasks.audit import Severity, audit, lean_findings, renamed
from prover.tasks.binders import bound_names, unbound_letters
from search.base import Goal, Outcome, Premise, ProofState, Proved, Rejected, RejectKind, TacticCall
from search.base import Path as TacticPath

MATHLIB = "import Mathlib\nopen BigOperators Real Nat Polynomial"


def unbound(statement: str) -> list[tuple[str, bool]]:
    return [(letter.name, letter.escaped) for letter in unbound_letters(statement)]


@pytest.mark.parametrize(
    "statement",
    [
        "theorem t (a d : ℝ) (h : (∑ k in Finset.range 5, a + k * d) = 70) : a = 42 / 5",
        "theorem t : (∏ k in Finset.range 7, 2 ^ 2 ^ k + 3 ^ 2 ^ k) = 3 ^ 128 - 2 ^ 128",
        "theorem t : ∀ (f : ℕ → ℕ) (h : ∀ k, f k = 2), f k = 2",
        "theorem t (n : ℕ) : ∑ k ∈ Finset.range n, k = k",
    ],
)
def test_a_variable_that_escapes_its_binder_is_found(statement: str) -> None:
    assert unbound(statement) == [("k", True)]


@pytest.mark.parametrize(
    "statement",
    [
        "theorem t (n : ℕ) : (∑ k ∈ Finset.range n, (k + k * k)) = n",
        "theorem t (n : ℕ) : ∑ k ∈ Finset.range n, k * k / 2 ^ k = n",
        "theorem t (a : ℕ → ℤ) : ∏ i ∈ Finset.range 3, ∏ j ∈ Finset.range 3, |a i - a j| = 2",
        "theorem t : ∀ᶠ x in Filter.atTop, ∃! y, x < y ∧ ∀ z ≥ y, fun w => w + z = x",
        "theorem t {α : Type*} [Inhabited α] ⦃x y : α⦄ : {z : α | z = x} = {w | w = y}",
        "theorem t.{u, v} {α : Type u} {β : Type v} (f : α → β) : ∀ x, f x = f x",
        "theorem t (f : ℝ → ℝ) : (∫ t in (0 : ℝ)..1, f t + f t) = 2",
        "theorem t (f : ℕ → ℕ) : {f i | i : ℕ} = {y | ∃ i, y = f i}",
        "theorem t : ∃ f : ℕ → ℕ, ∀ a b, let c := f a; f (c + b) = c",
        "theorem t (a : Fin 3 → ℕ) : ∑ i : Fin 3, if a i < 2 then a i + 1 else a i - 1 = 0",
        'theorem t (s : String) : s ≠ "q" ∧ s.length = 1',
    ],
)
def test_statements_that_bind_all_they_use_are_left_alone(statement: str) -> None:
    assert unbound(statement) == []


def test_a_letter_that_is_declared_nowhere_is_told_from_one_that_escaped() -> None:
    assert unbound("theorem t : cos x ^ 2 = (1 + cos (2 * x)) / 2") == [("x", False)]


def test_bound_names_come_in_order() -> None:
    statement = "theorem t (b a : ℕ) {x : ℤ} : ∀ c d, ∃ e > 0, (fun y => y) = fun (z : ℕ) => z"
    assert bound_names(statement) == ["b", "a", "x", "c", "d", "e", "y", "z"]


def findings(tmp_path: Path, *statements: str, header: str = MATHLIB) -> list[tuple[str, str]]:
    rows = [
        {"name": f"t{number}", "header": header, "formal_statement": f"theorem t{number} {statement} := by"}
        for number, statement in enumerate(statements)
    ]
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return [(found.id, found.kind) for found in audit(load_tasks([str(path)]))]


def test_each_kind_of_finding_is_reported_for_its_record(tmp_path: Path) -> None:
    found = findings(
        tmp_path,
        "(n : ℕ) (h : 0 < n) : n - 1 < n",
        "(n : ℕ) : (n : ℝ) - 1 < n",
        "(n : ℕ) : 1 / n ≤ 1",
        "(x y : ℝ) (h : x < y) : x < y",
        "(a b c : ℕ) : a * (b * c) = a * b * c",
        "(u v w : ℕ) :\n  u * (v * w) = u * v * w",
        "(n : ℕ) : ∑ k ∈ Finset.range n, k + k = n",
        ": sin π = 0 ∧ X = X",
    )
    assert found == [
        ("t0", "nat-subtraction"),
        ("t2", "nat-division"),
        ("t3", "assumed"),
        ("t6", "phantom-variable"),
        ("t5", "duplicate"),
    ]


def test_what_the_header_declares_is_known(tmp_path: Path) -> None:
    header = "variable (p q : Prop) {α : Type}\nuniverse u\ndef f := 1"
    assert findings(tmp_path, "(x : α) (y : Type u) : p ∧ q ∧ f = 1", header=header) == []


def test_refused_records_and_lines_of_lean_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.lean"
    path.write_text("theorem cut : 1 = 1\n\ntheorem a\n    (n : Nat) :\n    n - 1 ≤ n := by sorry\n", encoding="utf-8")
    refused, subtraction = audit(load_tasks([str(path)]))
    assert (refused.kind, refused.severity, refused.line) == ("refused", Severity.DEFECT, 1)
    assert (subtraction.kind, subtraction.line) == ("nat-subtraction", 5)
    assert str(subtraction).startswith(f"{path}:5: a: warning: `n - 1` looks like natural numbers")


def test_statements_are_equal_up_to_the_names_they_bind() -> None:
    one, two, other = load_tasks(
        [],
        [
            "theorem a (x y : Nat) : x + y = y + x",
            "theorem b (m n : Nat) : m + n = n + m",
            "theorem c (m n : Nat) : n = m",
        ],
    ).tasks
    assert renamed(one) == renamed(two) != renamed(other)


class OneTactic:
    """An environment in which exactly the given tactics prove the goal."""

    def __init__(self, *proving: str) -> None:
        self._proving = proving

    @property
    def root(self) -> ProofState:
        return ProofState((Goal("False"),), "k")

    async def apply(self, path: TacticPath, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        return [Proved(call.text) if call.text in self._proving else Rejected(RejectKind.ERROR, "no") for call in calls]

    async def stream(
        self, path: TacticPath, calls: Sequence[TacticCall], left_s: float = 0.0
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        yield await self.apply(path, calls)

    async def premises(self, path: TacticPath, limit: int) -> Sequence[Premise]:
        return []

    async def close(self) -> None:
        pass


async def test_lean_tells_contradictory_hypotheses_and_one_tactic_proofs() -> None:
    (task,) = load_tasks([], ["theorem t (h : 1 = 2) : 3 = 4"]).tasks
    (found,) = await lean_findings(task, OneTactic("(intros; exfalso; omega)", "(intros; omega)"))
    assert (found.kind, found.severity) == ("vacuous", Severity.DEFECT)
    assert "`(intros; exfalso; omega)` proves it" in found.message
    (found,) = await lean_findings(task, OneTactic("(intros; simp)"))
    assert found.kind == "one-tactic"
    assert await lean_findings(task, OneTactic()) == []
