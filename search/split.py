"""Splits a proof state into independent parts, and decides when two states are the same.

Every goal that shares no metavariable with another becomes a part of its own (a bullet in the script); all goals that
share some stay together in one part, since a script could not write down a finer split.
"""

from __future__ import annotations

from search.base import Goal, ProofState

Part = tuple[tuple[int, ...], ProofState]
"""Which goals of the whole state, and the state they are alone."""


def split(state: ProofState) -> tuple[Part, ...] | None:
    """The independent parts, single goals first in their order, then the coupled goals; None if there is only one.

    A state whose groups don't partition its goals is kept whole: a wrong split could lose a goal.
    """
    groups = state.groups
    if len(groups) < 2 or sorted(i for group in groups for i in group) != list(range(len(state.goals))):
        return None
    singles = sorted(group[0] for group in groups if len(group) == 1)
    coupled = tuple(sorted(i for group in groups if len(group) > 1 for i in group))
    if not singles:
        return None
    parts: list[Part] = [((i,), _alone(state, i)) for i in singles]
    if coupled:
        parts.append((coupled, _together(state, coupled)))
    return tuple(parts)


def _alone(state: ProofState, index: int) -> ProofState:
    goal = state.goals[index]
    return ProofState(goals=(goal,), key=goal.key or f"{state.key}/{index}", groups=((0,),))


def _together(state: ProofState, indices: tuple[int, ...]) -> ProofState:
    """The state of coupled goals alone. Keys of single goals don't tell which metavariables are shared, so its key
    contains that of the whole state."""
    place = {index: position for position, index in enumerate(indices)}
    groups = tuple(tuple(place[i] for i in group) for group in state.groups if len(group) > 1)
    key = f"{state.key}/{','.join(map(str, indices))}"
    return ProofState(goals=tuple(state.goals[i] for i in indices), key=key, groups=groups)


def merge_key(state: ProofState) -> str:
    """The canonical key under which a state is looked up; a goal alone has the same key wherever it came from."""
    goals = state.goals
    return (len(goals) == 1 and goals[0].key) or state.key


def rendering(state: ProofState) -> str:
    """How Lean prints the state, without the goals' case names.

    States with equal keys and equal renderings have the same hypotheses under the same names, so one tactic text
    means the same in both.
    """
    goals = state.goals
    return _shown(goals[0]) if len(goals) == 1 else "\n\n".join(map(_shown, goals))


def _shown(goal: Goal) -> str:
    pretty = goal.pretty
    if pretty.startswith("case "):
        return pretty.partition("\n")[2]
    return pretty
