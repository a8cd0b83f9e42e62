"""What tactic mode accepts a file accepts, and the other way round."""

from __future__ import annotations

import pytest

from tests.lean.lean_project.step_client import Answer, StepServer

SUM = """def sum : List Nat → Nat
  | [] => 0
  | x :: xs => x + sum xs
"""
TREE = """inductive Tree | leaf | node (l : Tree) (v : Nat) (r : Tree)
def Tree.size : Tree → Nat
  | leaf => 0
  | node l _ r => l.size + 1 + r.size
def Tree.mirror : Tree → Tree
  | leaf => leaf
  | node l v r => node r.mirror v l.mirror
"""


def defs(statement: str) -> str:
    """The definitions that a statement is about: they take Lean longer than most of the proofs."""
    return SUM * ("sum" in statement) + TREE * ("Tree" in statement)


PROOFS = [
    ("(p q : Prop) (hp : p) (hq : q) : p ∧ q", ["constructor", "exact hp", "exact hq"]),
    ("(p q : Prop) : p ∨ q → q ∨ p", ["intro h", "cases h with\n| inl a => exact .inr a\n| inr b => exact .inl b"]),
    ("(p q : Prop) : p ∨ q → q ∨ p", ["rintro (a | b)", "· exact .inr a", "· exact .inl b"]),
    ("(p q : Prop) (h : p ∧ q) : q ∧ p", ["obtain ⟨a, b⟩ := h", "exact ⟨b, a⟩"]),
    ("(n : Nat) : 0 + n = n", ["induction n with\n| zero => rfl\n| succ k ih => rw [← Nat.add_assoc, ih]"]),
    ("(n : Nat) : 0 + n = n", ["induction n", "rfl", "simp_all"]),
    ("(a b c : Nat) (h : a = b) (g : b = c) : a = c", ["calc a = b := h\n  _ = c := g"]),
    ("(a b c : Nat) (h : a = b) (g : b = c) : a = c", ["(calc a = b := h)", "exact g"]),
    ("(a b : Nat) : a + b = b + a", ["conv => lhs; rw [Nat.add_comm]"]),
    ("(a b : Nat) : a + b = b + a", ["conv =>\n  lhs\n  rw [Nat.add_comm]"]),
    ("(a b : Nat) (h : a < b) : ¬ b ≤ a", ["have g : ¬ b ≤ a := by\n  intro k\n  omega", "exact g"]),
    ("(a b : Nat) (h : a < b) : ¬ b ≤ a", ["intro k", "apply absurd h", "omega"]),
    ("(xs ys : List Nat) : sum (xs ++ ys) = sum xs + sum ys", ["induction xs <;> simp_all [sum, Nat.add_assoc]"]),
    ("(xs ys : List Nat) : sum (xs ++ ys) = sum xs + sum ys", ["induction xs", "· simp [sum]", "· simp [sum]; omega"]),
    (
        "(t : Tree) : t.mirror.mirror = t",
        ["induction t with\n| leaf => rfl\n| node l v r hl hr => simp [Tree.mirror, hl, hr]"],
    ),
    ("(t : Tree) : t.mirror.size = t.size", ["induction t <;> simp_all [Tree.mirror, Tree.size]", "omega"]),
    ("(t : Tree) : t.mirror.size = t.size", ["induction t", "rfl", "simp_all [Tree.mirror, Tree.size]; omega"]),
    (": ∃ n : Nat, n * n = 49", ["refine ⟨?_, ?_⟩", "exact 7", "rfl"]),
    (": ∃ n : Nat, n * n = 49", ["exists 7"]),
    (": ∃ n : Nat, n * n = 49", ["constructor", "case w => exact 7", "rfl"]),
    ("(f : Nat → Nat) (h : ∀ x, f x = x) : f (f 2) = 2", ["rw [h]", "rw [h]"]),
    ("(f : Nat → Nat) (h : ∀ x, f x = x) : f (f 2) = 2", ["simp only [h]"]),
    ("(f : Nat → Nat) (h : ∀ x, f x = x) : f = id", ["funext x", "exact h x"]),
    ("(f : Nat → Nat) (h : ∀ x, f x = x) : f = id", ["ext x", "simp [h]"]),
    ("(f : Nat → Nat) (a b : Nat) (h : a + 1 = b + 1) : f (a + 1) = f (b + 1)", ["exact congrArg _ h"]),
    (": True", ['have _ := show IO Unit from do let s ← IO.getEnv "A"; throw (.userError s.get!)', "trivial"]),
    (": 2 ^ 10 = 1024", ["decide"]),
    (": (5 : Fin 7) + 4 = 2", ["decide +kernel"]),
    ("(a b : Nat) (h : a = b) : b = a", ["exact h ▸ rfl"]),
    ("(a b : Nat) (h : a = b) : b = a", ["open Eq in exact symm h"]),
    ("(a b : Nat) (h : a = b) : b = a", ["first | exact h | exact h.symm"]),
    ("(a b : Nat) (h : a = b) : b = a", ["try exact h", "any_goals exact h.symm"]),
    ("(a b : Nat) (h : a = b) : b = a", ["refine Eq.symm ?_", "exact h"]),
    ("(a b : Nat) (h : a = b) : b = a", ["let c := a", "have d : c = a := rfl", "omega"]),
    ("(a b : Nat) (h : a = b) : b = a", ["show _ = _", "exact Eq.trans rfl h.symm"]),
    ("(a b : Nat) (h : a = b) : b = a", ["suffices g : a = b by exact g.symm", "assumption"]),
    ("(a b : Nat) (h : a = b) : b = a", ["revert a b", "intro x y e", "exact e.symm"]),
    ("(a b : Nat) (h : a = b) : b = a", ["generalize a = c at *", "exact h.symm"]),
    ("{α : Type} [Inhabited α] : Nonempty α", ["infer_instance"]),
    ("{α : Type} [Inhabited α] : Nonempty α", ["constructor", "exact default"]),
    ("(n : Nat) : n < 5 → n < 6", ["omega"]),
    ("(n : Nat) (h : n ∈ [1, 2, 3]) : n < 4", ["simp at h", "rcases h with rfl | rfl | rfl <;> decide"]),
    ("(n : Nat) : (if n = n then 1 else 2) = 1", ["split", "rfl", "contradiction"]),
    ("(n : Nat) : (match n with | 0 => 1 | _ + 1 => 1) = 1", ["split <;> rfl"]),
    ("(p : Prop) : ¬¬p → p", ["intro h", "exact Classical.byContradiction h"]),
    ("(p : Prop) : ¬¬p → p", ["intro h", "by_cases g : p", "· exact g", "· exact absurd g h"]),
    ("(a b c : Nat) (h : a = b) (g : b = c) : a = c", ["calc a = b := h", "exact g"]),
    ("(a b c : Nat) (h : a = b) (g : b = c) : a = c", ["have k := h\ncalc\n  a = b := k", "exact g"]),
    ("(n : Nat) : 0 + n = n", ["cases n", "rfl", "exact congrArg Nat.succ (it _)"]),
    ("(n : Nat) : n ≤ 2 * n", ["match n with\n| 0 => decide\n| k + 1 => have := it k; omega"]),
    ("(n : Nat) : n ≤ 2 * n", ["by_cases h : n = 0", "omega", "have := it (n / 2)\nomega"]),
    ("(t : Tree) : t.mirror.mirror = t", ["cases t", "rfl", "simp [Tree.mirror, it]"]),
    (
        "(n : Nat) : 0 + n = n",
        ["let rec f : ∀ k, 0 + k = k\n| 0 => rfl\n| k + 1 => congrArg (· + 1) (f k)", "exact f n"],
    ),
    ("(a b : Nat) (h : a ≤ b) : ∃ c, b = a + c", ["have k : b = a + (b - a) := by\n  omega", "  exact ⟨_, k⟩"]),
    ("(a b : Nat) (h : a = b) : b = a ∧ True", ["constructor", "    · exact h.symm", "  · trivial"]),
    ("(a b : Nat) (h : a = b) : b = a ∧ True", ["  constructor\n  · exact h.symm", "trivial"]),
]

