"""The sign of a product, from the signs of its factors: a proof term read off the target."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.builtin.polynomials import Term, read_term
from prover.policy.builtin.proposal import MEDIUM, Proposal
from prover.policy.builtin.view import View

_COMPARED = re.compile(r"^(?P<left>.+) (?P<sign>[<>≤≥]) (?P<right>.+)$", re.DOTALL)
_TURNED = {"<": ">", ">": "<", "≤": "≥", "≥": "≤"}
_PRODUCTS = {
    (">", ">"): (">", "Int.mul_pos"),
    ("<", "<"): (">", "Int.mul_pos_of_neg_of_neg"),
    (">", "<"): ("<", "Int.mul_neg_of_pos_of_neg"),
    ("<", ">"): ("<", "Int.mul_neg_of_neg_of_pos"),
    ("≥", "≥"): ("≥", "Int.mul_nonneg"),
    ("≤", "≤"): ("≥", "Int.mul_nonneg_of_nonpos_of_nonpos"),
    ("≥", "≤"): ("≤", "Int.mul_nonpos_of_nonneg_of_nonpos"),
    ("≤", "≥"): ("≤", "Int.mul_nonpos_of_nonpos_of_nonneg"),
}
_WEAKER = {">": "≥", "<": "≤"}


def signs(view: View) -> Iterator[Proposal]:
    """`0 < product` and its relatives over Int."""
    found = _against_zero(view.target)
    if found is None or "Int" not in view.number_types:
        return
    term, wanted = found
    known: dict[str, tuple[str, str]] = {}
    for hyp in view.props:
        fact = _against_zero(hyp.type)
        if fact is not None and fact[0].op == "var":
            known.setdefault(fact[0].text, (fact[1], hyp.name))
    sign = _sign(term, known)
    if sign is None or term.op not in ("*", "^"):
        return
    if sign[0] == wanted:
        yield Proposal("sign_of_product", f"exact {sign[1]}", limits=MEDIUM)
    elif _WEAKER.get(sign[0]) == wanted:
        yield Proposal("sign_of_product", f"exact Int.le_of_lt {sign[1]}", limits=MEDIUM)


def _against_zero(text: str) -> tuple[Term, str] | None:
    """(term, sign) of a comparison with zero, turned so that zero stands on the right."""
    found = _COMPARED.match(text)
    if found is None or "0" not in (found["left"], found["right"]):
        return None
    left, sign = (found["left"], found["sign"]) if found["right"] == "0" else (found["right"], _TURNED[found["sign"]])
    term = read_term(left)
    return (term, sign) if term is not None else None


def _sign(term: Term, known: dict[str, tuple[str, str]]) -> tuple[str, str] | None:
    """The sign of a term, `>`, `<`, `≥` or `≤` 0, with a proof in brackets; None if the hypotheses leave it open."""
    match term.op:
        case "num":
            return (">", "(by decide)") if int(term.text) else None
        case "neg":
            return ("<", "(by decide)") if term.args[0].op == "num" and int(term.args[0].text) else None
        case "var":
            return known.get(term.text)
        case "*":
            return _of_product(_sign(term.args[0], known), _sign(term.args[1], known))
        case "^" if term.args[1].op == "num" and 0 < int(term.args[1].text) <= 12:
            return _of_power(_sign(term.args[0], known), int(term.args[1].text))
        case _:
            return None


def _of_product(left: tuple[str, str] | None, right: tuple[str, str] | None) -> tuple[str, str] | None:
    if left is None or right is None:
        return None
    if (left[0] in _WEAKER) != (right[0] in _WEAKER):
        left, right = (
            (_WEAKER[sign], f"(Int.le_of_lt {proof})") if sign in _WEAKER else (sign, proof)
            for sign, proof in (left, right)
        )
    sign, lemma = _PRODUCTS[left[0], right[0]]
    return sign, f"({lemma} {left[1]} {right[1]})"


def _of_power(base: tuple[str, str] | None, exponent: int) -> tuple[str, str] | None:
    """Along `b ^ (k + 1) = b ^ k * b`."""
    if base is None:
        return None
    power = (base[0], f"(by rw [Int.pow_succ, Int.pow_zero, Int.one_mul]; exact {base[1]})")
    for _ in range(exponent - 1):
        product = _of_product(power, base)
        if product is None:
            return None
        power = (product[0], f"(by rw [Int.pow_succ]; exact {product[1]})")
    return power
