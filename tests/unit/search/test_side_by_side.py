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
from search.replay import steps
from search.rules import rules_of
from search.side_by_side import AnySearch, SideBySide
from tests.fakes.critic import HashCritic
from tests.fakes.graph import GraphEnvironment, Picture, proposing
from tests.fakes.policy import TablePolicy

TWO_PROOFS: Picture = {
    "root": {"a": ["one"], "b": ["two"], "c": ["stuck"]},
    "one": {"end": []},
    "two": {"end": []},
    "stuck": {},
}
STAIRS: Picture = {f"step {n}": {"on": [f"step {n + 1}"]} for n in range(40)}
"""As long as any budget here."""


def both(
    environment: GraphEnvironment,
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


def run(search: AnySearch, environment: GraphEnvironment, policy: TablePolicy, *, width: int = 2) -> list[Expansion]:
    """Drive to the end; what was expanded, in order."""
    expanded = []
    while search.done is None:
        search.absorb_values([(number, HashCritic().value(state)) for number, state in search.unscored()])
        for expansion in search.plan(width):
            expanded.append(expansion)
            calls = search.absorb_candidates(expansion.id, policy.answer(expansion.request()))
            if calls:
                search.absorb_outcomes(expansion.id, environment.run(expansion.path, calls))
    return expanded


def test_the_searches_share_the_budget_in_equal_parts() -> None:
    environment = GraphEnvironment(STAIRS)
    search = both(environment, budget=Budget(expansions=14))
    expanded = run(search, environment, proposing(STAIRS), width=1)
    result = search.result()
    assert (result.spent.expansions, result.stop_reason) == (14, StopReason.EXPANSIONS)
    assert result.strategy == "token-mean+critic"
    assert sorted(Counter(root_of(expansion.node) for expansion in expanded).values()) == [7, 7]


def test_the_first_proof_ends_all_and_after_a_rejected_one_the_searches_go_on() -> None:
    environment = GraphEnvironment(TWO_PROOFS)
    search, policy, found = both(environment), proposing(TWO_PROOFS), []
    run(search, environment, policy)
    while search.done is StopReason.PROVED:
        proof = search.result().proof
        assert proof is not None
        found.append(proof.script)
        assert search.plan(1) == []
        search.reject()
        run(search, environment, policy)
    assert search.done is StopReason.EXHAUSTED
    assert set(found) == {"a\nend", "b\nend"}


def test_when_nothing_is_left_to_try_in_any_search_all_is_exhausted() -> None:
    environment = GraphEnvironment({"root": {}})
    search = both(environment)
    run(search, environment, proposing({"root": "abc"}))
    assert search.done is StopReason.EXHAUSTED
    assert search.spent.expansions == 2


def test_each_search_answers_under_its_own_ids() -> None:
    search = both(GraphEnvironment(TWO_PROOFS))
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
    environment = GraphEnvironment(TWO_PROOFS)
    search = both(environment)
    run(search, environment, proposing({**TWO_PROOFS, "root": "xyza"}))
    statistics = search.result().statistics
    answered = statistics.advanced + statistics.closed + sum(statistics.refused.values()) + statistics.unknown
    assert answered == search.spent.tactics == environment.calls


@pytest.mark.parametrize("picture", [TWO_PROOFS, STAIRS])
def test_events_make_the_same_searches_again(picture: Picture) -> None:
    environment = GraphEnvironment(picture)
    events: list[Event] = []
    search = both(environment, record=events, experience=Experience())
    run(search, environment, proposing(picture))
    read = [from_json(to_json(event)) for event in events]
    again = both(environment, experience=Experience())
    list(steps(again, read))
    assert (again.done, again.spent) == (search.done, search.spent)
    first, second = search.result(), again.result()
    assert (first.proof, first.statistics) == (second.proof, second.statistics)
