"""Induction along one variable while the others stay general and are taken apart beside it, in one step.

What functions like `take`, `zip` or `eraseIdx` recurse on is two things at once: a list and a number, or two lists. The
cases are closed by the first of several simplifications, and a case that none of them closes is split further, so that
one proposal stands for all choices of how deep to split.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prover.policy.builtin.induction import recursive_candidates
from prover.policy.builtin.proposal import EXPENSIVE, Proposal, ranked
from prover.policy.builtin.view import Local, View

_RECURSIVE = ("List", "Nat")
_SPLIT = ("List", "Nat", "Option")
_ABOUT_ALL = ("∀", "∧", "Pairwise", "Nodup")
_QUANTIFIERS = "or_imp, forall_and, and_assoc, and_comm, and_left_comm"
"""Makes two statements about all elements of a longer list the same, up to order."""


def simultaneous(view: View) -> Iterator[Proposal]:
    """Early in the library, where no solver closes the cases: at most three variables, and the target's functions."""
    if not view.is_early:
        return
    late = view.depth_of_induction()
    closers = _closers(view)
    variables = sorted(
        (v for v in view.data if v.head in _SPLIT and view.is_mentioned(v)), key=lambda v: _rank(view, v)
    )
    for rank, var in enumerate([v for v in variables if v.head in _RECURSIVE][:3]):
        rest = [v for v in variables if v.name != var.name][:2]
        for place, order in enumerate((rest, rest[::-1]) if len(rest) > 1 else (rest,)):
            text = f"induction {var.name}{_general(view, var)} <;> {_deeper(closers, order)}"
            yield Proposal("induction_deeper", text, late * ranked(rank) * ranked(place), EXPENSIVE)
    for rank, function in enumerate(recursive_candidates(view)[:2]):
        text = f"fun_induction {function} <;> {_first(closers)}"
        yield Proposal("fun_induction_deeper", text, late * ranked(rank), EXPENSIVE)


def _rank(view: View, var: Local) -> tuple[bool, int]:
    return var.head != "List", -view.occurrences(var)


def _general(view: View, var: Local) -> str:
    others = [o.name for o in view.data if o.name != var.name and view.is_mentioned(o)]
    return f" generalizing {' '.join(others)}" if others else ""


def _closers(view: View) -> list[str]:
    """Simplification alone, with linear arithmetic and what the target's functions are defined as, with a solver or one
    more split behind it; for statements about all elements, up to the order of these."""
    names = [name for name in view.definitions if name in view.goal.constants and name != "ite"][:6]
    hints = f" [{', '.join(names)}]" if names else ""
    closers = [
        "(simp_all; done)",
        f"(simp_all +arith{hints}; done)",
        f"((try simp_all{hints}) <;> first | omega | (split <;> simp_all; done))",
    ]
    if any(word in view.target for word in _ABOUT_ALL):
        closers.append(f"(simp_all [{_QUANTIFIERS}]; done)")
    return closers


def _deeper(closers: Sequence[str], variables: Sequence[Local]) -> str:
    """The closers; where they all fail, a case split on the first variable, and the same for its cases."""
    if not variables:
        return _first(closers)
    return _first([*closers, f"(cases {variables[0].name} <;> {_deeper(closers, variables[1:])})"])


def _first(alternatives: Sequence[str]) -> str:
    return f"(first | {' | '.join(alternatives)})"
