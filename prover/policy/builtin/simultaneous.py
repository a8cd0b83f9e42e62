"""Induction along one variable while the others stay general and are taken apart beside it, in one step.

Functions like `take`, `zip` or `eraseIdx` recurse on two arguments at once: a list and a number, or two lists. The
cases are closed by the first of several simplifications, and a case that none of them closes is split further, so that
one proposal stands for all choices of how deep to split.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from prover.policy.builtin.induction import recursive_candidates
from prover.policy.builtin.proposal import EXPENSIVE, Proposal, ranked
from prover.policy.builtin.view import IDENTIFIER, Local, View

_RECURSIVE = ("List", "Nat")
_SPLIT = ("List", "Nat", "Option")
_COMPUTED = re.compile(r"ite$|dite$|Option\.")
"""What simplification knows better folded: unfolded it runs in circles."""
_ABOUT_ALL = ("∀", "∧", "Pairwise", "Nodup")
_QUANTIFIERS = "or_imp, forall_and, and_assoc, and_comm, and_left_comm"
"""Makes two statements about all elements of a longer list the same, up to order."""


def simultaneous(view: View) -> Iterator[Proposal]:
    """Early in the library, where no solver closes the cases: at most three variables, and the target's functions."""
    if not view.is_early:
        return
    late = view.depth_of_induction()
    variables = sorted((v for v in view.data if v.head in _SPLIT and view.is_mentioned(v)), key=_order(view))
    for rank, var in enumerate([v for v in variables if v.head in _RECURSIVE][:3]):
        rest = [v for v in variables if v.name != var.name][:2]
        text = f"induction {var.name}{_general(view, var)} <;> {_closed(view, rest)}"
        yield Proposal("induction_deeper", text, late * ranked(rank), EXPENSIVE)
    for rank, function in enumerate(recursive_candidates(view)[:3]):
        text = f"fun_induction {function} <;> {_closed(view, ())}"
        yield Proposal("fun_induction_deeper", text, late * ranked(rank), EXPENSIVE)


def _order(view: View) -> Callable[[Local], tuple[bool, int]]:
    """Lists first, then what the goal names most, above all in a hypothesis."""
    named = Counter(name for hyp in view.props for name in IDENTIFIER.findall(hyp.type))
    return lambda var: (var.head != "List", -view.occurrences(var) - 2 * named[var.name])


def _general(view: View, var: Local) -> str:
    others = [o.name for o in view.data if o.name != var.name and view.is_mentioned(o)]
    return f" generalizing {' '.join(others)}" if others else ""


def _closed(view: View, splits: Sequence[Local]) -> str:
    """Close the cases by simplification, with and without arithmetic and the definitions of the target's functions;
    statements about all elements are compared up to their order. The cases left are split on the variables, one after
    the other, and at last given to a solver or split on a condition."""
    names = [name for name in view.definitions if name in view.goal.constants and not _COMPUTED.match(name)][:6]
    hints = f" [{', '.join(names)}]" if names else ""
    plain, unfolded = "(simp_all; done)", f"(simp_all +arith{hints}; done)"
    text = _first([plain, unfolded, f"((try simp_all{hints}) <;> first | omega | (split <;> simp_all; done))"])
    for depth, var in reversed(list(enumerate(splits))):
        quick = [plain] if depth else [plain, unfolded]
        text = _first([*quick, f"(cases {var.name} <;> {text})"])
    about_all = any(word in view.target for word in _ABOUT_ALL)
    return _first([f"(simp_all [{_QUANTIFIERS}]; done)", text]) if about_all else text


def _first(alternatives: Sequence[str]) -> str:
    return f"(first | {' | '.join(alternatives)})"
