"""Equations in integers: factors that divide a number, boxes that a kernel computation can search, common divisors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from prover.policy.builtin.boxes import computed
from prover.policy.builtin.polynomials import (
    Polynomial,
    Term,
    factors,
    linear,
    names_of,
    plus,
    polynomial,
    read_term,
    times,
)
from prover.policy.builtin.proposal import KERNEL, MEDIUM, Proposal, ranked
from prover.policy.builtin.view import IDENTIFIER, Local, View

_LARGEST_PRODUCT = 3_000
_QUANTIFIED = re.compile(r"[∀∃λ]|fun ")
_CASTS = "Int.natCast_add, Int.natCast_mul, Int.natCast_pow, Int.cast_ofNat_Int"


def diophantine(view: View) -> Iterator[Proposal]:
    """Every family of this module."""
    yield from _factor_cases(view)
    yield from _gcd_of_linear_forms(view)


def equations(view: View) -> Iterator[tuple[Local, Term, Term]]:
    """Hypotheses that are equations between terms of arithmetic."""
    for hyp in view.props:
        left, sign, right = hyp.type.partition(" = ")
        if hyp.head == "Eq" and sign:
            terms = read_term(left), read_term(right)
            if terms[0] is not None and terms[1] is not None:
                yield hyp, terms[0], terms[1]


def _factor_cases(view: View) -> Iterator[Proposal]:
    """From an equation, a linear factor that divides a number: one case for each value of its variable."""
    kinds = {v.name: v.type for v in view.numbers if v.type in ("Nat", "Int")}
    if view.head in ("And", "Iff", "Exists") or view.target.startswith("∀"):
        return
    found: dict[str, tuple[bool, int]] = {}
    for hyp, left, right in equations(view):
        for factor, cofactor, product in _divisions(left, right):
            form, other = linear(factor), linear(cofactor)
            if form is None or form[0] not in kinds or not 0 < abs(product) <= _LARGEST_PRODUCT:
                continue
            other = other if other is not None and other[0] != form[0] and other[0] in kinds else None
            names = {form[0]} | ({other[0]} if other is not None else set())
            if not set(names_of(cofactor)) <= names or not _speaks_of(view, names):
                continue
            natural = kinds[form[0]] == "Nat" and product > 0 and min([*factor.values(), *cofactor.values()]) > 0
            division = _Division(factor, cofactor, product, form, other)
            text = _over_nat(view, division) if natural else _over_int(view, kinds, hyp, division)
            is_truncated = " - " in hyp.type and "Nat" in kinds.values()  # the equation over Int has to be shown first
            found.setdefault(text, (is_truncated, abs(product)))
    for rank, text in enumerate(sorted(found, key=found.__getitem__)[:4]):
        yield Proposal("factor_cases", text, ranked(rank), KERNEL)


@dataclass(frozen=True, slots=True)
class _Division:
    """`factor * cofactor = product`; `form` and `other` are the two as (x, a, b) for `a * x + b`."""

    factor: Polynomial
    cofactor: Polynomial
    product: int
    form: tuple[str, int, int]
    other: tuple[str, int, int] | None


def _speaks_of(view: View, names: set[str]) -> bool:
    """Whether the target mentions no variables but these."""
    return not {local.name for local in view.locals} - names & set(IDENTIFIER.findall(view.target))


def _divisions(left: Term, right: Term) -> Iterator[tuple[Polynomial, Polynomial, int]]:
    """(factor, cofactor, number) with `factor * cofactor = number`, as an equation's form offers them."""
    for product, number in ((left, right), (right, left)):
        value = polynomial(number)
        parts = [polynomial(part) for part in factors(product)]
        if value is None or set(value) != {()} or len(parts) < 2:
            continue
        for index, part in enumerate(parts):
            rest: Polynomial | None = {(): 1}
            for other in (*parts[:index], *parts[index + 1 :]):
                rest = times(rest, other) if rest is not None and other is not None else None
            if part is not None and rest is not None:
                yield part, rest, value[()]
        return
    whole, known = polynomial(left), polynomial(right)
    if whole is None or known is None:
        return
    equation = plus(whole, known, -1)
    names = names_of(equation)
    if len(names) == 1 and equation.get((), 0):
        quotient: Polynomial = {
            (((names[0], m[0][1] - 1),) if m[0][1] > 1 else ()): c for m, c in equation.items() if m
        }
        yield {((names[0], 1),): 1}, quotient, -equation[()]
    if len(names) == 2:
        yield from _simon(equation, names[0], names[1])


