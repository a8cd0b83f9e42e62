"""Reads arithmetic as it prints: terms with `+ - * ^`, and the polynomials they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

_TOKEN = re.compile(r"\s*(?:(\d+)|([^\W\d][\w'₀-₉]*)|([-+*^()]))")
_MOST_TERMS = 60
_LARGEST_EXPONENT = 12

Monomial: TypeAlias = tuple[tuple[str, int], ...]
"""Variables with their exponents, sorted by name; () for a constant."""
Polynomial: TypeAlias = dict[Monomial, int]
"""Coefficients that are not zero, by monomial."""


@dataclass(frozen=True, slots=True)
class Term:
    """`op` is `num`, `var`, `neg`, `+`, `-`, `*` or `^`; `text` is a leaf's, `args` are an operator's."""

    op: str
    text: str = ""
    args: tuple[Term, ...] = ()

    def __str__(self) -> str:
        if not self.args:
            return self.text
        if self.op == "neg":
            return f"(-{self.args[0]})"
        return f"({self.args[0]} {self.op} {self.args[1]})"


class _Reader:
    """One pass over the tokens; `None` from any rule means that the text is no such term."""

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        position, text = 0, text.rstrip()
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                self._tokens = ["?"]
                return
            self._tokens.append(found.group().strip())
            position = found.end()

    def whole(self) -> Term | None:
        term = self._sum()
        return term if not self._tokens else None

    def _next(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _sum(self) -> Term | None:
        left = self._product()
        while left is not None and self._next() in ("+", "-"):
            op, right = self._tokens.pop(0), self._product()
            left = Term(op, args=(left, right)) if right is not None else None
        return left

    def _product(self) -> Term | None:
        left = self._power()
        while left is not None and self._next() == "*":
            op, right = self._tokens.pop(0), self._power()
            left = Term(op, args=(left, right)) if right is not None else None
        return left

    def _power(self) -> Term | None:
        if self._next() == "-":
            self._tokens.pop(0)
            inner = self._power()
            return Term("neg", args=(inner,)) if inner is not None else None
        base = self._atom()
        if base is not None and self._next() == "^":
            self._tokens.pop(0)
            exponent = self._power()
            return Term("^", args=(base, exponent)) if exponent is not None else None
        return base

    def _atom(self) -> Term | None:
        token = self._tokens.pop(0) if self._tokens else ""
        if token == "(":
            inner = self._sum()
            return inner if self._tokens and self._tokens.pop(0) == ")" else None
        if token.isdigit():
            return Term("num", token) if len(token) < 19 else None
        return Term("var", token) if token and (token[0].isalpha() or token[0] == "_") else None


def read_term(text: str) -> Term | None:
    """The term that a text prints; None if anything but `+ - * ^`, numerals and variables occurs in it."""
    return _Reader(text).whole() if len(text) < 400 else None


def factors(term: Term) -> list[Term]:
    """The factors of a product, in order; the term itself if it is none."""
    return [factor for arg in term.args for factor in factors(arg)] if term.op == "*" else [term]


def polynomial(term: Term) -> Polynomial | None:
    """A term multiplied out; None for variable exponents and for what would become too large."""
    match term.op:
        case "num":
            return {(): int(term.text)} if int(term.text) else {}
        case "var":
            return {((term.text, 1),): 1}
        case "^":
            exponent = term.args[1]
            base = polynomial(term.args[0])
            if base is None or exponent.op != "num" or int(exponent.text) > _LARGEST_EXPONENT:
                return None
            result: Polynomial | None = {(): 1}
            for _ in range(int(exponent.text)):
                result = times(result, base) if result is not None else None
            return result
    parts = [polynomial(arg) for arg in term.args]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if term.op == "*":
        return times(known[0], known[1])
    if term.op == "neg":
        return plus({}, known[0], -1)
    return plus(known[0], known[1], 1 if term.op == "+" else -1)


def plus(a: Polynomial, b: Polynomial, scale: int = 1) -> Polynomial:
    """`a + scale * b`."""
    result = dict(a)
    for monomial, coefficient in b.items():
        result[monomial] = result.get(monomial, 0) + scale * coefficient
    return {monomial: coefficient for monomial, coefficient in result.items() if coefficient}


def times(a: Polynomial, b: Polynomial) -> Polynomial | None:
    """The product; None if it is too large."""
    if len(a) * len(b) > _MOST_TERMS**2:
        return None
    result: Polynomial = {}
    for left, c in a.items():
        for right, d in b.items():
            powers = dict(left)
            for name, exponent in right:
                powers[name] = powers.get(name, 0) + exponent
            monomial = tuple(sorted(powers.items()))
            result[monomial] = result.get(monomial, 0) + c * d
    result = {monomial: coefficient for monomial, coefficient in result.items() if coefficient}
    return result if len(result) <= _MOST_TERMS else None


def linear(of: Polynomial) -> tuple[str, int, int] | None:
    """(x, a, b) of a polynomial `a * x + b` in one variable; None for any other."""
    names = [monomial for monomial in of if monomial]
    if len(names) != 1 or len(names[0]) != 1 or names[0][0][1] != 1:
        return None
    return names[0][0][0], of[names[0]], of.get((), 0)


def names_of(of: Polynomial) -> list[str]:
    """The variables that occur, sorted."""
    return sorted({name for monomial in of for name, _ in monomial})


def value(of: Polynomial, at: dict[str, int]) -> int:
    """The value at a point."""
    total = 0
    for monomial, coefficient in of.items():
        for name, exponent in monomial:
            coefficient *= at[name] ** exponent
        total += coefficient
    return total
