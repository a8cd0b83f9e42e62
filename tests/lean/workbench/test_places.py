"""Questions at a `sorry` of files whose text alone misleads: Lean says what stands there, and what before it."""

from __future__ import annotations

import pytest

from prover.assembly.warm import Warm
from prover.errors import UsageError
from prover.workbench.bench import Workbench
from prover.workbench.client import result_of
from prover.workbench.requests import Propose, Suggest, Try
from tests.fakes.warm import opening

pytestmark = [pytest.mark.asyncio(loop_scope="session")]
OPEN = "theorem before_it (n : Nat) : n = n := by\n  sorry\n\n"
ENDLESS = (
    "coinductive Endless (r : Nat → Nat → Prop) : Nat → Prop where\n"
    "  | step (a b : Nat) : r a b → Endless r b → Endless r a\n"
)
FILES = {
    "a command of the file": (
        OPEN + 'macro "two!" : command => `(def $(Lean.mkIdent `two) : Nat := 2)\n\ntwo!\n\n'
        "theorem t : two = 2 := by\n  sorry\n",
        "t",
        "exact (rfl : two = 2)",
    ),
    "a predicate by coinduction": (
        f"{OPEN}{ENDLESS}\ntheorem t (r : Nat → Nat → Prop) (n : Nat) (h : Endless r n) : Endless r n := by\n  sorry\n",
        "t",
        "exact h",
    ),
    "two of them together": (
        OPEN + "mutual\ncoinductive Tick : Nat → Prop where\n  | tick (n : Nat) : Tock (n + 1) → Tick n\n"
        "coinductive Tock : Nat → Prop where\n  | tock (n : Nat) : Tick (n + 1) → Tock n\nend\n\n"
        "theorem t (n : Nat) (h : Tick n ∧ Tock n) : Tock n := by\n  sorry\n",
        "t",
        "exact h.2",
    ),
    "a fixed point": (
        OPEN
        + "def Reach (r : Nat → Nat → Prop) (n : Nat) : Prop := n = 0 ∨ ∃ m, r n m ∧ Reach r m\ninductive_fixpoint\n\n"
        "theorem t (r : Nat → Nat → Prop) : Reach r 0 := by\n  sorry\n",
        "t",
        "rw [Reach]; exact Or.inl rfl",
    ),
    "an instance derived later": (
        OPEN + "inductive Colour where | red | green\n\nderiving instance DecidableEq for Colour\n\n"
        "theorem t : Colour.red ≠ Colour.green := by\n  sorry\n",
        "t",
        "decide",
    ),
    "a comment and an attribute before the keyword": (
        "theorem already : 1 = 1 := rfl\n\n/-- Doc. -/ @[simp] theorem t (p : Prop) (h : p) : p := by\n  sorry\n",
        "t",
        "exact h",
    ),
    "an example in a section": (
        f"{OPEN}section\nvariable (n : Nat) (h : 0 < n)\nexample : n ≠ 0 := by\n  sorry\nend\n",
        "example_6",
        "exact Nat.ne_of_gt h",
    ),
    "a theorem by a macro": (
        'macro "claim " n:declId s:declSig v:declVal : command => `(theorem $n $s $v)\n\n'
        "claim t (p : Prop) (h : p) : p := by\n  sorry\n",
        "t",
        "exact h",
    ),
    "a term among others": (
        "theorem t (p q : Prop) (a : p) (b : q) : p ∧ q :=\n  And.intro\n    a\n    sorry\n",
        "t",
        "exact b",
    ),
    "what Lean can't read, behind it": (
        "theorem t (p : Prop) (h : p) : p := by\n  sorry\n\nlemma u : oops\n",
        "t",
        "exact h",
    ),
}


@pytest.mark.parametrize("kind", FILES)
async def test_a_question_is_about_the_theorem_that_lean_reads_there(opened: Warm, kind: str) -> None:
    text, name, tactic = FILES[kind]
    line = 1 + text[: text.rindex("sorry")].count("\n")
    async with Workbench(opening(opened)) as bench:
        tried = await result_of(bench, await bench.start(Try(path="a.lean", text=text, line=line, snippets=(tactic,))))
        assert (tried["theorem"], [each["outcome"] for each in tried["items"]]) == (name, ["proved"])
        proposed = await result_of(bench, await bench.start(Propose(path="a.lean", text=text, line=line, samples=4)))
        assert proposed["proposals"]


SKETCH = """theorem foo (a b : Nat) (h : a ≤ b) : a * 2 ≤ b * 2 := by
  have h1 : a + a ≤ b + b := by
    sorry
  have h2 : a * 2 = a + a := sorry
  sorry
"""


@pytest.mark.parametrize("line", [3, 4, 5])
async def test_one_of_several_sorries_is_helped_with_and_its_proof_is_not_called_judged(
    opened: Warm, line: int
) -> None:
    async with Workbench(opening(opened)) as bench:
        answer = await result_of(
            bench, await bench.start(Suggest(path="sketch.lean", text=SKETCH, line=line, search_s=5.0))
        )
    closing = {suggestion["tactic"] for suggestion in answer["suggestions"] if not suggestion["goals"]}
    assert closing & {"omega", "grind"}, "solvers of equal length: the one asked first is offered"
    assert answer["found"]["proof"]
    assert not answer["found"]["judged"]


async def test_a_line_without_a_sorry_names_those_that_have_one(opened: Warm) -> None:
    text = "def one := 1\n\n/-- A. -/ @[simp] theorem a : one = 1 := by\n  sorry\n\ntheorem b : one = one := sorry\n"
    async with Workbench(opening(opened)) as bench:
        with pytest.raises(UsageError, match=r"4 \(a\), 6 \(b\)"):
            await result_of(bench, await bench.start(Suggest(path="two.lean", text=text, line=1)))
