"""The built-in policy with Lean: what unifies with a goal is named, and each basic move does what it is for."""

from __future__ import annotations

import pytest

from prover.policy.builtin.policy import proposals
from prover.policy.builtin.view import View
from search.base import Premise
from tests.lean.lean_project.step_client import StepServer, goal_of

EARLY = "prelude\nimport Init.PropLemmas\n"
"""A header from the middle of Lean's own library."""

WRAPPED = """structure Bag where items : List Nat
def Bag.map (f : Nat → Nat) (b : Bag) : Bag := ⟨b.items.map f⟩
def Bag.length (b : Bag) : Nat := b.items.length
theorem t (f : Nat → Nat) (b : Bag) : (b.map f).length = b.length := by sorry"""

MAPS_INSIDE = "import Std.Data.HashMap.Raw\nimport Std.Data.DHashMap.RawLemmas\n"
"""A header that has more than the library that is known from the start, and no law of hash maps."""

FILTERED = (
    "theorem t {α β : Type} [BEq α] [Hashable α] {m : Std.HashMap.Raw α β} [EquivBEq α] [LawfulHashable α] "
    "{f : α → Bool} {k : α} (h : m.WF) : "
    "(Std.HashMap.Raw.filter (fun k _ => f k) m).getKey? k = (m.getKey? k).filter f := by sorry"
)
LEAST = (
    "theorem t {α : Type u} {cmp : α → α → Ordering} {t : Std.TreeSet α cmp} [Std.TransCmp cmp] [Inhabited α] "
    "(he : t.isEmpty = false) : t.get! t.min! = t.min! := by sorry"
)

ERASED = (
    "import Std.Data.DTreeMap.Internal.Lemmas\nimport Std.Data.DTreeMap.Raw.AdditionalOperations\n"
    "theorem t {α : Type} {β : α → Type} {cmp : α → α → Ordering} {m : Std.DTreeMap.Raw α β cmp} {k : α} "
    "[Std.TransCmp cmp] (h : m.WF) : @Std.DTreeMap.Internal.Impl.WF α ⟨cmp⟩ β (m.erase k).inner := by sorry"
)

NAMED = [
    ("theorem t (a b : Nat) : a + b = b + a := by sorry", "unify", "Nat.add_comm"),
    ("theorem t (a b : Nat) : a ∣ a * b := by sorry", "unify", "Nat.dvd_mul_right"),
    ("theorem t (a b : Nat) (h : a < b + 1) : a ≤ b := by sorry", "unify_mp", "Nat.lt_succ_iff"),
    ("theorem t (xs ys : List Nat) : xs ⊆ xs ++ ys := by sorry", "unify", "List.subset_append_left"),
    ("theorem t (p : Nat → Prop) (a b : Nat) (h : p (b + a)) : p (a + b) := by sorry", "rewrite", "Nat.add_comm"),
    ("theorem t (p : Nat → Prop) (a b c : Nat) : p (a + b + c) := by sorry", "rewrite", "Nat.add_assoc"),
    ("theorem t (xs : List Nat) : List.Perm xs xs := by sorry", "unify", "List.Perm.refl"),
    (f"{EARLY}theorem t (a b : Nat) : a + b = b + a := by sorry", "unify", "Nat.add_comm"),
    ("theorem t (m n : Nat) (h : m ∣ n) (k : n ∣ m) : m = n := by sorry", "unify", "Nat.dvd_antisymm"),
    (WRAPPED, "alike", "List.length_map"),
    (WRAPPED, "unify", "List.length_map"),
    (f"{MAPS_INSIDE}{FILTERED}", "alike", "Std.DHashMap.Raw.getKey?_filter_key"),
    (f"import Std.Data.TreeMap.Lemmas\nimport Std.Data.TreeSet.Basic\n{LEAST}", "alike", "Std.TreeMap.getKey!_minKey!"),
    (ERASED, "unify", "Std.DTreeMap.Internal.Impl.WF.erase!"),
    ("theorem own (n : Nat) (h : 7 < n) : n ∉ [1] := by sorry\ntheorem t : 8 ∉ [1] := by sorry", "unify", "own"),
]


def premises(server: StepServer, text: str) -> list[Premise]:
    answer = server.ask(premises=32, proofState=server.open(text))
    return [Premise(each["name"], each["kind"], each["score"]) for each in answer["premises"]]


@pytest.mark.parametrize(("text", "kind", "name"), NAMED)
def test_a_lemma_that_unifies_is_named(server: StepServer, text: str, kind: str, name: str) -> None:
    assert name in [premise.name for premise in premises(server, text) if premise.kind == kind]


def test_behind_imports_of_its_own_a_goal_meets_the_lemmas_that_unify_from_the_first_question_on(
    server: StepServer,
) -> None:
    header = "import Init.Data.Array.Lex\nimport Init.Data.Vector.Lemmas\n"
    text = header + "theorem t (a b : Nat) (xs : Vector Nat 3) (h : a ∈ xs) : a ∈ xs.push b := by sorry"
    for _ in range(2):
        found = [premise.name for premise in premises(server, text) if premise.kind == "unify"]
        assert "Vector.mem_push_of_mem" in found


