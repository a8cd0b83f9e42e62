"""Conjectured lemmas: the length of a function's result, and the target with a variable in place of a recursive call.

Provers of recursive programs use both where an induction fails (Boyer and Moore's generalisation, the conjectured
lemmas of Claessen and others). Each lemma is proved on the spot; a wrong one costs only its attempt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prover.policy.builtin.induction import TWO, by_length, grind_hints
from prover.policy.builtin.proposal import EXPENSIVE, HEAVY, Proposal, ranked
from prover.policy.builtin.view import View, some

_ATOM = r"(?:[^\W\d][\w'.]*|\d+|\[\]|\([^()]*\))"
_LENGTHS = ("{0} ≤ {1}", "2 * {0} ≤ {1} + 1", "2 * {0} ≤ {1}", "{0} = {1}")
_ON_CONS = "List.count_cons, List.length_cons, List.mem_cons, List.map_cons, List.filter_cons, List.foldr_cons"
_BOOLEAN = "Bool.and_eq_true, Bool.or_eq_true, Bool.not_eq_true', beq_iff_eq, decide_eq_true_eq, List.length_cons"


def conjectures(view: View) -> Iterator[Proposal]:
    """Every family of this module."""
    yield from _generalised(view)
    yield from _lengths(view)


@dataclass(frozen=True, slots=True)
class _Call:
    """An application of one of the file's own functions, and the projection taken of it."""

    function: str
    arguments: tuple[str, ...]
    projection: str


def _calls(view: View, function: str) -> list[_Call]:
    """The applications of a function in the target whose arguments are small."""
    pattern = re.compile(rf"(?<![\w.']){re.escape(function)}((?: {_ATOM})+)\)?(\.(?:[12]|fst|snd)\b)?")
    return [_Call(function, tuple(re.findall(_ATOM, a)), p) for a, p in pattern.findall(view.target)]


# ------------------------------------------------------------------------------------------------ generalisation


def _generalised(view: View) -> Iterator[Proposal]:
    """Induction on a list; in its step the recursive call, which stands inside another function, becomes a variable,
    along which there is a second induction."""
    own = [name for name in view.own_definitions if name in view.goal.constants]
    lists = [v for v in view.data_in_target if v.head == "List"]
    for rank, var in some(lists, 2):
        inner = [f for f in own if any(c.arguments[-1] == var.name for c in _calls(view, f))]
        for place, function in enumerate(inner[:2]):
            text = _second_induction(view, var.name, function)
            yield Proposal("induction_generalized", text, ranked(rank) * ranked(place), HEAVY)


def _second_induction(view: View, var: str, function: str) -> str:
    a, rest, ih, value, b, more = view.fresh("a", "as", "ih", "l", "b", "bs")
    hints = grind_hints(view)
    before = next(c for c in _calls(view, function) if c.arguments[-1] == var).arguments[:-1]
    call = " ".join([function, *before, rest])
    step = f"(try simp only [{function}, {_ON_CONS}, {ih}])"
    plain = f"(generalize {call} = {value}; induction {value} <;> grind{hints})"
    split = f"induction {value} with | nil => grind{hints} | cons {b} {more} _ => cases {more} <;> grind{hints}"
    kept = f"(generalize {call} = {value} at *; first | (induction {value} <;> grind{hints}) | ({split}))"
    start = f"induction {var} with | nil => (first | (simp_all{hints}; done) | grind{hints}) | cons {a} {rest} {ih} => "
    return f"{start}({step}; first | {plain} | {kept})"


# ------------------------------------------------------------------------------------------------------- lengths


def _lengths(view: View) -> Iterator[Proposal]:
    """Where the target mentions the length of a function's result: a bound on it by its last argument's length."""
    if "length" not in view.target:
        return
    calls = [call for name in view.own_definitions[:4] for call in _calls(view, name)][:4]
    for rank, shape in enumerate(_LENGTHS if calls else ()):
        lemmas: dict[tuple[str, int, str], str] = {}
        steps: list[str] = []
        for call in calls:
            kind = (call.function, len(call.arguments), call.projection)
            if kind not in lemmas:
                (lemmas[kind],) = view.fresh(f"hl{len(lemmas)}")
                steps.append(_bound(view, call, lemmas[kind], shape))
            steps.append(f"have := {lemmas[kind]} {' '.join(call.arguments)}")
        text = f"({'; '.join(steps)}; first | {' | '.join(_by_lengths(view, calls))})"
        yield Proposal("length_lemmas", text, ranked(rank, 1.0), EXPENSIVE)


def _by_lengths(view: View, calls: list[_Call]) -> Iterator[str]:
    hints = grind_hints(view)
    yield f"(simp only [{_BOOLEAN}] at *; omega)"
    taken_apart = {name for call in calls for name in call.arguments}
    split = [v.name for v in view.data if v.name in taken_apart and v.head in ("Nat", "List")][:2]
    if split:
        yield f"({' <;> '.join(f'cases {name}' for name in split)} <;> grind{hints})"


def _bound(view: View, call: _Call, name: str, shape: str) -> str:
    """A proved bound for all arguments of a function, stated apart from the hypotheses, which would hinder its
    proof."""
    variables = view.fresh(*(f"x{k}" for k in range(len(call.arguments))))
    spaced, last = " ".join(variables), variables[-1]
    claim = shape.format(f"({call.function} {spaced}){call.projection}.length", f"{last}.length")
    known = " ".join(hyp.name for hyp in reversed(view.props))
    start = f"{f'(try clear {known}); ' if known else ''}intro {spaced}"
    along = f"fun_induction {call.function} {spaced}"
    proof = f"first | ({along} <;> (try simp_all) <;> omega) | ({along} <;> grind) | ({by_length(view, last, TWO)})"
    return f"have {name} : ∀ {spaced}, {claim} := (by {start}; {proof})"
