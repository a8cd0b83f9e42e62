"""Random walks through proofs: at each state that they reach, steps and a file say the same."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from tests.lean.lean_project.step_client import StepServer
from tests.lean.lean_project.test_faithful import block, defs

STATEMENTS = [
    "(p q r : Prop) (h : p ∧ (q ∨ r)) : (p ∧ q) ∨ (p ∧ r)",
    "(p q : Prop) : (p → q) → ¬q → ¬p",
    "(p q : Prop) (h : p ↔ q) : (q ↔ p) ∧ (p ∨ ¬q → p → q)",
    "(n m : Nat) (h : n < m) : ∃ k, m = n + k ∧ 0 < k",
    "(n : Nat) : n * 0 + n = n ∧ (n = 0 ∨ 0 < n)",
    "(n m : Nat) : n ≤ m → ¬ m < n",
    "(xs ys : List Nat) : sum (xs ++ ys) = sum ys + sum xs",
    "(t : Tree) : t.mirror.size = t.size ∧ (t = t.mirror → t.mirror = t)",
    "(f g : Nat → Nat) (h : ∀ x, f x = g x) : f = g ∧ f 0 = g 0",
    "(α : Type) (x : α) (xs : List α) : x ∈ x :: xs ∧ (x :: xs) ≠ []",
    "(a b : Bool) : (a && b) = true ↔ a = true ∧ b = true",
    "(n : Nat) (h : n = 2 ∨ n = 3) : n < 4",
]

TACTICS = """intro h
intro x y
intros
constructor
cases h
cases h with | _ => skip
cases h <;> simp_all
rcases h with ⟨a, b | c⟩
obtain ⟨a, b⟩ := h
rcases h with rfl | rfl
left
right
exfalso
rfl
trivial
assumption
contradiction
exact h
exact h.1
exact h.symm
exact ⟨h, h⟩
exact (by simp_all)
refine ⟨?_, ?_⟩
refine ⟨?_, by simp_all⟩
refine ⟨_, ?_⟩
apply Or.inl
apply And.intro
apply Iff.intro
exists 0
exists 1
exists m - n
omega
decide
simp
simp_all
simp at h
simp [sum]
simp [Tree.mirror, Tree.size]
simp only [Nat.mul_zero, Nat.zero_add]
rw [Nat.mul_zero]
rw [h]
rw [Nat.add_comm]
unfold sum
induction xs
induction t
induction n
induction xs <;> simp_all [sum]
cases n
cases xs with | nil => rfl | cons x xs => skip
cases a <;> cases b <;> simp
split
funext x
ext x
subst_vars
revert h
clear h
rename_i a b
generalize n = k at *
have k : 0 ≤ 1 := by decide
have k := h
have ⟨u, v⟩ := h
let k := 5
suffices k : True by trivial
show _ ∧ _
by_cases d : p
by_cases n = 0
specialize h 0
symm
exact absurd h (by omega)
next => simp_all
case left => simp_all
case inl a => exact Or.inl a
· simp_all
· omega
any_goals omega
all_goals simp_all
all_goals try omega
try rw [h]
first | rfl | simp_all
repeat constructor
iterate 2 constructor
conv => lhs; simp
open Nat in simp
set_option maxRecDepth 100 in simp_all
swap
exact no_such_name
nonsense
exact h h h
intro (⟨x, y⟩ : _ ∧ _)
match h with | ⟨_, _⟩ => skip
calc _ = _ := rfl
nofun
exact fun k => k
simp?""".splitlines()


def has_error(server: StepServer, statement: str, steps: list[str]) -> bool:
    """Whether Lean finds an error in a file with these steps, what they leave open being admitted."""
    text = f"{defs(statement)}theorem it {statement} := by\n{block([*steps, 'all_goals sorry'])}"
    return any(message["severity"] == "error" for message in server.ask(cmd=text).get("messages", []))


def has_more_than_goals(answer: dict[str, Any]) -> bool:
    """Whether the goals mention a metavariable that is none of them: `all_goals sorry` leaves it, and the kernel says
    so, where a later step could still have given it."""
    names = {goal["tag"] for goal in answer["goals"]}
    return any(not names.issuperset(re.findall(r"\?([\w.]+)", goal["target"])) for goal in answer["goals"])


def walk(server: StepServer, statement: str, seed: int) -> None:
    """Four steps at random; what the server says on the way has to be what Lean says of a file."""
    random = Random(f"{seed} {statement}")
    state, steps = server.open(f"{defs(statement)}theorem it {statement} := by sorry"), list[str]()
    for _ in range(4):
        tried = random.sample(TACTICS, 30)
        answers = server.batch(state, [{"tactic": tactic} for tactic in tried])
        answered = list(zip(tried, answers, strict=True))
        refused = [tactic for tactic, answer in answered if "error" in answer]
        for tactic in random.sample(refused, min(2, len(refused))):
            assert has_error(server, statement, [*steps, tactic]), (steps, tactic)
        proofs = [answer.get("text", tactic) for tactic, answer in answered if answer.get("proved")]
        for tactic in random.sample(proofs, min(2, len(proofs))):
            assert server.accepts_file(f"{defs(statement)}theorem it {statement} := by\n{block([*steps, tactic])}"), (
                steps,
                tactic,
            )
        advanced = [(tactic, answer) for tactic, answer in answered if "proofState" in answer]
        if not advanced:
            return
        tactic, answer = random.choice(advanced)
        steps.append(answer.get("text", tactic))
        state = answer["proofState"]
        assert has_more_than_goals(answer) or not has_error(server, statement, steps), steps