def test_a_theorem_is_not_named_for_itself(server: StepServer) -> None:
    assert "t" not in [premise.name for premise in premises(server, "theorem t (f : Nat → Nat) : f 3 = 3 := by sorry")]


def test_the_score_says_how_many_goals_are_left(server: StepServer) -> None:
    found = premises(server, "theorem t (a b c : Nat) (h : a ∣ b) : a ∣ b + c := by sorry")
    assert next(p.score for p in found if p.name == "Nat.dvd_add" and p.kind == "unify") == pytest.approx(0.5)


def test_names_of_types_are_no_definitions_to_unfold(server: StepServer) -> None:
    found = premises(server, "theorem t (f : Nat → Id Nat) (g : Unit → Nat) : (f 3).succ = g () := by sorry")
    assert not {"Id", "Unit"} & {premise.name for premise in found if premise.kind == "def"}


def test_what_a_hypothesis_determines_is_not_left(server: StepServer) -> None:
    found = premises(server, "theorem t (a b : Nat) (xs : List Nat) (h : a ∈ xs.erase b) : a ∈ xs := by sorry")
    assert next(p.score for p in found if p.name == "List.mem_of_mem_erase" and p.kind == "unify") == 1.0


@pytest.mark.parametrize(
    ("target", "shape"),
    [("a ∣ 0", "Exists"), ("[a] ⊆ []", "∀"), ("a = a", None), ("∃ x, x = a", None), ("{a : Nat} → a = a", None)],
)
def test_the_shape_is_what_a_definition_hides(server: StepServer, target: str, shape: str | None) -> None:
    found = premises(server, f"theorem t (a : Nat) : {target} := by sorry")
    assert next((premise.name for premise in found if premise.kind == "shape"), None) == shape


MEANT_FOR = {
    "unify_close": "theorem t (p : Nat → Nat → Prop) (a b : Nat) (h : b ∣ a) (k : b ∣ 7) : b ∣ a + 7 := by sorry",
    "unify_apply": "theorem t (a b c : Nat) : a ∣ b * c := by sorry",
    "unify_finish": "theorem t (a b c : Nat) (h : a ∣ b) : a ∣ b + (c - c) := by sorry",
    "unify_rewrite": "theorem t (p : Nat → Prop) (a b c : Nat) : p (a + b + c) := by sorry",
    "unify_rewrite_back": "theorem t (p : Nat → Prop) (a b c : Nat) : p (a + (b + c)) := by sorry",
    "hidden_intro": "theorem t (xs : List Nat) : [] ⊆ xs := by sorry",
    "hidden_pair": "def Both (p q : Prop) := p ∧ q\ntheorem t (p q : Prop) : Both p q := by sorry",
    "hidden_side": "def Any (p q : Prop) := p ∨ q\ntheorem t (p q : Prop) : Any p q := by sorry",
    "hidden_rfl": "theorem t (a b : Nat) : a ∣ a * b := by sorry",
    "hidden_assumption": "def Has (p : Nat → Prop) := ∃ x, p x\ntheorem t (p) (h : p 3) : Has p := by sorry",
    "hidden_witness": "theorem t (a : Nat) : a ∣ 0 := by sorry",
    "hyp_directed": "theorem t (p q : Prop) (h : p ↔ q) : q := by sorry",
    "hyp_symm": "theorem t (a b : Nat) (h : a = b) : b = a := by sorry",
    "iff_simp_all": "theorem t (p q : Prop) : p ∧ q ↔ q ∧ p := by sorry",
    "ext_simp_all": "theorem t (f : Nat → Nat) : f ∘ id = f := by sorry",
    "unfold_split": "def f (b : Bool) := if b then 1 else 2\ntheorem t (b : Bool) : f b < 3 := by sorry",
    "alike_simp_all": WRAPPED,
    "open_alike": "theorem t (n : Nat) (xs ys : Vector Nat n) : xs ++ ys = xs ++ ys := by sorry",
    "contrapose": "theorem t (a b c : Nat) (h : a * c < b * c) : a < b := by sorry",
    "hyp_hidden": "theorem t (xs ys : List Nat) (h : xs ⊆ ys) : 3 ∈ ys := by sorry",
}


@pytest.mark.parametrize("template", MEANT_FOR)
def test_each_rule_is_accepted_where_it_is_meant(server: StepServer, template: str) -> None:
    text = MEANT_FOR[template]
    state = server.open(text)
    (shown,) = server.ask(state=state)["goals"]
    view = View(goal_of(shown), tuple(premises(server, text)))
    proposed = [view.naming(each.tactic) for each in proposals(view) if each.template == template]
    results = server.ask(tactics=[{"tactic": tactic} for tactic in proposed], proofState=state)["results"]
    assert any("error" not in result for result in results), (proposed, results)
