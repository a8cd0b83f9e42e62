"""Trains the rule model (`prover.policy.builtin.rule_model`) on whole states: counts, and a greedy order.

A schedule takes, again and again, the call with the most new successes for a heartbeat on the states that no call
before it proved: the greedy order of Streeter and Golovin ("An Online Algorithm for Maximizing Submodular Functions",
2008). States of a goal's own kind weigh most. Equal states give equal models.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from prover.errors import UsageError
from prover.learn.whole_states import Tried, WholeState
from prover.policy.builtin.kinds import Kind
from prover.policy.builtin.rule_model import ANY, CALL, Known, Manifest, RuleModel, Schedule, Turn, places
from prover.policy.builtin.table import row_of

_PRIOR = 12.0
"""As many trials as the rule book's figures weigh."""
_DOUBT = 2.0
"""As many trials as a rule's rate weighs against what a call adds where others failed."""


def train(states: Sequence[WholeState], *, excluded: Iterable[str] = (), toolchain: str = "") -> RuleModel:
    """The model of these states; `excluded` are modules that were kept away, for the manifest.

    Raises UsageError if no state was proved, or if a state's module is excluded.
    """
    kept_away = tuple(sorted(set(excluded)))
    wrong = sorted({state.module for state in states} & set(kept_away))
    if wrong:
        raise UsageError(f"{', '.join(wrong)}: to be excluded, and among the states to learn from")
    proved = [state for state in states if state.is_proved]
    if not proved:
        raise UsageError("no proved state at which every candidate was run: collect with --set search.collect=0.5")
    rules, heartbeats_a_ms = _measured(states)
    manifest = Manifest(
        modules=tuple(sorted({state.module for state in states})),
        excluded=kept_away,
        states=len(states),
        calls=sum(len(state.calls) for state in states),
        toolchain=toolchain,
    )
    schedules = {kind.name: _schedule(proved, rules, kind) for kind in sorted({state.kind for state in proved})}
    return RuleModel(manifest, rules, heartbeats_a_ms, {ANY: _schedule(proved, rules, None), **schedules})


def _measured(states: Sequence[WholeState]) -> tuple[dict[str, Known], float]:
    """The figures of each rule over the states, smoothed towards the rule book's, and the thousands of heartbeats that
    one of the rule book's milliseconds stands for."""
    calls: dict[str, list[tuple[Tried, bool]]] = defaultdict(list)
    for state in states:
        for call in state.calls:
            calls[call.rule].append((call, state.is_proved))
    total = sum(call.cost for tried in calls.values() for call, _ in tried)
    heartbeats_a_ms = total / max(1.0, sum(row_of(rule).cost * len(tried) for rule, tried in calls.items()))
    return {rule: _known(rule, calls[rule], heartbeats_a_ms) for rule in sorted(calls)}, _rounded(heartbeats_a_ms)


def _known(rule: str, calls: Sequence[tuple[Tried, bool]], heartbeats_a_ms: float) -> Known:
    """A rule's figures; as in the rule book, the rate is over calls on proved states whose end is known."""
    book = row_of(rule)
    decided = [call for call, is_proved in calls if is_proved and call.is_success is not None]
    successes = sum(bool(call.is_success) for call in decided)
    spent = sum(call.cost for call, _ in calls)
    return Known(
        rate=_rounded((successes + _PRIOR * book.rate) / (sum(call.factor for call in decided) + _PRIOR)),
        cost=_rounded((spent + _PRIOR * book.cost * heartbeats_a_ms) / (len(calls) + _PRIOR)),
    )


_Call = tuple[str, int]
"""A call by its rule and its place among the rule's calls."""


@dataclass(slots=True)
class _Count:
    """What is known of a call: the states it was tried at with its success, and by weight all trials, their cost, and
    of those at states that are still unproved the number and the successes."""

    tried: list[tuple[int, bool]] = field(default_factory=list)
    total: float = 0.0
    cost: float = 0.0
    open: float = 0.0
    successes: float = 0.0


def _schedule(states: Sequence[WholeState], rules: dict[str, Known], kind: Kind | None) -> Schedule:
    """The greedy order for goals of a kind (None: for any goal)."""
    weights = [1.0 if kind is None else kind.likeness(state.kind) for state in states]
    counts, by_state = _counted(states, weights)
    all_weight = sum(weights)
    unproved = dict(enumerate(weights))
    turns: dict[_Call, Turn] = {}
    least = math.inf
    while counts:
        rest = (sum(unproved.values()) + 1.0) / (all_weight + 1.0)
        call, turn = max(
            ((call, _turn(count, rules[call[0]], rest)) for call, count in counts.items()),
            key=lambda item: (item[1].worth, item[0]),
        )
        least = min(least, turn.worth)
        turns[call] = Turn(_significant(turn.chance), _significant(least))
        for index, is_success in counts.pop(call).tried:
            if is_success and (weight := unproved.pop(index, None)) is not None:
                _take_away(counts, by_state[index], weight)
    return _by_rule(turns)


def _turn(count: _Count, known: Known, rest: float) -> Turn:
    """A call's chance where all calls before it failed, held towards a half of its rule's rate times the share of
    states that are still unproved."""
    chance = (count.successes + _DOUBT * 0.5 * known.rate * rest) / (count.open + _DOUBT)
    cost = (count.cost + _DOUBT * known.cost) / (count.total + _DOUBT)
    return Turn(chance, chance / (cost + CALL))


def _counted(
    states: Sequence[WholeState], weights: Sequence[float]
) -> tuple[dict[_Call, _Count], list[list[tuple[_Call, bool]]]]:
    """The counts of every call before the first turn, and for each state its calls with their successes."""
    counts: dict[_Call, _Count] = defaultdict(_Count)
    by_state: list[list[tuple[_Call, bool]]] = []
    for index, (state, weight) in enumerate(zip(states, weights, strict=True)):
        named = places([(call.rule, call.factor) for call in state.calls])
        here: list[tuple[_Call, bool]] = []
        for call, place in zip(state.calls, named, strict=True):
            count, is_success = counts[call.rule, place], bool(call.is_success)
            count.tried.append((index, is_success))
            count.total += weight
            count.cost += weight * call.cost
            count.open += weight
            count.successes += weight * is_success
            here.append(((call.rule, place), is_success))
        by_state.append(here)
    return dict(counts), by_state


def _take_away(counts: dict[_Call, _Count], calls: Iterable[tuple[_Call, bool]], weight: float) -> None:
    """Take a state that is proved from the counts of the calls that come later."""
    for call, is_success in calls:
        if (count := counts.get(call)) is not None:
            count.open -= weight
            count.successes -= weight * is_success


def _by_rule(turns: dict[_Call, Turn]) -> Schedule:
    rules: dict[str, list[Turn]] = {}
    for (rule, _), turn in sorted(turns.items()):
        rules.setdefault(rule, []).append(turn)
    return {rule: tuple(of_rule) for rule, of_rule in rules.items()}


def _significant(value: float) -> float:
    """To four digits."""
    return float(f"{value:.4g}")


def _rounded(value: float) -> float:
    return round(value, 3)
