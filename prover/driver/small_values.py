"""Counterexamples among small values: scripts that refute a goal at some values of its variables, for Lean to run.

The variables are numbers, truth values, propositions and lists of these. Every hypothesis is proved at the values, so
hypotheses that contradict each other have no counterexample.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from search.base import Advanced, Environment, Goal, ProofState, Proved, TacticCall, TacticLimits

_INTROS = "intros"
_BINDS = ("∀", "→", "¬")
"""Signs of a goal in which something can be introduced."""
_MOST = 64
_MOST_THOROUGH = 16
_AT_ONCE = 8
_LIMITS = TacticLimits(heartbeats=40_000, wall_s=1.0)
_VALUES = {
    "Nat": ("0", "1", "2", "3"),
    "Int": ("0", "1", "(-1)", "2", "(-2)"),
    "Bool": ("true", "false"),
    "Prop": ("True", "False"),
}
_MATHLIB = {"ℕ": "Nat", "ℤ": "Int"}
_FIN = re.compile(r"Fin (\d+)")
_LIST = re.compile(r"List (\w+|\(.*\))")
_QUICK = "(by decide)"
_THOROUGH = """(by first
  | (simp; done)
  | omega
  | (intro d hd; have small := Nat.le_of_dvd (by decide) hd; revert hd; revert small; revert d; decide)
  | (intro x; exact ⟨x + 1, by omega⟩)
  | (intro ⟨y, hy⟩; have := hy y; omega))"""
"""Numbers that divide a number are bounded by it; there is a larger one, and none is the largest."""
_CLOSED = "it says nothing of any variable, and is not so"
_WITHOUT_VALUES = "the hypotheses hold, and what they are said to imply does not"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """Values of a goal's variables, as people read them, and a script that proves the goal's negation with them."""

    values: str
    script: str


def counterexamples(goal: Goal, *, needs_values: bool = True) -> Iterator[Counterexample]:
    """Candidates for a goal whose hypotheses are all its binders, the smallest values first; none where a variable has
    another type. First everything is decided, then shown in other ways. The script proves `¬ ∀ …`, with the hypotheses
    in their order before the goal. Without `needs_values` also a goal without variables has candidates."""
    if any(each.value is not None for each in goal.hypotheses):
        return
    data = [each for each in goal.hypotheses if not each.is_prop]
    ranges = [_values(each.type) for each in data]
    if (needs_values and not data) or not all(ranges):
        return
    chosen = list(islice(_smallest_first([len(each) for each in ranges]), _MOST))
    for settled, some in ((_QUICK, chosen), (_THOROUGH, chosen[:_MOST_THOROUGH])):
        for picks in some:
            values = [known[pick] for known, pick in zip(ranges, picks, strict=True)]
            at = iter(values)
            arguments = "".join(f" {settled if each.is_prop else next(at)}" for each in goal.hypotheses)
            shown = ", ".join(f"{each.name} := {value}" for each, value in zip(data, values, strict=True))
            shown = shown or (_WITHOUT_VALUES if goal.hypotheses else _CLOSED)
            yield Counterexample(shown, f"-- {shown}\nexact fun all => absurd (@all{arguments}) {settled}")


def _smallest_first(sizes: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """A number below each of the sizes, by their sum and then in the order of tuples; each is made when it is asked
    for, since all together are more than any memory holds."""
    for total in range(sum(sizes) - len(sizes) + 1):
        yield from _with_sum(sizes, total)


def _with_sum(sizes: Sequence[int], total: int) -> Iterator[tuple[int, ...]]:
    if not sizes:
        yield ()
        return
    most_behind = sum(sizes[1:]) - len(sizes[1:])
    for first in range(max(0, total - most_behind), min(sizes[0] - 1, total) + 1):
        for rest in _with_sum(sizes[1:], total - first):
            yield (first, *rest)


def _values(type_: str) -> Sequence[str]:
    """Small values of a type, the simplest first; none of a type that is not known."""
    inner = type_[1:-1] if type_.startswith("(") else type_
    name = _MATHLIB.get(inner, inner)
    if name in _VALUES:
        return _VALUES[name]
    if (fin := _FIN.fullmatch(name)) is not None:
        return [str(number) for number in range(min(int(fin[1]), 5))]
    if (of := _LIST.fullmatch(name)) is not None and (items := _values(of[1])):
        return ["[]", *(f"[{each}]" for each in items[:3]), f"[{items[0]}, {items[-1]}]", f"[{items[-1]}, {items[0]}]"]
    return ()


async def introduced(environment: Environment, limits: TacticLimits) -> Goal | None:
    """The environment's goal with everything introduced that can be; None if it has several."""
    root = environment.root
    if not any(sign in goal.target for goal in root.goals for sign in _BINDS):
        return root.goals[0] if len(root.goals) == 1 else None
    (outcome,) = await environment.apply((), [TacticCall(_INTROS, limits)])
    state: ProofState = outcome.state if isinstance(outcome, Advanced) else root
    return state.goals[0] if len(state.goals) == 1 else None


async def refuting(
    known: Sequence[Counterexample], negation: Environment, is_over: Callable[[], bool]
) -> AsyncIterator[Counterexample]:
    """Those that Lean takes as proofs of the negation that is open, as far as there is time."""
    for start in range(0, len(known), _AT_ONCE):
        if is_over():
            return
        some = known[start : start + _AT_ONCE]
        outcomes = await negation.apply((), [TacticCall(each.script, _LIMITS) for each in some])
        for each, outcome in zip(some, outcomes, strict=False):
            if isinstance(outcome, Proved):
                yield each