NO_PROOFS = [
    (": ∃ n : Nat, n * n = 50", ["exists 7"]),
    (": 2 ^ 10 = 1024", ["set_option maxRecDepth 10 in decide"]),
    (": 2 + 2 = 5", ["decide"]),
    ("(a b : Nat) (h : a = b) : b = a", ["exact Eq.symm ?_", "exact h"]),
    ("(a b : Nat) (h : a = b) : b = a", ["apply Eq.symm", "exact no_such"]),
    ("{α : Type} : Nonempty α", ["constructor", "exact default"]),
    ("(p : Prop) : p", ["assumption"]),
    ("(n : Nat) : 0 + n = n", ["exact it n"]),
    ("(n : Nat) : 0 + n = n", ["cases n", "rfl", "exact it _"]),
    ("(n m : Nat) : n + m = m + n", ["exact (it m n).symm"]),
    ("(n : Nat) : n ≤ 2 * n", ["by_cases h : n < 2", "omega", "have := it (n + 1)\nomega"]),
    ("(n : Nat) : n + 1 = n", ["let rec f : n + 1 = n := f", "exact f"]),
    ("(n : Nat) : n + 1 = n", ["let rec f : n + 1 = n := sorry", "exact f"]),
]

SETTINGS = [  # what stands before the theorem counts for its steps
    (
        "open Classical in",
        "{α : Type} (a : α) : ∃ n, n < 5",
        ["refine ⟨if ∀ b, a = b then 1 else 2, ?_⟩", "split <;> decide"],
    ),
    ("attribute [local simp] Nat.mul_add in", "(a b c : Nat) : a * (b + c) = a * b + a * c", ["simp"]),
    ("theorem other : 7 = 7 := rfl in", ": ∃ n : Nat, n = 7", ["exact ⟨7, other⟩"]),
    ("instance : Inhabited Nat := ⟨7⟩ in", ": ∃ n : Nat, n = 7", ["exact ⟨default, rfl⟩"]),
    ("set_option pp.all true in open Nat in", ": ∃ n : Nat, n = 1", ["exact ⟨succ 0, rfl⟩"]),
    ('local notation "seven" => 7 in', ": ∃ n : Nat, n = 7", ["exact ⟨seven, rfl⟩"]),
    ('local macro "it_is_so" : tactic => `(tactic| rfl) in', ": 1 = 1", ["it_is_so"]),
    ("set_option maxRecDepth 50 in", ": (List.range 40).length = 40", ["decide"]),
    ("set_option maxRecDepth 9000 in", ": (List.range 400).length = 400", ["decide"]),
    ("set_option maxRecDepth 200", ": (List.range 100).length = 100", ["decide"]),
    ("", ": (List.range 200).length = 200", ["decide"]),
    ("", ": (List.range 200).length = 200", ["set_option maxRecDepth 9000 in decide"]),
]


