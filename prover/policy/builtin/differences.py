"""Integers where their ring laws aren't available yet: each is written as a difference of two natural numbers.

In the first module of lemmas about `Int`, only the natural numbers have commutativity and the like. There, what the
operations do to differences is proved on the spot, from `subNatNat (m + k) (n + k) = subNatNat m n`; an identity of
integers becomes one of natural numbers, which simplification with their laws decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.builtin.proposal import EXPENSIVE, HEAVY, Proposal
from prover.policy.builtin.view import View

_S = "Int.subNatNat"
_SUMS = "Nat.zero_add, Nat.add_zero, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc"
_PRODUCTS = (
    "Nat.add_mul, Nat.mul_add, Nat.mul_comm, Nat.mul_left_comm, Nat.mul_assoc, Nat.mul_zero, Nat.zero_mul, Nat.mul_one"
)
_BASE = (
    f"have hk : ∀ m n k : Nat, {_S} (m + k) (n + k) = {_S} m n := "
    f"(by intro m n k; simp only [{_S}, Nat.add_sub_add_right])",
    f"have he : ∀ m n p q : Nat, m + q = p + n → {_S} m n = {_S} p q := "
    "(by intro m n p q h; rw [← hk m n q, h, Nat.add_comm n q, hk])",
    f"have h0 : ∀ i : Nat, {_S} i 0 = Int.ofNat i := (by intro i; simp [{_S}])",
    f"have hp : ∀ n i : Nat, {_S} (n + i) n = Int.ofNat i := (fun n i => (he _ _ i 0 (Nat.add_comm n i)).trans (h0 i))",
    f"have hn : ∀ n i : Nat, {_S} n (n + i) = Int.negOfNat i := "
    "(fun n i => (he _ _ 0 i (Nat.zero_add (n + i)).symm).trans (by cases i <;> rfl))",
    "have hs : ∀ m n : Nat, (∃ i, m = n + i) ∨ (∃ i, n = m + i) := (fun m n => (Nat.le_total n m).elim "
    "(fun h => .inl ((Nat.le.dest h).elim fun i e => ⟨i, e.symm⟩)) "
    "(fun h => .inr ((Nat.le.dest h).elim fun i e => ⟨i, e.symm⟩)))",
    f"have hr : ∀ a : Int, ∃ m n, a = {_S} m n := (fun a => by cases a with "
    "| ofNat m => exact ⟨m, 0, (h0 m).symm⟩ | negSucc m => exact ⟨0, m + 1, rfl⟩)",
    f"have hneg : ∀ m n : Nat, -{_S} m n = {_S} n m := (by intro m n; cases hs m n with "
    "| inl h => (cases h with | intro i h => subst h; rw [hp, hn]; rfl) "
    "| inr h => (cases h with | intro i h => subst h; rw [hp, hn]; cases i <;> rfl))",
    f"have hq : ∀ i j : Nat, Int.ofNat i + Int.negOfNat j = {_S} i j := "
    "(fun i j => by cases j with | zero => exact (h0 i).symm | succ j => rfl)",
    f"have hq' : ∀ i j : Nat, Int.negOfNat i + Int.ofNat j = {_S} j i := (fun i j => by cases i with "
    "| zero => exact (congrArg Int.ofNat (Nat.zero_add j)).trans (h0 j).symm | succ i => rfl)",
)
_BY_SUMS = f"(by simp only [{_SUMS}])"
_BY_RING = f"(by simp only [{_PRODUCTS}, {_SUMS}])"
_NEGATIVE_SUM = (
    "(show Int.negOfNat i + Int.negOfNat j = Int.negOfNat (i + j) from (by cases i <;> cases j <;> "
    "first | rfl | (simp [Int.negOfNat]; done) | (show Int.negSucc _ = Int.negSucc _; "
    f"simp [{_SUMS}])))"
)
_ADDED = {
    "pp": f"rw [hp, hp]; exact (hp (n + q) (i + j)).symm.trans (he _ _ _ _ {_BY_SUMS})",
    "pn": f"rw [hp, hn, hq]; exact he _ _ _ _ {_BY_SUMS}",
    "np": f"rw [hn, hp, hq']; exact he _ _ _ _ {_BY_SUMS}",
    "nn": f"rw [hn, hn]; exact {_NEGATIVE_SUM}.trans ((hn (m + p) (i + j)).symm.trans (he _ _ _ _ {_BY_SUMS}))",
}
_ZERO = "rw [Nat.zero_mul]; rfl"
_MULTIPLIED = {
    "pp": f"rw [hp, hp]; exact (hp 0 (i * j)).symm.trans (he _ _ _ _ {_BY_RING})",
    "pn": "rw [hp, hn]; exact (show Int.ofNat i * Int.negOfNat j = Int.negOfNat (i * j) from (by cases j <;> rfl))"
    f".trans ((hn 0 (i * j)).symm.trans (he _ _ _ _ {_BY_RING}))",
    "np": "rw [hn, hp]; exact (show Int.negOfNat i * Int.ofNat j = Int.negOfNat (i * j) from (by cases i <;> "
    f"first | rfl | (show Int.ofNat (0 * j) = Int.negOfNat (0 * j); {_ZERO})))"
    f".trans ((hn 0 (i * j)).symm.trans (he _ _ _ _ {_BY_RING}))",
    "nn": "rw [hn, hn]; exact (show Int.negOfNat i * Int.negOfNat j = Int.ofNat (i * j) from "
    f"(by cases i <;> cases j <;> first | rfl | (show Int.negOfNat (0 * _) = Int.ofNat (0 * _); {_ZERO})))"
    f".trans ((hp 0 (i * j)).symm.trans (he _ _ _ _ {_BY_RING}))",
}


def _by_signs(cases: dict[str, str]) -> str:
    """A proof about `subNatNat m n` and `subNatNat p q`, by cases on which number of each pair is greater."""
    text = "cases hs m n with "
    for way, first in (("inl", "p"), ("inr", "n")):
        text += f"| {way} h => (cases h with | intro i h => subst h; cases hs p q with "
        for other, second in (("inl", "p"), ("inr", "n")):
            text += f"| {other} h => (cases h with | intro j h => subst h; {cases[first + second]}) "
        text += ") "
    return text


_SUM = (
    f"have hadd : ∀ m n p q : Nat, {_S} m n + {_S} p q = {_S} (m + p) (n + q) := "
    f"(by intro m n p q; {_by_signs(_ADDED)})"
)
_PRODUCT = (
    f"have hmul : ∀ m n p q : Nat, {_S} m n * {_S} p q = {_S} (m * p + n * q) (m * q + n * p) := "
    f"(by intro m n p q; {_by_signs(_MULTIPLIED)})"
)
_EQUAL = (
    f"have hz : ∀ x y : Nat, {_S} x y = {_S} 0 0 → x = y := (by intro x y h; cases hs x y with "
    "| inl e => (cases e with | intro i e => subst e; rw [hp] at h; exact congrArg (y + ·) (Int.ofNat.inj h)) "
    "| inr e => (cases e with | intro i e => subst e; rw [hn] at h; cases i with "
    "| zero => rfl | succ i => exact nomatch (show Int.negSucc i = Int.ofNat 0 from h)))",
    f"have hi : ∀ m n p q : Nat, {_S} m n = {_S} p q ↔ m + q = p + n := (fun m n p q => ⟨fun h => hz (m + q) (p + n) "
    f"(by have e := congrArg (· + {_S} q p) h; simp only [hadd] at e; rw [Nat.add_comm p n]; "
    f"exact e.trans (he _ _ _ _ {_BY_SUMS})), he m n p q⟩)",
)
_READ = (
    "show ∀ x y : Int, x - y = x + -y from fun _ _ => rfl",
    f"show (0 : Int) = {_S} 0 0 from rfl",
    f"show (1 : Int) = {_S} 1 0 from rfl",
    f"show ∀ n : Nat, (n : Int) = {_S} n 0 from fun n => (h0 n).symm",
    f"show ∀ n : Nat, Int.ofNat n = {_S} n 0 from fun n => (h0 n).symm",
    f"show ∀ n : Nat, Int.negSucc n = {_S} 0 (n + 1) from fun n => rfl",
    f"show ∀ n : Nat, Int.negOfNat n = {_S} 0 n from fun n => (by cases n <;> rfl)",
)
_KNOWN_LATER = re.compile(
    r"Int\.(add_comm|add_assoc|add_left_comm|zero_add|add_zero|mul_comm|mul_assoc|mul_one|one_mul|zero_mul|"
    r"mul_zero|neg_mul|mul_neg|mul_add|add_mul|neg_neg|neg_add|sub_self|sub_eq_add_neg|add_right_neg)"
)
"""Where one of these is among the premises, they are all there."""
_UNLESS_THERE = "(fail_if_success have := Int.add_comm)"
"""Once integers commute, others do better."""
_SIGNED = (
    ("hs", "∀ n : Nat, Int.negSucc n = Int.negOfNat (n + 1) := (fun _ => rfl)"),
    ("hone", "(1 : Int) = Int.ofNat 1 := rfl"),
    ("hzero", "(0 : Int) = Int.ofNat 0 := rfl"),
    ("hcast", "∀ n : Nat, (n : Int) = Int.ofNat n := (fun _ => rfl)"),
    ("hp", "∀ n : Nat, -Int.ofNat n = Int.negOfNat n := (fun _ => rfl)"),
    ("hn", "∀ n : Nat, -Int.negOfNat n = Int.ofNat n := (fun n => by cases n <;> rfl)"),
    ("hpp", "∀ i j : Nat, Int.ofNat i * Int.ofNat j = Int.ofNat (i * j) := (fun _ _ => rfl)"),
    ("hpn", "∀ i j : Nat, Int.ofNat i * Int.negOfNat j = Int.negOfNat (i * j) := (fun i j => by cases j <;> rfl)"),
    (
        "hnp",
        "∀ i j : Nat, Int.negOfNat i * Int.ofNat j = Int.negOfNat (i * j) := (fun i j => by cases i <;> "
        f"first | rfl | (show Int.ofNat (0 * j) = Int.negOfNat (0 * j); {_ZERO}))",
    ),
    (
        "hnn",
        "∀ i j : Nat, Int.negOfNat i * Int.negOfNat j = Int.ofNat (i * j) := (fun i j => by cases i <;> cases j <;> "
        f"first | rfl | (show Int.negOfNat (0 * _) = Int.ofNat (0 * _); {_ZERO}))",
    ),
)
_OTHER = ("/", "%", "div", "mod", "∣", "<", "≤", "^", "toNat", "natAbs", "sign")


def differences(view: View) -> Iterator[Proposal]:
    """Identities of integers, and equivalences and implications between them."""
    about = "Int" in view.number_types or "Int." in view.target
    if not view.is_early or not about or any(word in view.everything for word in _OTHER):
        return
    if view.head not in ("Eq", "Ne", "Iff", "Not", "Or"):
        return
    if any(_KNOWN_LATER.fullmatch(premise.name) for premise in view.premises):
        return
    ring = "*" in view.everything
    integers = [v.name for v in view.data if v.type == "Int" and view.is_mentioned(v)][:4]
    known = [hyp.name for hyp in reversed(view.props)]
    plain = view.head == "Eq" and not known
    if plain and integers and not re.search(r" [+-] ", view.target):
        yield _by_sign(integers)
    lemmas = [*_BASE, _SUM, *([_PRODUCT] if ring else []), *(() if plain else _EQUAL)]
    read = [*_READ, "hneg", "hadd", *(["hmul"] if ring else []), *([] if plain else ["hi"])]
    opened = [f"refine (hr {v}).elim fun {v}₁ h => h.elim fun {v}₂ h => ?_; subst h" for v in integers]
    laws = f"{_PRODUCTS}, {_SUMS}" if ring else _SUMS
    done = f"first | done | exact he _ _ _ _ (by simp only [{laws}])" if plain else _equivalence(laws)
    steps = [_UNLESS_THERE, *([f"revert {' '.join(known)}"] if known else []), *lemmas, *opened]
    yield Proposal("int_differences", f"({'; '.join(steps)}; simp only [{', '.join(read)}]; {done})", limits=HEAVY)


def _by_sign(integers: list[str]) -> Proposal:
    """For products alone: each factor is a natural number or the negative of one."""
    split = " <;> ".join(f"cases {v}" for v in integers)
    read = ", ".join(name for name, _ in _SIGNED)
    stated = "; ".join(f"have {name} : {law}" for name, law in _SIGNED)
    laws = "Nat.mul_comm, Nat.mul_left_comm, Nat.mul_assoc, Nat.mul_one, Nat.one_mul, Nat.zero_mul, Nat.mul_zero"
    text = f"{_UNLESS_THERE}; {stated}; {split} <;> simp only [{read}, {laws}]"
    return Proposal("int_signs", f"({text})", limits=EXPENSIVE)


def _equivalence(laws: str) -> str:
    """Closes a statement about equations of natural numbers; the lemmas about integers go first."""
    both = f"(constructor <;> intro h <;> simp_all [{laws}])"
    swapped = f"(constructor <;> intro h <;> first | exact h.symm | exact fun e => h e.symm | {both})"
    tidy = "clear hk he h0 hp hn hs hr hneg hq hq' hadd hz hi"
    tries = f"(simp only [{laws}]; done) | (simp [{laws}]; done) | (simp only [{laws}]; {swapped}; done)"
    return f"(try clear hmul); {tidy}; first | {tries} | (intros; simp_all [{laws}])"
