"""Passes and combined rules: separate searches behind the interface of one."""

from __future__ import annotations

import pytest

from search.base import Candidate, LogProb, Proved, Theorem
from search.budget import Budget, StopReason
from search.combined import AnySearch, Combined
from search.events import Event, from_json, to_json
from search.expansion import SearchOptions
from search.experience import Experience
from search.replay import replay
from search.rules import rules_of
from tests.fakes.critic import HashCritic
from tests.fakes.environment import FakeEnvironment, World, check_script
from tests.fakes.policy import HashPolicy


def combined(
    environment: FakeEnvironment,
    *,
    passes: int = 4,
    at_once: int = 1,
    budget: Budget | None = None,
    record: list[Event] | None = None,
    experience: Experience | None = None,
) -> Combined:
    return Combined(
        Theorem("t"),
        environment.root,
        rules=rules_of("bf+cg"),
        passes=passes,
        per_pass=Budget(expansions=8),
        budget=budget or Budget(),
        options=SearchOptions(num_samples=3),
        temperatures=(0.5, 0.9),
        at_once=at_once,
        clock=lambda: 0.0,
        record=None if record is None else record.append,
        experience=experience,
    )


def run(search: AnySearch, environment: FakeEnvironment, *, width: int = 2) -> list[float]:
    """Drive to the end; returns the temperatures of the requests in order."""
    temperatures = []
    while search.done is None:
        search.absorb_values([(number, HashCritic().value(state)) for number, state in search.unscored()])
        for expansion in search.plan(width):
            request = expansion.request()
            temperatures.append(request.temperature)
            calls = search.absorb_candidates(expansion.id, HashPolicy().answer(request))
            if calls:
                search.absorb_outcomes(expansion.id, environment.run(expansion.path, calls))
    return temperatures


HOPELESS = World(num_goals=2000, shares=(0, 0, 0, 0, 1), coupled=0)


def test_the_passes_share_the_budget_in_equal_parts() -> None:
    search = combined(FakeEnvironment(HOPELESS))
    temperatures = run(search, FakeEnvironment(HOPELESS), width=1)
    result = search.result()
    assert result.spent.expansions == 4 * 8
    assert result.stop_reason is StopReason.EXPANSIONS
    assert (result.strategy, result.notation) == ("token-mean+critic", "4×3×8")
    assert temperatures == [0.5] * 8 + [0.9] * 24


def test_the_budget_for_all_ends_all() -> None:
    search = combined(FakeEnvironment(HOPELESS), budget=Budget(expansions=13))
    run(search, FakeEnvironment(HOPELESS))
    assert search.done is StopReason.EXPANSIONS
    assert search.spent.expansions == 13


def test_the_first_proof_ends_all() -> None:
    proved = 0
    for seed in range(20):
        world = World(seed=seed, num_goals=20)
        environment = FakeEnvironment(world)
        search = combined(environment, at_once=2)
        run(search, environment)
        result = search.result()
        assert (result.proof is not None) == (result.stop_reason is StopReason.PROVED)
        if result.proof is not None:
            proved += 1
            check_script(world, 0, result.proof.script)
            assert search.plan(1) == []
    assert proved > 5


def test_passes_at_once_answer_under_their_own_ids() -> None:
    environment = FakeEnvironment(World())
    search = combined(environment, at_once=2)
    search.absorb_values([(number, 0.5) for number, _ in search.unscored()])
    first, second = search.plan(2)
    assert first.id != second.id
    search.absorb_candidates(second.id, [Candidate("t0", LogProb(-1.0))])
    search.absorb_outcomes(second.id, [Proved("t0")])
    assert search.done is StopReason.PROVED
    assert not search.is_wanted(first.id)
    search.abandon(first.id)
    assert search.in_flight == 0


def test_statistics_are_summed_over_passes() -> None:
    environment = FakeEnvironment(HOPELESS)
    search = combined(environment)
    run(search, environment)
    statistics = search.result().statistics
    answered = statistics.advanced + statistics.closed + sum(statistics.refused.values()) + statistics.unknown
    assert answered == search.spent.tactics == environment.calls


@pytest.mark.parametrize("at_once", [1, 2])
def test_events_make_the_same_passes_again(at_once: int) -> None:
    for seed in range(4):
        environment = FakeEnvironment(World(seed=seed, num_goals=40))
        events: list[Event] = []
        search = combined(environment, at_once=at_once, record=events, experience=Experience())
        run(search, environment)
        read = [from_json(to_json(event)) for event in events]
        again = combined(environment, at_once=at_once, experience=Experience())
        replay(again, read)
        assert (again.done, again.spent) == (search.done, search.spent)
        first, second = search.result(), again.result()
        assert (first.proof, first.statistics) == (second.proof, second.statistics)


def test_after_a_rejected_proof_the_passes_go_on() -> None:
    went_on = 0
    for seed in range(20):
        environment = FakeEnvironment(World(seed=seed, num_goals=20))
        search = combined(environment, at_once=1)
        run(search, environment)
        if search.done is StopReason.PROVED:
            spent = search.spent.expansions
            search.reject()
            run(search, environment)
            went_on += search.spent.expansions > spent
    assert went_on > 1