def opened(server: StepServer, statement: str) -> int:
    """The state of a statement's `sorry`."""
    return server.open(f"{defs(statement)}theorem it {statement} := by sorry")


def walked(server: StepServer, state: int, steps: list[str]) -> tuple[bool, list[str]]:
    """Whether the steps are a proof of an open state, and how they should be written."""
    texts = list[str]()
    for step in steps:
        answer = server.run(state, step)
        texts.append(answer.get("text", step))
        if "proofState" not in answer:
            is_last = len(texts) == len(steps)
            return is_last and answer.get("proved") is True, [*texts, *steps[len(texts) :]]
        state = answer["proofState"]
    return False, texts


def steps_prove(server: StepServer, statement: str, steps: list[str]) -> bool:
    return walked(server, opened(server, statement), steps)[0]


def block(steps: list[str]) -> str:
    return "".join(f"  {line}\n" for step in steps for line in step.split("\n"))


def completed(server: StepServer, state: int, steps: list[str]) -> bool:
    """The community REPL's verdict on the steps, one request each."""
    answer: Answer = {"proofState": state}
    for step in steps:
        answer = server.ask(tactic=step, proofState=answer.get("proofState", -1))
    return answer.get("proofStatus") == "Completed"


@pytest.mark.parametrize(
    ("statement", "steps", "is_proof"),
    [*((*each, True) for each in PROOFS[::2]), *((*each, False) for each in NO_PROOFS)],
)
def test_steps_a_file_one_block_and_the_community_status_agree(
    server: StepServer, statement: str, steps: list[str], is_proof: bool
) -> None:
    """About each second proof, and all that is none; the drills have all proofs."""
    hold_agreement(server, statement, steps, is_proof=is_proof)


