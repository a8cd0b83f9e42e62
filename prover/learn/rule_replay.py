"""Scores orderings of the calls on whole states, without Lean: what each would have spent until its first success.

Every outcome on a whole state is known, so the cost of any order is a sum.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from prover.learn.rule_model import train
from prover.learn.whole_states import Tried, WholeState
from prover.policy.builtin.rule_model import ANY, RuleModel
from prover.policy.builtin.table import row_of, worth
from search.base import Candidate, LogProb
from search.experience import Experience

_DRAWS = 2_000
_BINS = 10


@dataclass(frozen=True, slots=True)
class Reckoned:
    """An arm's estimate of one call: its worth, by which calls are ordered, and its chance of success."""

    worth: float
    chance: float


Arm = Callable[[WholeState], Sequence[Reckoned]]
"""Estimates the calls of a state, each once, without looking at their outcomes."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What an arm spent on one state until its first success: thousands of heartbeats, seconds, and calls."""

    module: str
    heartbeats: float
    lean_s: float
    calls: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """An arm over states that were proved: what it spent on each, and its calibration error (the mean distance between
    chance and share of successes over ten groups of equal size, by chance, of the calls until the first success)."""

    spent: Sequence[Spent]
    calibration_error: float

    @property
    def heartbeats(self) -> float:
        return sum(spent.heartbeats for spent in self.spent)

    @property
    def lean_s(self) -> float:
        return sum(spent.lean_s for spent in self.spent)

    @property
    def calls(self) -> int:
        return sum(spent.calls for spent in self.spent)


def replay(states: Sequence[WholeState], arm: Callable[[WholeState], Arm]) -> Replayed:
    """Play the proved states in their order; `arm` gives the arm for a state (one that was not trained on it)."""
    spent: list[Spent] = []
    chances: list[tuple[float, bool]] = []
    for state in states:
        if not state.is_proved:
            continue
        reckoned = arm(state)(state)
        spent.append(_spend(state, reckoned))
        chances += [(each.chance, bool(call.is_success)) for each, call in _until_success(state, reckoned)]
    return Replayed(spent, _calibration_error(chances))


def ratio(ours: Replayed, theirs: Replayed, *, seed: int) -> tuple[float, float, float]:
    """Our heartbeats for each of theirs, with the 95 % interval of a bootstrap over modules."""
    by_module: dict[str, list[float]] = {}
    for mine, other in zip(ours.spent, theirs.spent, strict=True):
        sums = by_module.setdefault(mine.module, [0.0, 0.0])
        sums[0] += mine.heartbeats
        sums[1] += other.heartbeats
    groups, rng = list(by_module.values()), random.Random(seed)
    drawn = sorted(_quotient(rng.choices(groups, k=len(groups))) for _ in range(_DRAWS))
    return _quotient(groups), drawn[int(0.025 * _DRAWS)], drawn[int(0.975 * _DRAWS) - 1]


# ---------------------------------------------------------------------------------------------------------- arms


def flat(state: WholeState) -> Sequence[Reckoned]:
    """Every rule alike; only the factors of its instances order the calls."""
    row = row_of("")
    return [Reckoned(row.rate * call.factor, row.rate * call.factor) for call in state.calls]


def rule_book(state: WholeState) -> Sequence[Reckoned]:
    """The rule book's figures, as the built-in policy orders without a model."""
    rows = [(row_of(call.rule), call.factor) for call in state.calls]
    return [Reckoned(worth(row.rate * factor, row.cost), row.rate * factor) for row, factor in rows]


def remeasured(model: RuleModel) -> Arm:
    """The rule book with the figures that the model's states gave."""

    def arm(state: WholeState) -> Sequence[Reckoned]:
        known = [(model.known(call.rule), call.factor) for call in state.calls]
        per_ms = model.heartbeats_a_ms
        return [Reckoned(worth(k.rate * factor, k.cost / per_ms), min(1.0, k.rate * factor)) for k, factor in known]

    return arm


def learned(model: RuleModel) -> Arm:
    """The model, as the built-in policy orders with it."""

    def arm(state: WholeState) -> Sequence[Reckoned]:
        turns = model.turns(state.kind, [(call.rule, call.factor) for call in state.calls])
        return [Reckoned(turn.worth, turn.chance) for turn in turns]

    return arm


class OnLine:
    """The order of another arm, corrected by what a run has seen so far (`search.learn_order`). Of a state the run sees
    what a search would have seen: the calls until the first success."""

    def __init__(self) -> None:
        self._experience = Experience()

    def over(self, other: Arm) -> Arm:
        def arm(state: WholeState) -> Sequence[Reckoned]:
            by_other = other(state)
            order = sorted(range(len(state.calls)), key=lambda index: -by_other[index].worth)
            named = {str(index): index for index in order}
            given = [Candidate(str(index), LogProb(0.0), origin=state.calls[index].rule) for index in order]
            ran = self._experience.ordered(given)
            for place, candidate in enumerate(ran):
                is_success = bool(state.calls[named[candidate.tactic]].is_success)
                self._experience.observe(candidate, place, is_closed=is_success)
                if is_success:
                    break
            places = {named[candidate.tactic]: place for place, candidate in enumerate(ran)}
            return [Reckoned(-float(places[index]), each.chance) for index, each in enumerate(by_other)]

        return arm


def without_kinds(model: RuleModel) -> RuleModel:
    """The model with one schedule for all goals."""
    return replace(model, schedules={ANY: model.schedules[ANY]})


def folds(states: Sequence[WholeState], *, count: int, seed: int, part: int = 1) -> dict[str, RuleModel]:
    """For each module a model that was trained without it, and without the others of its fold; of the rest, on every
    `part`-th module."""
    modules = sorted({state.module for state in states})
    random.Random(seed).shuffle(modules)
    models: dict[str, RuleModel] = {}
    for fold in range(min(count, len(modules))):
        held_out = modules[fold::count]
        rest = [module for module in modules if module not in set(held_out)]
        chosen = set(rest[::part])
        model = train([state for state in states if state.module in chosen], excluded=held_out)
        models.update(dict.fromkeys(held_out, model))
    return models


def _until_success(state: WholeState, reckoned: Sequence[Reckoned]) -> Iterator[tuple[Reckoned, Tried]]:
    """The calls in an arm's order, up to the first success."""
    for each, call in sorted(zip(reckoned, state.calls, strict=True), key=lambda pair: -pair[0].worth):
        yield each, call
        if call.is_success:
            return


def _spend(state: WholeState, reckoned: Sequence[Reckoned]) -> Spent:
    made = [call for _, call in _until_success(state, reckoned)]
    return Spent(state.module, sum(call.cost for call in made), sum(call.lean_s for call in made), len(made))


def _calibration_error(chances: Sequence[tuple[float, bool]]) -> float:
    if not chances:
        return 0.0
    ordered = sorted(chances)
    total = 0.0
    for number in range(_BINS):
        part = ordered[number * len(ordered) // _BINS : (number + 1) * len(ordered) // _BINS]
        total += abs(sum(chance - hit for chance, hit in part))
    return total / len(ordered)


def _quotient(groups: Sequence[Sequence[float]]) -> float:
    return sum(mine for mine, _ in groups) / max(1e-9, sum(other for _, other in groups))
