"""A search made again from its events is the same search, and can be resumed with a bigger budget."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from random import Random

import pytest

from search import Budget, Expansion, Search, SearchOptions, StopReason
from search.base import Proved
from search.check import check_search
from search.events import Applied, Event, Planned, from_json, to_json
from search.replay import ReplayError, steps
from tests.fakes.critic import HashCritic
from tests.fakes.drive import start
from tests.fakes.environment import FakeEnvironment, World
from tests.fakes.graph import GraphEnvironment, Picture, proposing
from tests.fakes.policy import HashPolicy, TablePolicy

STAIRS: Picture = {f"step {n}": {"on": [f"step {n + 1}"], "off": ["dead end"]} for n in range(40)}
"""As long as any budget here: every tactic leads on, and none closes a goal."""


def fresh(
    environment: FakeEnvironment | GraphEnvironment,
    *,
    rule: str = "sum",
    expansions: int = 10,
    record: Callable[[Event], None] | None = None,
) -> Search:
    options = SearchOptions(num_samples=4, max_attempts=2)
    return start(environment, rule=rule, budget=Budget(expansions=expansions), options=options, record=record)


def work(
    search: Search,
    environment: FakeEnvironment | GraphEnvironment,
    policy: HashPolicy | TablePolicy,
    *,
    rng: Random,
) -> None:
    """Drive with several expansions in flight, abandoning some, in an order that `rng` decides."""
    flying: list[Expansion] = []
    while search.done is None:
        search.absorb_values([(number, HashCritic().value(state)) for number, state in search.unscored()])
        flying.extend(search.plan(3 - len(flying)))
        if not flying:
            continue
        expansion = flying.pop(rng.randrange(len(flying)))
        if rng.random() < 0.1:
            search.abandon(expansion.id)
            continue
        for call in search.absorb_candidates(expansion.id, policy.answer(expansion.request())):
            search.absorb_outcomes(expansion.id, environment.run(expansion.path, [call]))
    for expansion in flying:
        search.abandon(expansion.id)


def recorded() -> list[Event]:
    """The events of ten expansions on the stairs."""
    events: list[Event] = []
    environment = GraphEnvironment(STAIRS)
    search = fresh(environment, record=events.append)
    work(search, environment, proposing(STAIRS), rng=Random(0))
    assert search.done is StopReason.EXPANSIONS
    return events


def shape(search: Search) -> list[object]:
    nodes = [(n.index, n.state, n.status, n.cost, n.value, n.attempts, n.unknown) for n in search.graph.nodes]
    edges = [(e.source.index, e.tactic, e.text, e.count, [c.index for c in e.children]) for e in search.graph.edges()]
    return [*nodes, *edges]


@pytest.mark.parametrize("rule", ["token-mean", "critic", "mcts+critic", "beam"])
def test_in_any_world_events_through_json_make_the_same_search(rule: str) -> None:
    for seed in range(6):
        environment = FakeEnvironment(World(seed=seed, num_goals=40))
        events: list[Event] = []
        search = fresh(environment, rule=rule, expansions=30, record=events.append)
        work(search, environment, HashPolicy(), rng=Random(seed))
        read = [from_json(json.loads(json.dumps(to_json(event)))) for event in events]
        assert read == events
        again = fresh(environment, rule=rule, expansions=30)
        list(steps(again, read))
        assert again.in_flight == 0
        check_search(again)
        assert shape(again) == shape(search)
        assert again.done is search.done


def test_a_search_goes_on_with_a_bigger_budget() -> None:
    environment = GraphEnvironment(STAIRS)
    more = fresh(environment, expansions=25)
    list(steps(more, recorded()))
    assert more.spent.expansions == 10
    work(more, environment, proposing(STAIRS), rng=Random(0))
    assert more.done is StopReason.EXPANSIONS
    assert more.spent.expansions == 25


def test_what_was_in_flight_when_a_run_was_killed_is_planned_again() -> None:
    environment = GraphEnvironment(STAIRS)
    events: list[Event] = []
    (lost,) = fresh(environment, record=events.append).plan(1)
    again = fresh(environment)
    list(steps(again, events))
    assert [node.index for node in again.flying_nodes] == [lost.node.index]
    again.abandon(lost.id)
    assert again.plan(1)[0].node.index == lost.node.index


def test_a_search_can_be_stepped_through() -> None:
    again = fresh(GraphEnvironment(STAIRS))
    sizes = [len(again.graph.nodes) for event in steps(again, recorded()) if isinstance(event, Applied)]
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]


def test_events_of_another_search_are_refused() -> None:
    events = recorded()
    wrong = [Planned((e.expansions[0],), (99,)) if isinstance(e, Planned) else e for e in events]
    with pytest.raises(ReplayError, match="recorded"):
        list(steps(fresh(GraphEnvironment(STAIRS)), wrong))
    with pytest.raises(ReplayError, match="another state"):
        list(steps(fresh(GraphEnvironment({"elsewhere": {}})), events))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_json_lacks_is_refused_when_it_is_written(value: float) -> None:
    with pytest.raises(ValueError, match="in an event"):
        to_json(Applied(1, (Proved("rfl", lean_s=value),)))


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"kind_": "planned"},
        {"kind_": "planned", "expansions": 3, "nodes": []},
        {"kind_": "advanced", "state": {"goals": [], "key": ""}, "text": ""},
        {"kind_": "proposed", "expansion": 1, "candidates": [{"tactic": "t", "log_prob": 0.5}]},
        {"kind_": "applied", "expansion": 1, "outcomes": [{"kind_": "rejected", "kind": "nonsense", "message": ""}]},
        {"kind_": "applied", "expansion": 1, "outcomes": [{"kind_": "planned", "expansions": [], "nodes": []}]},
        {"kind_": "abandoned", "expansion": "1"},
        {"kind_": "elsewhere"},
    ],
)
def test_what_is_no_event_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_json(value)
