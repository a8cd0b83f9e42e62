"""Several rules at one theorem: separate searches behind the interface of one."""

from __future__ import annotations

from collections import Counter

import pytest

from search.base import Candidate, LogProb, Proved, Theorem, Value
from search.budget import Budget, StopReason
from search.events import Event, from_json, to_json
from search.expansion import Expansion, SearchOptions
from search.experience import Experience
from search.nodes import Node
from search.replay import replay
from search.rules import rules_of
from search.side_by_side import AnySearch, SideBySide
from tests.fakes.critic import HashCritic
from tests.fakes.environment import FakeEnvironment, World, check_script
from tests.fakes.policy import HashPolicy


def both(
    environment: FakeEnvironment,
    *,
    budget: Budget | None = None,
    record: list[Event] | None = None,
    experience: Experience | None = None,
) -> SideBySide:
    return SideBySide(
        Theorem("t"),
        environment.root,
        rules=rules_of("bf+cg"),
        budget=budget or Budget(expansions=24),
        options=SearchOptions(num_samples=3),
        clock=lambda: 0.0,
        record=None if record is None else record.append,
        experience=experience,
    )


def root_of(node: Node) -> Node:
    while node.best_in is not None:
        node = node.best_in.source
    return node


def run(search: AnySearch, environment: FakeEnvironment, *, width: int = 2) -> list[Expansion]:
    """Drive to the end; what was expanded, in order."""
    expanded = []
    while search.done is None:
        search.absorb_values([(number, HashCritic().value(state)) for number, state in search.unscored()])
        for expansion in search.plan(width):
            expanded.append(expansion)
            calls = search.absorb_candidates(expansion.id, HashPolicy().answer(expansion.request()))
            if calls:
                search.absorb_outcomes(expansion.id, environment.run(expansion.path, calls))
    return expanded


HOPELESS = World(num_goals=2000, shares=(0, 0, 0, 0, 1), coupled=0)


def test_the_searches_share_the_budget_in_equal_parts() -> None:
    environment = FakeEnvironment(HOPELESS)
    search = both(environment, budget=Budget(expansions=14))
    expanded = run(search, environment, width=1)
    result = search.result()
    assert (result.spent.expansions, result.stop_reason) == (14, StopReason.EXPANSIONS)
    assert result.strategy == "token-mean+critic"
    assert sorted(Counter(root_of(expansion.node) for expansion in expanded).values()) == [7, 7]


def test_the_first_proof_ends_all() -> None:
    proved = 0
    for seed in range(20):
        world = World(seed=seed, num_goals=20)
        environment = FakeEnvironment(world)
        search = both(environment)
        run(search, environment)
        result = search.result()
        assert (result.proof is not None) == (result.stop_reason is StopReason.PROVED)
        if result.proof is not None:
            proved += 1
            check_script(world, 0, result.proof.script)
            assert search.plan(1) == []
    assert proved > 5


def test_when_nothing_is_left_to_try_in_any_search_all_is_exhausted() -> None:
    environment = FakeEnvironment(World(shares=(1, 0, 0, 0, 0)))
    search = both(environment)
    run(search, environment)
    assert search.done is StopReason.EXHAUSTED
    assert search.spent.expansions == 2


def test_each_search_answers_under_its_own_ids() -> None:
    environment = FakeEnvironment(World())
    search = both(environment)
    search.absorb_values([(number, Value(0.5)) for number, _ in search.unscored()])
    first, second = search.plan(2)
    assert first.id != second.id
    search.absorb_candidates(second.id, [Candidate("t0", LogProb(-1.0))])
    search.absorb_outcomes(second.id, [Proved("t0")])
    assert search.done is StopReason.PROVED
    assert not search.is_wanted(first.id)
    search.abandon(first.id)
    with pytest.raises(KeyError):
        search.abandon(first.id)
    with pytest.raises(KeyError):
        search.absorb_values([(10_000, Value(0.5))])


def test_statistics_are_summed_over_the_searches() -> None:
    environment = FakeEnvironment(HOPELESS)
    search = both(environment)
    run(search, environment)
    statistics = search.result().statistics
    answered = statistics.advanced + statistics.closed + sum(statistics.refused.values()) + statistics.unknown
    assert answered == search.spent.tactics == environment.calls


def test_events_make_the_same_searches_again() -> None:
    for seed in range(4):
        environment = FakeEnvironment(World(seed=seed, num_goals=40))
        events: list[Event] = []
        search = both(environment, record=events, experience=Experience())
        run(search, environment)
        read = [from_json(to_json(event)) for event in events]
        again = both(environment, experience=Experience())
        replay(again, read)
        assert (again.done, again.spent) == (search.done, search.spent)
        first, second = search.result(), again.result()
        assert (first.proof, first.statistics) == (second.proof, second.statistics)


def test_after_a_rejected_proof_the_searches_go_on() -> None:
    went_on = 0
    for seed in range(20):
        environment = FakeEnvironment(World(seed=seed, num_goals=20))
        search = both(environment)
        run(search, environment)
        if search.done is StopReason.PROVED:
            spent = search.spent.expansions
            search.reject()
            run(search, environment)
            went_on += search.spent.expansions > spent
    assert went_on > 1
