"""Division by a variable: quotient and remainder as atoms, with the identities and bounds that tie them to the rest.

`omega` divides by numerals only and treats `x / y` as one more variable. So the facts about it are stated: the division
identity, the bounds of the remainder, the signs of products. For `Int.tdiv` and `Int.fdiv`, which round otherwise, the
identity is proved from the definition where the library has none yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.builtin.proposal import EXPENSIVE, HEAVY, Proposal
from prover.policy.builtin.view import View

_ATOM = r"(?:[^\W\d][\w']*|\([^()]*\))"
_EUCLIDEAN = re.compile(rf"(?<![\w.')])({_ATOM}) [/%] ({_ATOM})(?![\w.'(])")
_ROUNDING = re.compile(rf"(?<![\w.')])({_ATOM})\.([tf])(?:div|mod) ({_ATOM})")
_CONGRUENT = re.compile(r"^(?P<left>.+) % (?P<modulus>[\w']+) = (?P<right>.+) % (?P=modulus)$")

_NATURAL = "exact congrArg Int.ofNat (Nat.div_add_mod {m} n)"
_MINUS = "exact congrArg (fun x : Nat => -(x : Int)) (Nat.div_add_mod (m + 1) {n})"
_BOTH_NEGATIVE = (
    "(show -((n + 1 : Nat) : Int) * (((m + 1) / (n + 1) : Nat) : Int) + -(((m + 1) % (n + 1) : Nat) : Int) "
    f"= -((m + 1 : Nat) : Int); rw [Int.neg_mul, ← Int.neg_add]; {_MINUS.format(n='(n + 1)')})"
)
_TRUNCATING = (
    "have ht : ∀ a b : Int, b * a.tdiv b + a.tmod b = a := (by intro a b; cases a with "
    f"| ofNat m => (cases b with | ofNat n => {_NATURAL.format(m='m')} "
    "| negSucc n => (show -((n + 1 : Nat) : Int) * -((m / (n + 1) : Nat) : Int) + ((m % (n + 1) : Nat) : Int) "
    "= (m : Int); rw [Int.neg_mul_neg]; exact congrArg Int.ofNat (Nat.div_add_mod m (n + 1)))) "
    "| negSucc m => (cases b with | ofNat n => (show (n : Int) * -(((m + 1) / n : Nat) : Int) + "
    f"-(((m + 1) % n : Nat) : Int) = -((m + 1 : Nat) : Int); rw [Int.mul_neg, ← Int.neg_add]; {_MINUS.format(n='n')}) "
    f"| negSucc n => {_BOTH_NEGATIVE}))"
)
_BY_REMAINDER = "have h := Nat.div_add_mod m (n + 1); rw [Int.subNatNat_eq_coe, Nat.mul_succ]; omega"
_FLOORING = (
    "have hf : ∀ a b : Int, b * a.fdiv b + a.fmod b = a := (by intro a b; cases a with "
    "| ofNat m => (cases b with | ofNat n => (cases m with | zero => simp [Int.fdiv, Int.fmod] "
    f"| succ m => {_NATURAL.format(m='(m + 1)')}) "
    "| negSucc n => (cases m with | zero => simp [Int.fdiv, Int.fmod] "
    "| succ m => (show (((n + 1) * (m / (n + 1) + 1) : Nat) : Int) + Int.subNatNat (m % (n + 1)) n "
    f"= ((m + 1 : Nat) : Int); {_BY_REMAINDER}))) "
    "| negSucc m => (cases b with | ofNat n => (cases n with | zero => simp [Int.fdiv, Int.fmod, Int.subNatNat] "
    "| succ n => (show -(((n + 1) * (m / (n + 1) + 1) : Nat) : Int) + Int.subNatNat (n + 1) (m % (n + 1) + 1) "
    f"= -((m + 1 : Nat) : Int); {_BY_REMAINDER})) "
    f"| negSucc n => {_BOTH_NEGATIVE}))"
)
_SIGNS = (
    "have hp : ∀ b q : Int, 0 < b → 0 < q → b ≤ b * q := "
    "(fun b q h k => by have := Int.mul_le_mul_of_nonneg_left (show 1 ≤ q from k) (Int.le_of_lt h); "
    "rwa [Int.mul_one] at this)",
    "have hn : ∀ b q : Int, 0 < b → q < 0 → b * q ≤ -b := (fun b q h k => by "
    "have := Int.mul_le_mul_of_nonneg_left (show q ≤ -1 by omega) (Int.le_of_lt h); "
    "rwa [Int.mul_neg, Int.mul_one] at this)",
    "have hp' : ∀ b q : Int, b < 0 → 0 < q → b * q ≤ b := "
    "(fun b q h k => by have := hp (-b) q (by omega) k; rw [Int.neg_mul] at this; omega)",
    "have hn' : ∀ b q : Int, b < 0 → q < 0 → -b ≤ b * q := "
    "(fun b q h k => by have := hn (-b) q (by omega) k; rw [Int.neg_mul] at this; omega)",
)
_QUOTIENT = "exact congrArg Int.ofNat (Nat.mul_div_cancel_left {m} (Nat.succ_pos n))"
_MINUS_QUOTIENT = (
    "(show -((((n + 1) * (m + 1)) / (n + 1) : Nat) : Int) = -((m + 1 : Nat) : Int); "
    "rw [Nat.mul_div_cancel_left _ (Nat.succ_pos n)])"
)
_TRUNCATED_MULTIPLE = (
    "have hc : ∀ b k : Int, b ≠ 0 → (b * k).tdiv b = k := (by intro b k h; cases b with "
    "| ofNat n => (cases n with | zero => exact absurd rfl h | succ n => (cases k with "
    f"| ofNat m => {_QUOTIENT.format(m='m')} | negSucc m => {_MINUS_QUOTIENT})) "
    "| negSucc n => (cases k with | ofNat m => (cases m with | zero => simp [Int.tdiv] "
    f"| succ m => {_QUOTIENT.format(m='(m + 1)')}) | negSucc m => {_MINUS_QUOTIENT}))",
    "have hc' : ∀ b k : Int, b ≠ 0 → (k * b).tdiv b = k := (fun b k h => by rw [Int.mul_comm]; exact hc b k h)",
    "have hx : ∀ d k l : Int, d ≠ 0 → (d * k = d * l ↔ k = l) := "
    "(fun d k l h => ⟨Int.eq_of_mul_eq_mul_left h, fun e => by rw [e]⟩)",
)
_BY_DEFINITION = "(cases {x} <;> first | rfl | simp [Int.fdiv])"
_FLOOR_IS_EUCLIDEAN = (
    "have f1 : ∀ (a b : Int), 0 ≤ b → a.fdiv b = a / b := (fun a b h => by cases b with "
    f"| ofNat n => (cases a with | ofNat m => {_BY_DEFINITION.format(x='m')} "
    f"| negSucc m => {_BY_DEFINITION.format(x='n')}) "
    "| negSucc n => exact absurd h (Int.not_le.2 (Int.negSucc_lt_zero n)))",
    "have f2 : ∀ (a b : Int), b < 0 → a.fdiv b = (-a) / (-b) := (fun a b h => by cases b with "
    "| ofNat n => exact absurd h (Int.not_lt.2 (Int.natCast_nonneg n)) "
    f"| negSucc n => (cases a with | ofNat m => {_BY_DEFINITION.format(x='m')} | negSucc m => rfl))",
)
_OF_MULTIPLES = (
    "Int.neg_add, Int.add_ediv_of_dvd_left, Int.add_ediv_of_dvd_right, Int.neg_mul_eq_mul_neg, Int.mul_ediv_cancel_left"
)
_CANCEL = (
    "have hM : ∀ c x y : Int, 0 < c → (c * x ≤ c * y ↔ x ≤ y) := (fun c x y h => ⟨fun k => Int.not_lt.1 fun l => "
    "Int.not_le.2 (Int.mul_lt_mul_of_pos_left l h) k, fun k => Int.mul_le_mul_of_nonneg_left k (Int.le_of_lt h)⟩)",
    "have hL : ∀ c x y : Int, 0 < c → (c * x < c * y ↔ x < y) := (fun c x y h => ⟨fun k => Int.not_le.1 fun l => "
    "Int.not_lt.2 (Int.mul_le_mul_of_nonneg_left l (Int.le_of_lt h)) k, fun k => Int.mul_lt_mul_of_pos_left k h⟩)",
)


def divisions(view: View) -> Iterator[Proposal]:
    """For goals about integers that divide by something that is not a numeral."""
    if "Int" not in view.number_types:
        return
    yield from _rounding(view)
    if any(symbol in view.everything for symbol in (" / ", " % ")):
        yield from _euclidean(view)
        yield from _congruent(view)
    if view.head == "Dvd.dvd" and not view.numerals:
        yield Proposal("dvd_unit", "first | exact ⟨1, by omega⟩ | exact ⟨-1, by omega⟩ | exact ⟨0, by omega⟩")
        natural = " <;> ".join(f"rcases Int.natAbs_eq {v.name} with h | h" for v in view.data_in_target[:2])
        if "natAbs" in view.target:
            yield Proposal("dvd_unit", f"({natural} <;> first | exact ⟨1, by omega⟩ | exact ⟨-1, by omega⟩)")


def _rounding(view: View) -> Iterator[Proposal]:
    """The identities of `tdiv` and `fdiv`; a quotient as the witness of divisibility."""
    found = list(dict.fromkeys(_ROUNDING.findall(view.everything)))[:3]
    if not found:
        return
    steps = [law for kind, law in (("t", _TRUNCATING), ("f", _FLOORING)) if any(k == kind for _, k, _ in found)]
    steps += [f"have := h{kind} {a} {b}; have := Int.mul_comm {b} ({a}.{kind}div {b})" for a, kind, b in found]
    ways = ["omega", "(simp_all; done)"]
    if view.head == "Dvd.dvd":
        quotients = [f"{a}.{kind}div {b}" for a, kind, b in found]
        witnesses = [w for q in quotients for w in (f"⟨{q}, by omega⟩", f"⟨-({q}), by rw [Int.mul_neg]; omega⟩")]
        ways = [f"exact {w}" for w in witnesses]
    yield Proposal("div_identity", f"({'; '.join(steps)}; first | {' | '.join(ways)})", limits=EXPENSIVE)
    yield from _exact(view, found)
    variables = [v.name for v in view.data if v.type == "Int"][:2]
    if variables:
        names = ", ".join(dict.fromkeys(f"Int.{kind}{part}" for _, kind, _ in found for part in ("div", "mod")))
        opened = " <;> ".join(f"cases {v}" for v in variables)
        laws = "exact Nat.div_le_self _ _ | exact Nat.mod_le _ _ | omega"
        yield Proposal("div_cases", f"({opened} <;> simp [{names}] <;> first | {laws})", limits=EXPENSIVE)


def _exact(view: View, found: list[tuple[str, str, str]]) -> Iterator[Proposal]:
    """Where the dividend is a multiple of the divisor: `tdiv` gives the factor, and `fdiv` equals `/`."""
    _, kind, divisor = found[0]
    variables = {v.name for v in view.data}
    multiples = [h for h in view.props if h.head == "Dvd.dvd" and h.type.split(" ∣ ")[-1] in variables]
    names = view.fresh(*("k" for _ in multiples))
    steps = [f"obtain ⟨{k}, rfl⟩ := {hyp.name}" for k, hyp in zip(names, multiples, strict=True)]
    steps += [f"(try subst {h.name})" for h in view.props if h.head == "Eq"]
    (hd,) = view.fresh("hd")
    laws: tuple[str, ...]
    if kind == "t":
        close = "first | (simp_all; done) | (simp_all [Int.mul_comm]; done)"
        laws, finish = _TRUNCATED_MULTIPLE, f"by_cases {hd} : {divisor} = 0 <;> {close}"
    else:
        whole = f"rw [f2 _ _ {hd}, ← Int.neg_mul, Int.mul_ediv_cancel_left _ (by omega)]"
        negative = f"({whole}; done) | (simp only [f2 _ _ {hd}]; simp_all [{_OF_MULTIPLES}]; done)"
        zero = f"by_cases hz : {divisor} = 0 <;> (simp_all [{_OF_MULTIPLES}]; done)"
        positive = f"(simp only [f1 _ _ (Int.not_lt.1 {hd})]; {zero})"
        laws, finish = _FLOOR_IS_EUCLIDEAN, f"by_cases {hd} : {divisor} < 0 <;> first | {negative} | {positive}"
    yield Proposal("div_exact", f"({'; '.join([*laws, *steps, finish])})", limits=HEAVY)


def _euclidean(view: View) -> Iterator[Proposal]:
    """`/` and `%`: identity, bounds, signs; and cancelling where the divisor divides."""
    pairs = list(dict.fromkeys(_EUCLIDEAN.findall(view.everything)))[:3]
    if pairs:
        known = [_bounds(a, b) for a, b in pairs]
        signs = [f"have := {law} {b} ({a} / {b})" for a, b in pairs[:1] for law in ("hp", "hn", "hp'", "hn'")]
        yield Proposal("div_bounds", f"({'; '.join(known)}; omega)", limits=EXPENSIVE)
        if any(symbol in view.target for symbol in "<≤≥>"):
            yield Proposal("div_signs", f"({'; '.join([*_SIGNS, *known, *signs])}; omega)", limits=HEAVY)
    divisible = [(hyp, parts) for hyp in view.props if hyp.head == "Dvd.dvd" and (parts := hyp.type.split(" ∣ "))]
    variables = {v.name for v in view.data}
    if divisible and all(len(parts) == 2 and parts[1] in variables for _, parts in divisible):
        names = view.fresh(*("k" for _ in divisible))
        taken = [f"obtain ⟨{k}, rfl⟩ := {hyp.name}" for k, (hyp, _) in zip(names, divisible, strict=True)]
        divisors = list(dict.fromkeys(parts[0] for _, parts in divisible))
        cancel = "; ".join(
            f"(try rw [Int.mul_ediv_cancel_left (a := {d}) {k} (by omega)])"
            for k, d in zip(names, (parts[0] for _, parts in divisible), strict=True)
        )
        positive = [f"hM {d} _ _ (by omega), hL {d} _ _ (by omega)" for d in divisors[:1]]
        close = f"first | omega | (simp only [{', '.join(positive)}]; done) | {_scaled(view, names, divisors)}"
        text = f"({'; '.join([*taken, cancel, *_CANCEL])}; {close})"
        yield Proposal("div_cancel", text, limits=EXPENSIVE)


def _bounds(a: str, b: str) -> str:
    """The identity of one division, and the bounds of its remainder."""
    negated = f"(by simp only [Int.emod_def, Int.ediv_neg, Int.neg_mul_neg] : {a} % -{b} = {a} % {b})"
    zero = "rw [h]; exact ⟨Int.ediv_zero _, Int.zero_mul _⟩"
    return "; ".join(
        (
            f"have := Int.mul_ediv_add_emod {a} {b}",
            f"have := Int.emod_nonneg {a} (b := {b})",
            f"have := Int.emod_lt_of_pos {a} (b := {b})",
            f"have : {b} < 0 → {a} % {b} < -{b} := (fun h => {negated} ▸ Int.emod_lt_of_pos {a} (by omega))",
            f"have : {b} = 0 → {a} / {b} = 0 ∧ {b} * ({a} / {b}) = 0 := (fun h => by {zero})",
        )
    )


def _scaled(view: View, names: tuple[str, ...], divisors: list[str]) -> str:
    """Comparisons of both sides multiplied by the divisors or their negatives, after cancelling."""
    taken = {hyp.type.split(" ∣ ")[-1] for hyp in view.props if hyp.head == "Dvd.dvd"}
    others = [v.name for v in view.data if v.type == "Int" and v.name not in {*divisors, *taken}]
    x, y = (names[0], names[1]) if len(names) > 1 else (names[0], next(iter(others), names[0]))
    scale = " * ".join(divisors)
    facts = [
        f"have := {law} ({s}) {a} {b}"
        for law in ("hM", "hL")
        for s in (scale, f"-({scale})")
        for a, b in ((x, y), (y, x))
    ]
    positive = f"have := Int.mul_pos (a := {divisors[0]}) (b := {divisors[-1]})"
    tidy = "simp only [Int.neg_mul, Int.mul_comm, Int.mul_left_comm, Int.mul_assoc] at *"
    return f"({'; '.join(facts)}; {positive}; {tidy}; omega)"


def _congruent(view: View) -> Iterator[Proposal]:
    """`x % m = y % m` where the two differ by a small multiple of `m`."""
    found = _CONGRUENT.match(view.target)
    if found is None:
        return
    right, modulus = found["right"], found["modulus"]
    tries = " | ".join(
        f"(rw [← Int.add_mul_emod_self_left ({right}) {modulus} ({c})]; congr 1; omega)" for c in (1, -1, 2, -2)
    )
    yield Proposal("emod_shift", f"first | {tries}", limits=EXPENSIVE)