def _simon(equation: Polynomial, x: str, y: str) -> Iterator[tuple[Polynomial, Polynomial, int]]:
    """`a * x * y + b * x + c * y + d = 0` as `(a * x + c) * (a * y + b) = b * c - a * d`."""
    a, b, c, d = (equation.get(m, 0) for m in (((x, 1), (y, 1)), ((x, 1),), ((y, 1),), ()))
    if not a or len(equation) != sum(map(bool, (a, b, c, d))) or not (b or c):
        return
    first: Polynomial = plus({((x, 1),): a}, {(): c})
    second: Polynomial = plus({((y, 1),): a}, {(): b})
    yield first, second, b * c - a * d
    yield second, first, b * c - a * d


def written(of: Polynomial, casts: Mapping[str, str] = MappingProxyType({})) -> str:
    """A polynomial as Lean reads it; `casts` says how its variables are written."""
    parts = []
    for monomial, coefficient in of.items():
        letters = [casts.get(name, name) for name, exponent in monomial for _ in range(exponent)]
        number = (
            [str(coefficient) if coefficient >= 0 else f"({coefficient})"] if coefficient != 1 or not letters else []
        )
        parts.append(" * ".join([*number, *letters]))
    return f"({' + '.join(parts) or '0'})"


def _divisor(product: int, factor: str, divides: str) -> str:
    """A proof that a natural number which divides the product is among its divisors, as the kernel lists them."""
    below = f"List.mem_range.mpr (Nat.lt_succ_of_le (Nat.le_of_dvd (by decide) {divides}))"
    listed = f"(List.range {product + 1}).filter (fun d => {product} % d == 0)"
    return f"{factor} ∈ {listed} := List.mem_filter.mpr ⟨{below}, beq_iff_eq.mpr (Nat.mod_eq_zero_of_dvd {divides})⟩"


def _over_nat(view: View, division: _Division) -> str:
    """Split on all divisors of the product; the quotient gives the other variable."""
    (hf, hd, hm, hy, k, hk) = view.fresh("hf", "hd", "hm", "hy", "k", "hk")
    factor, cofactor, product = written(division.factor), written(division.cofactor), division.product
    name, a, b = division.form
    steps = [
        f"have {hf} : {factor} * {cofactor} = {product} := (by grind)",
        f"have {hd} : {factor} ∣ {product} := ⟨_, {hf}.symm⟩",
        f"have {hm} : {_divisor(product, factor, hd)}",
    ]
    gone = [hd, hf]
    if division.other is not None:
        y, c, d = division.other
        quotient = f"Nat.div_eq_of_eq_mul_right (Nat.pos_of_dvd_of_pos {hd} (by decide)) {hf}.symm"
        steps.append(f"have {hy} : {product} / {factor} = {cofactor} := {quotient}")
        steps.append(f"obtain rfl : {y} = ({product} / {factor} - {d}) / {c} := (by omega)")
        gone.insert(0, hy)
    steps += [
        f"clear {' '.join(gone)}",
        f"obtain ⟨{k}, {hk}⟩ : ∃ {k}, {k} = {factor} := ⟨_, rfl⟩",
        f"rw [← {hk}] at {hm}",
        f"obtain rfl : {name} = ({k} - {b}) / {a} := (by omega)",
        f"clear {hk}",
    ]
    return f"({'; '.join([*steps, *_computed_for(view, division, [hm, k])])})"