def hold_agreement(server: StepServer, statement: str, steps: list[str], *, is_proof: bool) -> None:
    state = opened(server, statement)
    found, texts = walked(server, state, steps)
    assert found == is_proof
    assert server.accepts_file(f"{defs(statement)}theorem it {statement} := by\n{block(texts)}") == is_proof
    assert walked(server, state, ["\n".join(texts)])[0] == is_proof
    if not any("calc" in step for step in steps):
        assert completed(server, state, steps) == is_proof


@pytest.mark.parametrize(("before", "statement", "steps"), SETTINGS)
def test_steps_and_file_agree_about_what_stands_before(
    server: StepServer, before: str, statement: str, steps: list[str]
) -> None:
    is_proof, texts = walked(server, server.open(f"{before}\ntheorem it {statement} := by sorry"), steps)
    assert server.accepts_file(f"{before}\ntheorem it {statement} := by\n{block(texts)}") == is_proof


@pytest.mark.parametrize(
    "statement", [": (List.range {n}).length = {n} := by decide", ": True := by exact {ids}trivial"]
)
def test_steps_may_go_as_deep_as_the_file_and_no_deeper(server: StepServer, statement: str) -> None:
    for n in (*range(120, 130), *range(248, 258)):
        goal, tactic = statement.format(n=n, ids="id <| " * n).split(" := by ")
        assert steps_prove(server, goal, [tactic]) == server.accepts_file(f"theorem it {goal} := by {tactic}")


def test_a_proof_may_use_its_own_theorem_where_the_recursion_ends(server: StepServer) -> None:
    steps = ["cases n", "rfl", "exact congrArg Nat.succ (it _)"]
    assert steps_prove(server, "(n : Nat) : 0 + n = n", steps)
    assert not steps_prove(server, "(n : Nat) : 0 + n = n", ["exact it n"])


def test_a_recursion_is_judged_in_the_place_of_its_sorry(server: StepServer) -> None:
    text = """namespace N
variable (xs : List Nat)
theorem t : ∀ n : Nat, n ≤ 2 * n + xs.length := by
  intro n
  have h : 0 ≤ n := by exact Nat.zero_le _
  sorry
end N"""
    state = server.open(text)
    answer = server.run(state, "  cases n\n  · omega")
    assert server.run(answer["proofState"], "rename_i k\nhave := t k\nomega")["proved"] is True
    assert server.run(state, "exact t _")["error"] == "recursion"


def test_a_goal_set_apart_says_nothing_about_recursion(server: StepServer) -> None:
    state = server.run(server.open("theorem t (n : Nat) : n = n ∧ n = n := by sorry"), "constructor")["proofState"]
    (answer,) = server.batch(state, [{"tactic": "exact (t n).1"}], focus=[0])
    assert answer["error"] == "recursion"


def test_a_bare_calc_is_written_so_that_a_step_can_follow(server: StepServer) -> None:
    state = server.open("theorem t (a b c : Nat) (h : a = b) (g : b = c) : a = c := by sorry")
    assert server.run(state, "calc a = b := h")["text"] == "(calc a = b := h)"
    assert "text" not in server.run(state, "calc a = b := h\n  _ = c := g")
