"""Divisibility between polynomials: the quotient, found by linear algebra, with the equations among the hypotheses.

`d ∣ e` holds if `e = q * d + k₁ * r₁ + …` for polynomials, where each `rᵢ = 0` is a hypothesis. For bounded degrees
that is a system of linear equations in the coefficients of `q` and the `kᵢ`; Lean has only to check `e = d * q`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement

from prover.policy.builtin.diophantine import equations, written
from prover.policy.builtin.polynomials import Monomial, Polynomial, names_of, plus, polynomial, read_term, times
from prover.policy.builtin.proposal import MEDIUM, Proposal
from prover.policy.builtin.view import View

_MOST_UNKNOWNS = 36
_HIGHEST = 4


def quotients(view: View) -> Iterator[Proposal]:
    """The quotient as a witness, if there is one of small degree."""
    if view.head != "Dvd.dvd" or view.number_types != ("Int",):
        return
    texts = [read_term(side) for side in view.target.partition(" ∣ ")[::2]]
    divisor, multiple = (polynomial(term) if term is not None else None for term in texts)
    if not divisor or not multiple or set(divisor) == {()}:
        return
    known = [(polynomial(left), polynomial(right)) for _, left, right in equations(view)]
    zeros = [plus(left, right, -1) for left, right in known if left is not None and right is not None][:3]
    quotient = find_quotient(divisor, multiple, [zero for zero in zeros if zero])
    if quotient is not None:
        yield Proposal("dvd_quotient", f"exact ⟨{written(quotient)}, by grind⟩", limits=MEDIUM)


def find_quotient(divisor: Polynomial, multiple: Polynomial, zeros: list[Polynomial]) -> Polynomial | None:
    """A polynomial with integer coefficients that `divisor` times gives `multiple`, up to multiples of the `zeros`."""
    names = sorted({name for of in (divisor, multiple, *zeros) for name in names_of(of)})
    top = max(_degree(multiple), *map(_degree, [divisor, *zeros]))
    columns: list[tuple[Monomial | None, Polynomial]] = []
    for of in (divisor, *zeros):
        for monomial in _monomials(names, min(top - _degree(of), _HIGHEST)):
            product = times({monomial: 1}, of)
            if product is None or len(columns) > _MOST_UNKNOWNS:
                return None
            columns.append((monomial if of is divisor else None, product))
    values = _solve([product for _, product in columns], multiple)
    if values is None:
        return None
    found = {m: v for (m, _), v in zip(columns, values, strict=True) if m is not None and v}
    if any(value.denominator != 1 for value in found.values()):
        return None
    return {monomial: int(value) for monomial, value in found.items()}


def _degree(of: Polynomial) -> int:
    return max((sum(exponent for _, exponent in monomial) for monomial in of), default=0)


def _monomials(names: list[str], degree: int) -> Iterator[Monomial]:
    for count in range(degree + 1):
        for chosen in combinations_with_replacement(names, count):
            yield tuple((name, chosen.count(name)) for name in dict.fromkeys(chosen))


def _solve(columns: list[Polynomial], wanted: Polynomial) -> list[Fraction] | None:
    """Numbers that make the sum of the columns the wanted polynomial, 0 where any would do; None if none do."""
    monomials = sorted({m for column in (*columns, wanted) for m in column})
    rows = [[Fraction(of.get(m, 0)) for of in (*columns, wanted)] for m in monomials]
    pivots: list[int] = []
    for index in range(len(columns)):
        place = len(pivots)
        chosen = next((k for k in range(place, len(rows)) if rows[k][index]), None)
        if chosen is None:
            continue
        rows[place], rows[chosen] = rows[chosen], rows[place]
        rows[place] = [value / rows[place][index] for value in rows[place]]
        for k, row in enumerate(rows):
            if k != place and row[index]:
                rows[k] = [a - row[index] * b for a, b in zip(row, rows[place], strict=True)]
        pivots.append(index)
    if any(row[-1] for row in rows[len(pivots) :]):
        return None
    values = [Fraction(0)] * len(columns)
    for row, index in zip(rows, pivots, strict=False):
        values[index] = row[-1]
    return values
