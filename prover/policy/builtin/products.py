"""Nonlinear arithmetic: the products that a linear solver needs as hints, and small ranges tried value by value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, combinations_with_replacement

from prover.policy.builtin.proposal import EXPENSIVE, HEAVY, MEDIUM, Proposal, ranked
from prover.policy.builtin.view import Local, View, some

_NONLINEAR = re.compile(r"\^|[\w)] \* [\w(]")
_ORDER = frozenset({"LE.le", "LT.lt", "GE.ge", "GT.gt"})
_RELATION = re.compile(r"[<>≤≥=≠]")


def products(view: View) -> Iterator[Proposal]:
    """Products that a nonlinear solver would use as hints: squares, products of ordered hypotheses, the negated
    target."""
    if not ((_NONLINEAR.search(view.everything) and _RELATION.search(view.target)) or view.head == "False"):
        return
    kind = next((v.type for v in view.numbers), None)
    if kind is None or view.head in ("And", "Iff", "Exists", "Dvd.dvd") or view.has_variable_exponent:
        return
    names = [v.name for v in view.numbers if v.type == kind][:4]
    squares = _squares(names, kind)
    ordered = _ordered(view, kind)
    for template, hints, rate in (
        ("squares", squares[:6], 1.0),
        ("hypothesis_products", ordered[:8], 1.0),
        ("squares_and_products", [*squares[:6], *ordered[:6]], 0.8),
        ("many_squares", squares[:14], 0.6),
    ):
        if hints:
            rate = rate if view.head in _ORDER or view.head == "False" else 0.3 * rate
            yield Proposal(
                template, f"({'; '.join(f'(try have := {hint})' for hint in hints)}; grind)", rate, EXPENSIVE
            )
    if kind == "Nat":
        yield from _natural_pairs(view, names)
    yield from _against_target(view, kind, names)


def _cast(name: str, kind: str) -> str:
    return f"({name} : Int)" if kind == "Nat" else name


def _squares(names: list[str], kind: str) -> list[str]:
    """Proofs that squares are not negative: differences first, then single variables, sums, shifts by one."""
    cast = [_cast(name, kind) for name in names]
    terms = [f"{a} - {b}" for a, b in combinations(cast, 2)]
    terms += [*cast, *(f"{a} - 1" for a in cast)]
    terms += [f"{a} + {b}" for a, b in combinations(cast, 2)]
    terms += [f"{a} + {b} - {c}" for a, b in combinations(cast, 2) for c in cast if c not in (a, b)]
    return [square_nonneg(term, "Rat" if kind == "Rat" else "Int") for term in terms]


def square_nonneg(term: str, kind: str) -> str:
    """A proof of `0 ≤ term * term` over Int or Rat."""
    if kind == "Int":
        below = "Int.mul_nonneg_of_nonpos_of_nonpos h h"
        return f"(Int.le_total 0 ({term})).elim (fun h => Int.mul_nonneg h h) (fun h => {below})"
    below = f"by have h2 : 0 ≤ -({term}) := (by grind); have := Rat.mul_nonneg h2 h2; grind"
    cases = f"(Rat.le_total (a := 0) (b := {term})).elim (fun h => Rat.mul_nonneg h h) (fun h => {below})"
    return f"(show (0 : Rat) ≤ ({term}) * ({term}) from {cases})"


def _ordered(view: View, kind: str) -> list[str]:
    """Products of nonnegative terms: variables first, then differences from ordered hypotheses."""
    if kind == "Rat":
        return []
    hyps = [hyp for hyp in view.props if hyp.head in _ORDER][:5]
    if kind == "Nat":
        return [f"Nat.mul_le_mul {_paren(a)} {_paren(b)}" for a, b in combinations_with_replacement(hyps, 2)]
    names = [v.name for v in view.numbers if v.type == kind][:3]
    hints = [
        f"Int.mul_nonneg (show (0 : Int) ≤ {a} by omega) (show (0 : Int) ≤ {b} by omega)"
        for a, b in combinations(names, 2)
    ]
    hints += [
        f"Int.mul_nonneg (Int.sub_nonneg_of_le {a.name}) (Int.sub_nonneg_of_le {b.name})"
        for a, b in combinations_with_replacement(hyps, 2)
    ]
    if len(names) == 3:
        a, b, c = (f"(show (0 : Int) ≤ {name} by omega)" for name in names)
        hints.insert(3, f"Int.mul_nonneg (Int.mul_nonneg {a} {b}) {c}")
    return hints


def _paren(hyp: Local) -> str:
    return f"(Nat.le_of_lt {hyp.name})" if hyp.head in ("LT.lt", "GT.gt") else hyp.name


def _natural_pairs(view: View, names: list[str]) -> Iterator[Proposal]:
    """Over Nat: write the larger of two as the smaller and a difference."""
    (h, k) = view.fresh("h", "k")
    for rank, (a, b) in enumerate(list(combinations(names, 2))[:3]):
        split = f"rcases Nat.le_total {a} {b} with {h} | {h}"
        open_ = f"obtain ⟨{k}, rfl⟩ := Nat.exists_eq_add_of_le {h}"
        yield Proposal("natural_pair", f"({split} <;> {open_} <;> grind)", ranked(rank), EXPENSIVE)


def _against_target(view: View, kind: str, names: list[str]) -> Iterator[Proposal]:
    """Multiply the negated target with itself and with ordered hypotheses, then refute."""
    if view.head not in _ORDER or kind == "Rat":
        return
    (n, p) = view.fresh("hn", "hp")
    start = f"refine Classical.byContradiction fun {n} => ?_; have {p} := {kind}.lt_of_not_ge {n}"
    if kind == "Int":
        hyps = [hyp.name for hyp in view.props if hyp.head in _ORDER][:4]
        hints = [f"Int.mul_nonneg (Int.sub_nonneg_of_le {p}) (Int.sub_nonneg_of_le {other})" for other in [p, *hyps]]
    else:
        hyps = [_paren(hyp) for hyp in view.props if hyp.head in _ORDER][:4]
        hints = [f"Nat.mul_le_mul {p} {other}" for other in [p, *hyps]]
    steps = "; ".join(f"(try have := {hint})" for hint in hints)
    yield Proposal("against_target", f"({start}; {steps}; grind)", 1.0 if names else 0.3, EXPENSIVE)


def ranges(view: View) -> Iterator[Proposal]:
    """Bound a variable, list its values, try each."""
    if not view.numerals or view.head in ("And", "Iff", "Exists") or view.target.startswith("∀"):
        return
    (bound, cases) = view.fresh("hb", "hv")
    variables = [v for v in view.numbers if v.type in ("Nat", "Int") and view.is_mentioned(v)]
    limits = [n for n in sorted({*view.numerals, 4, 10}) if 3 < n <= 100]
    nonlinear = 1.0 if any(h.head == "Eq" and _NONLINEAR.search(h.type) for h in view.props) else 0.1
    for rank, var in some(variables, 3):
        for place, limit in enumerate(dict.fromkeys([*limits[:2], *limits[-1:]])):
            low = 0 if var.type == "Nat" else (0 if place % 2 == 0 else -limit)
            yield _range(var, bound, cases, (low, limit), nonlinear * ranked(rank) * ranked(place, 0.3))


def _range(var: Local, bound: str, cases: str, ends: tuple[int, int], rate: float) -> Proposal:
    low, high = ends
    listed = " ∨ ".join(f"{var.name} = {value}" for value in range(low, high + 1))
    start = f"have {bound} : {low} ≤ {var.name} ∧ {var.name} ≤ {high} := {_bound_proof(var, bound)}"
    split = f"rcases {cases} with {' | '.join(['rfl'] * (high - low + 1))}"
    closing = "first | omega | (simp at *; done) | (simp at *; omega) | grind"
    return Proposal("ranges", f"({start}; have {cases} : {listed} := (by omega); {split} <;> {closing})", rate, HEAVY)


def _bound_proof(var: Local, h: str) -> str:
    """By linear arithmetic; else by squaring the negation of each half."""
    if var.type == "Nat":
        square = f"(refine ⟨Nat.zero_le _, Nat.le_of_not_lt fun {h} => ?_⟩; have := Nat.mul_le_mul {h} {h}; grind)"
    else:
        product = f"Int.mul_nonneg (Int.sub_nonneg_of_le {h}) (Int.sub_nonneg_of_le {h})"
        half = f"Int.le_of_not_gt fun {h} => (by have := {product}; grind)"
        square = f"exact ⟨{half}, {half}⟩"
    return f"(by first | omega | grind | {square})"


def linear_substitution(view: View) -> Iterator[Proposal]:
    """From `a + b + c = e` replace one variable by the rest."""
    for rank, hyp in some([h for h in view.props if h.head == "Eq"], 3):
        left, _, right = hyp.type.partition(" = ")
        terms = left.split(" + ")
        if len(terms) < 2 or not all(re.fullmatch(r"[\w']+", term) for term in terms) or "Int" not in view.number_types:
            continue
        for place, term in enumerate(reversed(terms)):
            if any(v.name == term and v.type == "Int" for v in view.numbers):
                others = " - ".join([f"({right})", *(t for t in terms if t != term)])
                start = f"obtain rfl : {term} = {others} := (by omega)"
                yield Proposal("linear_substitution", f"({start}; grind)", ranked(rank) * ranked(place), MEDIUM)
                yield Proposal("linear_substitution_step", start, 0.5 * ranked(rank) * ranked(place))


def factoring(view: View) -> Iterator[Proposal]:
    """From equations to factors, for products and squares that are zero or equal."""
    for rank, hyp in some([h for h in view.props if h.head == "Eq" and re.search(r" \* .* = 0$", h.type)], 2):
        yield Proposal("factor_zero", f"rcases Int.mul_eq_zero.mp {hyp.name} with h | h", ranked(rank))
        yield Proposal("factor_cancel", f"have := Int.eq_of_mul_eq_mul_left (by omega) {hyp.name}", 0.5 * ranked(rank))
    equal = [h for h in view.props if h.head == "Eq" and all(" * " in side for side in h.type.split(" = "))]
    for rank, hyp in some(equal, 2):
        for kind in view.number_types if view.head == "Eq" else ():
            for side in ("left", "right"):
                yield Proposal(
                    "mul_cancel", f"exact {kind}.eq_of_mul_eq_mul_{side} (by omega) {hyp.name}", ranked(rank)
                )
    if view.head == "Or":
        sides = [side.split("=") for side in view.target.split("∨")]
        if all(len(side) == 2 for side in sides) and any(v.type == "Int" for v in view.numbers):
            product = " * ".join(f"({a.strip()} - ({b.strip()}))" for a, b in sides)
            zero = (
                "rcases Int.mul_eq_zero.mp this with h | h <;> (try rcases Int.mul_eq_zero.mp h with h | h) <;> omega"
            )
            yield Proposal("factor_target", f"(have : {product} = 0 := (by grind); {zero})", limits=MEDIUM)