def _over_int(view: View, kinds: dict[str, str], hyp: Local, division: _Division) -> str:
    """Split on all divisors of the product, with both signs."""
    (hf, hd, hm, hy, k, hk) = view.fresh("hf", "hd", "hm", "hy", "k", "hk")
    casts = {var: f"({var} : Int)" for var, kind in kinds.items() if kind == "Nat"}
    factor, cofactor = written(division.factor, casts), written(division.cofactor, casts)
    number = abs(division.product)
    cast = (
        f"have := congrArg (fun n : Nat => (n : Int)) {hyp.name}; (try simp only [{_CASTS}] at this); " if casts else ""
    )
    steps = [
        f"have {hf} : {factor} * {cofactor} = ({division.product} : Int) := (by {cast}grind)",
        f"have {hd} : Int.natAbs {factor} ∣ {number} := Int.natAbs_dvd_natAbs.mpr ⟨_, {hf}.symm⟩",
        f"have {hm} : {_divisor(number, f'Int.natAbs {factor}', hd)}",
    ]
    gone = [hd, hf]
    if division.other is not None:
        y, c, d = division.other
        nonzero = f"(by intro h; rw [h] at {hf}; omega)"
        quotient = f"Int.ediv_eq_of_eq_mul_right {nonzero} {hf}.symm"
        value = f"({division.product} / {factor} - ({d})) / ({c})"
        value = f"Int.toNat ({value})" if kinds[y] == "Nat" else value
        steps.append(f"have {hy} : ({division.product} : Int) / {factor} = {cofactor} := {quotient}")
        steps.append(f"obtain rfl : {y} = {value} := (by omega)")
        gone.insert(0, hy)
    name, a, b = division.form
    values = [f"({sign}({k} : Int) - ({b})) / ({a})" for sign in ("", "-")]
    values = [f"Int.toNat ({value})" if kinds[name] == "Nat" else value for value in values]
    steps += [
        f"clear {' '.join(gone)}",
        f"obtain ⟨{k}, {hk}⟩ : ∃ {k}, {k} = Int.natAbs {factor} := ⟨_, rfl⟩",
        f"rw [← {hk}] at {hm}",
        f"have {hf} : {name} = {values[0]} ∨ {name} = {values[1]} := (by omega)",
        f"clear {hk}",
    ]
    cases = "; ".join(_computed_for(view, division, [hm, k]))
    return f"({'; '.join(steps)}; rcases {hf} with rfl | rfl <;> ({cases}))"


def _computed_for(view: View, division: _Division, last: list[str]) -> list[str]:
    """Clear the hypotheses that mention other variables; compute the others at each value."""
    names = {division.form[0]} | ({division.other[0]} if division.other is not None else set())
    others = {local.name for local in view.locals} - names
    about = [hyp for hyp in view.props if names & set(IDENTIFIER.findall(hyp.type))]
    plain = [h for h in about if not others & set(IDENTIFIER.findall(h.type)) and not _QUANTIFIED.search(h.type)]
    plain.sort(key=lambda hyp: hyp.head == "Eq")
    unused = [hyp.name for hyp in about if hyp not in plain]
    return [*([f"clear {' '.join(unused)}"] if unused else []), computed([*(hyp.name for hyp in plain), *last])]


def _gcd_of_linear_forms(view: View) -> Iterator[Proposal]:
    """A common divisor of `a * n + b` and `c * n + d` divides `c * b - a * d`."""
    for left, right in gcd_arguments(view.target)[:2]:
        terms = read_term(left), read_term(right)
        first, second = (polynomial(term) if term is not None else None for term in terms)
        if first is None or second is None:
            continue
        one, two = linear(first), linear(second)
        if one is None or two is None or one[0] != two[0]:
            continue
        yield Proposal("gcd_linear", _gcd_linear(view, (left, right), one[1:], two[1:]), limits=MEDIUM)


def _gcd_linear(view: View, texts: tuple[str, str], one: tuple[int, int], two: tuple[int, int]) -> str:
    (h,) = view.fresh("hg")
    left, right = texts
    difference = two[0] * one[1] - one[0] * two[1]
    parts = [
        f"Nat.dvd_mul_left_of_dvd (Nat.gcd_dvd_left ({left}) ({right})) {two[0]}",
        f"Nat.dvd_mul_left_of_dvd (Nat.gcd_dvd_right ({left}) ({right})) {one[0]}",
    ]
    products = [f"{two[0]} * ({left})", f"{one[0]} * ({right})"]
    if difference < 0:
        parts.reverse()
        products.reverse()
    start = f"have {h} := Nat.dvd_sub ({parts[0]}) ({parts[1]})"
    known = f"rw [show {' - '.join(products)} = {abs(difference)} by omega] at {h}"
    bound = f"Nat.le_of_dvd (by decide) {h}"
    close = f"first | exact Nat.dvd_one.mp {h} | exact {bound} | exact {h} | (have := {bound}; omega) | grind"
    return f"({start}; {known}; {close})"


def gcd_arguments(text: str) -> list[tuple[str, str]]:
    """The two arguments of each `gcd` in a text: variables, numerals or terms in brackets."""
    atom = r"(?:\w+|\([^()]*(?:\([^()]*\)[^()]*)*\))"
    found = re.findall(rf"Nat\.gcd ({atom}) ({atom})|({atom})\.gcd ({atom})", text)
    pairs = [(a or c, b or d) for a, b, c, d in found]
    return [tuple(side[1:-1] if side.startswith("(") else side for side in pair) for pair in pairs]
