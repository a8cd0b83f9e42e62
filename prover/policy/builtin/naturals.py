"""Natural numbers where their laws aren't available yet: the laws that simplification needs are proved on the spot.

In the first module of lemmas about `Nat` there is no commutativity, no `omega`, not even `∃`. One tactic states and
proves the laws, turns `≤` into a summand and a difference into two cases, and simplifies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from prover.policy.builtin.proposal import HEAVY, Proposal
from prover.policy.builtin.view import View

_SUCCESSOR = "succ n ih => exact congrArg Nat.succ ih"
_LAWS = (
    "have ze : Nat.zero = 0 := rfl",
    "have su : ∀ n : Nat, Nat.succ n = n + 1 := (fun _ => rfl)",
    "have pr : ∀ n : Nat, Nat.pred (n + 1) = n := (fun _ => rfl)",
    "have p0 : Nat.pred 0 = 0 := rfl",
    "have s0 : ∀ n : Nat, n - 0 = n := (fun _ => rfl)",
    "have lp : ∀ n : Nat, (0 < n + 1) = True := (fun n => eq_true (Nat.succ_pos n))",
    "have nz : ∀ a b : Nat, (a + (b + 1) = 0) = False := (fun _ _ => eq_false nofun)",
    "have mz : ∀ n : Nat, n * 0 = 0 := (fun _ => rfl)",
    "have ms : ∀ m n : Nat, m * (n + 1) = m * n + m := (fun _ _ => rfl)",
    f"have za : ∀ n : Nat, 0 + n = n := (by intro n; induction n with | zero => rfl | {_SUCCESSOR})",
    "have sa : ∀ m n : Nat, (m + 1) + n = (m + n) + 1 := "
    f"(by intro m n; induction n with | zero => rfl | {_SUCCESSOR})",
    "have ac : ∀ m n : Nat, m + n = n + m := (by intro m n; induction n with | zero => exact (za m).symm "
    "| succ n ih => exact (congrArg Nat.succ ih).trans (sa n m).symm)",
    "have aa : ∀ a b c : Nat, a + b + c = a + (b + c) := "
    "(by intro a b c; induction c with | zero => rfl | succ c ih => exact congrArg Nat.succ ih)",
    "have al : ∀ a b c : Nat, a + (b + c) = b + (a + c) := (by intro a b c; rw [← aa, ac a b, aa])",
    "have zm : ∀ n : Nat, 0 * n = 0 := (by intro n; induction n with | zero => rfl | succ n ih => exact ih)",
    "have sm : ∀ m n : Nat, (m + 1) * n = m * n + n := (by intro m n; induction n with | zero => rfl "
    "| succ n ih => exact congrArg Nat.succ ((congrArg (· + m) ih).trans ((aa (m * n) n m).trans "
    "((congrArg (m * n + ·) (ac n m)).trans (aa (m * n) m n).symm))))",
    "have mc : ∀ m n : Nat, m * n = n * m := (by intro m n; induction n with | zero => exact (zm m).symm "
    "| succ n ih => exact (congrArg (· + m) ih).trans (sm n m).symm)",
    "have m1 : ∀ n : Nat, n * 1 = n := za",
    "have w1 : ∀ n : Nat, 1 * n = n := (fun n => (mc 1 n).trans (za n))",
    "have md : ∀ a b c : Nat, a * (b + c) = a * b + a * c := (by intro a b c; induction c with | zero => rfl "
    "| succ c ih => exact (congrArg (· + a) ih).trans (aa _ _ _))",
    "have dm : ∀ a b c : Nat, (a + b) * c = a * c + b * c := (by intro a b c; rw [mc, md, mc c a, mc c b])",
    "have zs : ∀ n : Nat, 0 - n = 0 := "
    "(by intro n; induction n with | zero => rfl | succ n ih => exact congrArg Nat.pred ih)",
    "have ss : ∀ m n : Nat, (m + 1) - (n + 1) = m - n := "
    "(by intro m n; induction n with | zero => rfl | succ n ih => exact congrArg Nat.pred ih)",
    "have sb : ∀ a b c : Nat, (a + c) - (b + c) = a - b := "
    "(by intro a b c; induction c with | zero => rfl | succ c ih => exact (ss _ _).trans ih)",
    "have sc : ∀ a b : Nat, a + b - b = a := (by intro a b; have h := sb a 0 b; rw [za b] at h; exact h)",
    "have sd : ∀ a b : Nat, b + a - b = a := (by intro a b; rw [ac]; exact sc a b)",
    "have se : ∀ a b : Nat, a - (a + b) = 0 := "
    "(by intro a b; have h := sb 0 b a; rw [za a, ac b a] at h; exact h.trans (zs b))",
    "have sf : ∀ a b : Nat, a - (b + a) = 0 := (by intro a b; rw [ac]; exact se a b)",
    "have sg : ∀ a b c : Nat, a + (b + c) - b = a + c := (by intro a b c; rw [al]; exact sd _ _)",
    "have ar : ∀ a b c : Nat, a + c = b + c ↔ a = b := (by intro a b c; constructor; "
    "(intro h; have := congrArg (· - c) h; simp only [sc] at this; exact this); (intro h; rw [h]))",
    "have az : ∀ a k : Nat, (a = a + (k + 1)) = False := (by intro a k; apply propext; constructor; "
    "(intro h; have e := (ar 0 (k + 1) a).1 (by rw [za, ac]; exact h); exact nomatch e); (intro h; exact h.elim))",
    "have ay : ∀ a k : Nat, (a + (k + 1) = a) = False := (by intro a k; rw [← az a k]; apply propext; "
    "constructor <;> intro h <;> exact h.symm)",
    "have bx : ∀ a b : Nat, (a = a + b) = (b = 0) := "
    "(by intro a b; cases b with | zero => simp | succ b => rw [az]; simp)",
    "have by' : ∀ a b : Nat, (a = b + a) = (b = 0) := (by intro a b; rw [ac b a, bx])",
    "have bz : ∀ a b c : Nat, (a = b + (a + c)) = (b + c = 0) := (by intro a b c; rw [al, bx])",
    "have bw : ∀ a b c : Nat, (a = b + (c + a)) = (b + c = 0) := (by intro a b c; rw [ac c a, al, bx])",
    "have ax : ∀ a : Nat, (a = a + 1) = False := (fun a => az a 0)",
    "have aw : ∀ a : Nat, (a + 1 = a) = False := (fun a => ay a 0)",
    "have le' : ∀ a b : Nat, a ≤ b ↔ Exists fun k => b = a + k := (by intro a b; constructor; "
    "(intro h; induction h with | refl => exact ⟨0, rfl⟩ "
    "| step h ih => cases ih with | intro k e => exact ⟨k + 1, congrArg Nat.succ e⟩); "
    "(intro h; cases h with | intro k e => (subst e; induction k with "
    "| zero => exact Nat.le.refl | succ k ih => exact Nat.le.step ih)))",
    "have lo : ∀ n : Nat, (0 ≤ n) = True := (fun n => eq_true (Nat.zero_le n))",
    "have la : ∀ a b : Nat, (a ≤ a + b) = True := (fun a b => eq_true ((le' _ _).2 ⟨b, rfl⟩))",
    "have lb : ∀ a b : Nat, (a ≤ b + a) = True := (fun a b => eq_true ((le' _ _).2 ⟨b, ac b a⟩))",
    "have lc : ∀ a b c : Nat, (a ≤ b + (a + c)) = True := (fun a b c => eq_true ((le' _ _).2 ⟨b + c, al b a c⟩))",
    "have tri : ∀ a b : Nat, (Exists fun k => b = a + k) ∨ (Exists fun k => a = b + (k + 1)) := "
    "(by intro a b; induction a with | zero => exact .inl ⟨b, (za b).symm⟩ "
    "| succ a ih => cases ih with | inl h => (cases h with | intro k e => cases k with "
    "| zero => exact .inr ⟨0, (congrArg Nat.succ e).symm⟩ | succ k => exact .inl ⟨k, e.trans (sa a k).symm⟩) "
    "| inr h => (cases h with | intro k e => exact .inr ⟨k + 1, congrArg Nat.succ e⟩))",
)
_SIMPLE = (
    "ze, su, pr, p0, s0, lp, nz, m1, w1, mz, ms, za, sa, aa, al, ac, zm, sm, mc, md, dm, "
    "zs, ss, sb, sc, sd, se, sf, sg, ar, az, ay, ax, aw, bx, by', bz, bw, lo, la, lb, lc"
)
_ORDER = ("LE.le", "LT.lt", "GE.ge", "GT.gt")
_KNOWN_LATER = re.compile(
    r"Nat\.(add_comm|add_assoc|add_left_comm|add_right_comm|zero_add|mul_comm|mul_assoc|mul_one|one_mul|"
    r"zero_mul|mul_zero|succ_sub_succ|sub_self|add_sub_cancel|sub_add_cancel|sub_zero|zero_sub|add_sub_add_right)"
)
"""Where one of these is among the premises, they are all there."""
_UNLESS_THERE = "(fail_if_success have := Nat.add_comm)"


def naturals(view: View) -> Iterator[Proposal]:
    """One tactic that closes equations and inequalities between natural numbers, or fails."""
    numbers = [v.name for v in view.numbers][:3]
    if not view.is_early or not numbers or any(not v.is_prop and v.type != "Nat" for v in view.locals):
        return
    if any(_KNOWN_LATER.fullmatch(premise.name) for premise in view.premises):
        return
    if view.head not in ("Eq", "Ne", "Iff", "Not", "False", *_ORDER):
        return
    refuted = "".join(f" | exact absurd rfl {h.name} | (simp [{_SIMPLE}] at {h.name}; done)" for h in view.props[:3])
    done = f"(first | (simp [{_SIMPLE}]; done) | contradiction{refuted})"
    summands = _summands(view)
    ways = [done, *(f"(cases {name} <;> {done})" for name in numbers), *_by_order(numbers, done)]
    if view.head in _ORDER:
        ways += [_trichotomy(view)]
    if view.head in ("Not", "False"):
        ways += [_refuted()]
    if view.head == "Iff":
        ways += [_equivalent()]
    steps = [_UNLESS_THERE, *_LAWS, *summands]
    yield Proposal("peano", f"({'; '.join(steps)}; first | {' | '.join(ways)})", limits=HEAVY)


def _summands(view: View) -> list[str]:
    """Hypotheses `a ≤ b` as `b = a + k`."""
    steps = []
    for hyp in [h for h in view.props if h.head in _ORDER][:3]:
        k, e = view.fresh("k", "e")
        taken = f"refine ((le' _ _).1 {hyp.name}).elim fun {k}_{hyp.name} {e} => ?_; clear {hyp.name}; (try subst {e})"
        steps.append(taken)
    return steps


def _by_order(numbers: list[str], done: str) -> list[str]:
    """A case for each way in which two variables can stand to each other, the greater one written as a sum."""
    cases = []
    for a, b in combinations(numbers, 2):
        each = f"(cases h with | intro i e => subst e; {done})"
        cases.append(f"(cases tri {a} {b} with | inl h => {each} | inr h => {each})")
    return cases


def _trichotomy(view: View) -> str:
    """The target's inequality, or its opposite, which contradicts a hypothesis."""
    denied = [f"exact absurd ((le' _ _).2 ⟨_, rfl⟩) {h.name}" for h in view.props if h.head == "Not"]
    opposite = f"(cases e with | intro i e => subst e; first | {' | '.join([*denied, f'(simp [{_SIMPLE}]; done)'])})"
    return f"(cases tri _ _ with | inl e => exact (le' _ _).2 e | inr e => {opposite})"


def _refuted() -> str:
    """Refutes an inequality in which a number would be greater than itself."""
    return f"(intro h; cases (le' _ _).1 h with | intro j e => (simp [{_SIMPLE}] at e; done))"


def _equivalent() -> str:
    """Proves both directions of an equivalence with the same summand."""
    try_all = " | ".join(f"(apply (ar _ _ {k}).1; simp [{_SIMPLE}, e]; done)" for k in ("n", "k", "m", "b", "c"))
    close = f"(simp [{_SIMPLE}, e]; done) | (simp [{_SIMPLE}] at e; simp [{_SIMPLE}, e]; done) | {try_all}"
    return f"(simp only [le']; constructor <;> intro h <;> cases h with | intro k e => exact ⟨k, by first | {close}⟩)"
