"""A proof that the judge does not accept: the search takes it back and goes on to another one."""

from __future__ import annotations

import pytest

from search import Budget, Rule, Search, SearchOptions, StopReason
from search.base import Theorem
from search.check import check_search
from search.events import Event, Overruled, Planned
from search.replay import replay
from tests.fakes.drive import drive
from tests.fakes.environment import FakeEnvironment, World, check_script
from tests.fakes.policy import AllTactics


def fresh(
    environment: FakeEnvironment, rule: str, *, record: list[Event] | None = None, piece: int | None = 3
) -> Search:
    return Search(
        Theorem("t"),
        environment.root,
        rule=Rule.of(rule),
        budget=Budget(expansions=60),
        options=SearchOptions(max_attempts=2, piece=piece),
        clock=lambda: 0.0,
        record=None if record is None else record.append,
    )


def proofs(search: Search, environment: FakeEnvironment) -> list[str]:
    """Every proof that comes out when each is rejected in turn."""
    found = []
    while drive(search, environment, AllTactics(), check=False) is StopReason.PROVED:
        proof = search.result().proof
        assert proof is not None
        found.append(proof.script)
        search.reject()
        check_search(search)
    return found


@pytest.mark.parametrize("rule", ["token-mean", "critic", "mcts", "beam", "breadth-first"])
def test_every_proof_after_a_rejected_one_is_another_proof(rule: str) -> None:
    several = 0
    for seed in range(8):
        world = World(seed=seed, num_goals=10, num_names=1 + seed % 2)
        environment = FakeEnvironment(world)
        search = fresh(environment, rule)
        found = proofs(search, environment)
        assert len(found) == search.result().statistics.overruled
        assert world.num_names > 1 or len(set(found)) == len(found)  # a twin may bring the same text once more
        for script in found:
            check_script(world, 0, script)
        several += len(found) > 1
    assert several > 1


def test_a_search_without_a_proof_has_nothing_to_reject() -> None:
    environment = FakeEnvironment(World())
    with pytest.raises(ValueError, match="not proven"):
        fresh(environment, "sum").reject()


def test_a_rejected_proof_is_part_of_the_record() -> None:
    compared = 0
    for seed in range(12):
        environment = FakeEnvironment(World(seed=seed, num_goals=10))
        events: list[Event] = []
        search = fresh(environment, "token-mean", record=events, piece=None)
        found = proofs(search, environment)
        again = fresh(environment, "token-mean", piece=None)
        replay(again, events)
        check_search(again)
        assert sum(isinstance(event, Overruled) for event in events) == len(found)
        assert [n.status for n in again.graph.nodes] == [n.status for n in search.graph.nodes]
        compared += bool(found)
    assert compared > 2


@pytest.mark.parametrize("rule", ["token-mean", "critic", "mcts", "beam"])
def test_for_a_shorter_proof_only_states_near_the_root_are_expanded(rule: str) -> None:
    shortened = 0
    for seed in range(10):
        environment = FakeEnvironment(World(seed=seed, num_goals=14, shares=(50, 4, 2, 8, 36)))
        events: list[Event] = []
        search = fresh(environment, rule, record=events, piece=None)
        if drive(search, environment, AllTactics(), check=False) is not StopReason.PROVED:
            continue
        first = search.result().proof
        assert first is not None
        search.reject()
        search.want_below(len(first.tactics))
        check_search(search)
        num_before = len(events)
        drive(search, environment, AllTactics(), check=False)
        check_search(search)
        planned = [i for event in events[num_before:] if isinstance(event, Planned) for i in event.nodes]
        assert all(search.graph.nodes[index].trail.steps < len(first.tactics) - 1 for index in planned)
        shortened += bool(planned)
        search.want_below(None)
        drive(search, environment, AllTactics(), check=False)
        check_search(search)
        again = fresh(environment, rule, piece=None)
        replay(again, events)
        assert [n.status for n in again.graph.nodes] == [n.status for n in search.graph.nodes]
    assert shortened > 1
