"""A proof that the judge does not accept: the search takes it back and goes on to another one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search import RULES, Budget, Search, SearchOptions, StopReason
from search.check import check_search
from search.events import Event, Overruled, Planned
from search.replay import steps
from tests.fakes.drive import drive, start
from tests.fakes.graph import GraphEnvironment, Picture, proposing

THREE_PROOFS: Picture = {
    "root": {"a": ["one"], "b": ["two"], "c": ["three"], "d": ["stuck"]},
    "one": {"end": []},
    "two": {"end": []},
    "three": {"split": ["left", "right"]},
    "left": {"end": []},
    "right": {"close": []},
    "stuck": {},
}
LONG_AND_SHORT: Picture = {
    "root": {"long": ["long 1"], "b": ["stuck"], "c": ["stuck"], "d": ["stuck"], "short": ["short 1"]},
    "long 1": {"on": ["long 2"], "astray": ["off 1"]},
    "long 2": {"on": ["long 3"]},
    "long 3": {"end": []},
    "short 1": {"along": ["short 2"]},
    "short 2": {"close": []},
    "off 1": {"off": ["off 2"]},
    "off 2": {"off": ["off 3"]},
    "off 3": {},
    "stuck": {},
}


def fresh(
    environment: GraphEnvironment, rule: str, *, record: Callable[[Event], None] | None = None, piece: int | None = None
) -> Search:
    options = SearchOptions(max_attempts=2, piece=piece)
    return start(environment, rule=rule, budget=Budget(expansions=60), options=options, record=record)


def proof_of(search: Search) -> str:
    proof = search.result().proof
    assert proof is not None
    return proof.script


def expanded(search: Search, events: list[Event]) -> set[str]:
    planned = [index for event in events if isinstance(event, Planned) for index in event.nodes]
    return {search.graph.nodes[index].state.key for index in planned}


@pytest.mark.parametrize("piece", [None, 1, 3])
@pytest.mark.parametrize("rule", RULES)
def test_every_proof_after_a_rejected_one_is_another_proof(rule: str, piece: int | None) -> None:
    environment, events = GraphEnvironment(THREE_PROOFS), list[Event]()
    search, policy = fresh(environment, rule, record=events.append, piece=piece), proposing(THREE_PROOFS)
    found = []
    while drive(search, environment, policy) is StopReason.PROVED:
        found.append(proof_of(search))
        search.reject()
        check_search(search)
    assert search.done is StopReason.EXHAUSTED
    assert sorted(found) == ["a\nend", "b\nend", "c\nsplit\n· end\n· close"]
    assert search.result().statistics.overruled == sum(isinstance(event, Overruled) for event in events) == 3
    again = fresh(environment, rule, piece=piece)
    list(steps(again, events))
    check_search(again)
    assert [node.status for node in again.graph.nodes] == [node.status for node in search.graph.nodes]


def test_a_search_without_a_proof_has_nothing_to_reject() -> None:
    with pytest.raises(ValueError, match="not proven"):
        fresh(GraphEnvironment(THREE_PROOFS), "sum").reject()


@pytest.mark.parametrize("rule", ["sum", "token-mean", "length-normalised", "depth-first"])
def test_for_a_shorter_proof_only_states_near_the_root_are_expanded(rule: str) -> None:
    environment, events = GraphEnvironment(LONG_AND_SHORT), list[Event]()
    search, policy = fresh(environment, rule, record=events.append), proposing(LONG_AND_SHORT)
    assert drive(search, environment, policy) is StopReason.PROVED
    assert proof_of(search) == "long\non\non\nend"
    search.reject()
    search.want_below(4)
    check_search(search)
    num_before = len(events)
    assert drive(search, environment, policy) is StopReason.PROVED
    assert proof_of(search) == "short\nalong\nclose"
    assert not expanded(search, events[num_before:]) & {"long 3", "off 2", "off 3"}
    search.reject()
    search.want_below(None)
    assert drive(search, environment, policy) is StopReason.EXHAUSTED
    assert expanded(search, events[num_before:]) >= {"off 2", "off 3"}
    again = fresh(environment, rule)
    list(steps(again, events))
    assert [node.status for node in again.graph.nodes] == [node.status for node in search.graph.nodes]
