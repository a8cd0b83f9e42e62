"""Best-first search: it finds what is there, says why it stopped, and repeats itself exactly."""

from __future__ import annotations

import pytest

from search import RULES, Budget, Rule, Search, SearchOptions, StopReason
from search.base import Candidate, LogProb, Proved, Rejected, RejectKind, Theorem
from tests.fakes.drive import drive, start
from tests.fakes.graph import GraphEnvironment, Picture, proposing

MAZE: Picture = {
    "root": {"into the circle": ["around"], "split": ["left", "right"], "nowhere": ["dead end"]},
    "around": {"on": ["back"]},
    "back": {"on": ["around"]},
    "left": {"end": []},
    "right": {"apart": ["left", "last"], "nowhere": ["dead end"]},
    "last": {"end": []},
    "dead end": {},
}
PROOF = "split\n· end\n· apart\n  · end\n  · end"
NO_WAY_OUT: Picture = {**MAZE, "last": {}}
STAIRS: Picture = {f"step {n}": {"on": [f"step {n + 1}"]} for n in range(40)}
"""As long as any budget here."""
ROOT = GraphEnvironment({"root": {}})


@pytest.mark.parametrize("width", [1, 2, 5])
@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_finds_the_proof_and_nothing_where_there_is_none(rule: str, width: int) -> None:
    environment = GraphEnvironment(MAZE)
    search = start(environment, rule=rule)
    assert drive(search, environment, proposing(MAZE), width=width, shuffle=width) is StopReason.PROVED
    proof = search.result().proof
    assert proof is not None
    assert proof.script == PROOF
    environment = GraphEnvironment(NO_WAY_OUT)
    search = start(environment, rule=rule)
    assert drive(search, environment, proposing(NO_WAY_OUT), width=width, shuffle=width) is StopReason.EXHAUSTED
    assert search.result().proof is None


def test_equal_answers_give_equal_searches() -> None:
    def run() -> tuple[object, ...]:
        environment = GraphEnvironment(MAZE)
        search = start(environment, seed=7, options=SearchOptions(num_samples=5, max_attempts=2))
        reason = drive(search, environment, proposing(MAZE), width=3, shuffle=1)
        graph = search.graph
        edges = [(e.source.index, e.tactic, e.count, [c.index for c in e.children]) for e in graph.edges()]
        return reason, edges, [node.cost for node in graph.nodes], search.result()

    assert run() == run()


def test_another_seed_draws_other_samples() -> None:
    first, second = (start(ROOT, seed=seed).plan(1)[0].request() for seed in (1, 2))
    assert first.seed != second.seed


def test_a_proof_found_at_the_limit_counts() -> None:
    search = start(ROOT, budget=Budget(expansions=1))
    (expansion,) = search.plan(5)
    assert search.plan(1) == []
    assert search.done is None
    search.absorb_candidates(expansion.id, [Candidate("t0", LogProb(-1.0))])
    search.absorb_outcomes(expansion.id, [Proved("t0")])
    assert search.done is StopReason.PROVED


def test_a_proof_that_comes_in_after_the_time_counts() -> None:
    now = 0.0
    search = Search(
        Theorem("t"),
        ROOT.root,
        rule=Rule.of("sum"),
        budget=Budget(wall_s=1.0),
        clock=lambda: now,
    )
    (expansion,) = search.plan(1)
    now = 2.0
    assert search.done == "wall_time"
    search.absorb_candidates(expansion.id, [Candidate("t0", LogProb(-1.0))])
    search.absorb_outcomes(expansion.id, [Proved("t0")])
    assert search.done is StopReason.PROVED


def test_the_expansion_limit_is_exact() -> None:
    environment = GraphEnvironment(STAIRS)
    search = start(environment, budget=Budget(expansions=17))
    assert drive(search, environment, proposing(STAIRS), width=4) is StopReason.EXPANSIONS
    assert search.spent.expansions == 17


def test_the_tactic_limit_is_exact_and_never_kills_a_node() -> None:
    environment = GraphEnvironment({"root": {}})
    search = start(environment, budget=Budget(tactics=4))
    assert drive(search, environment, proposing({"root": "abcdef"})) is StopReason.TACTICS
    assert (search.spent.tactics, environment.calls) == (4, 4)


def test_when_every_tactic_is_refused_the_search_is_exhausted() -> None:
    search = start(ROOT)
    assert drive(search, ROOT, proposing({"root": "abcdef"})) is StopReason.EXHAUSTED
    assert search.result().statistics.refused == {RejectKind.ERROR: 6}


def test_repeated_tactics_are_not_sent_twice() -> None:
    search = start(ROOT)
    (expansion,) = search.plan(1)
    candidates = [Candidate(t, LogProb(p)) for t, p in (("t0", -2.0), (" t0 ", -1.0), ("", -1.0), ("t1", -3.0))]
    calls = search.absorb_candidates(expansion.id, candidates)
    assert [call.text for call in calls] == ["t0", "t1"]
    assert search.statistics.repeated == 2


def test_an_abandoned_node_is_planned_again() -> None:
    search = start(ROOT)
    (first,) = search.plan(1)
    search.abandon(first.id)
    (second,) = search.plan(1)
    assert second.node is first.node
    with pytest.raises(KeyError):
        search.absorb_candidates(first.id, [])


def test_a_state_is_asked_again_with_what_was_refused() -> None:
    search = start(ROOT, options=SearchOptions(max_attempts=2))
    (first,) = search.plan(1)
    search.absorb_candidates(first.id, [Candidate("t0", LogProb(-1.0))])
    search.absorb_outcomes(first.id, [Rejected(RejectKind.ELABORATION, "unknown identifier 'x'")])
    (again,) = search.plan(1)
    request = again.request()
    assert (request.attempt, request.errors) == (1, (("t0", "unknown identifier 'x'"),))
    assert search.absorb_candidates(again.id, [Candidate("t0", LogProb(-1.0))]) == []
    assert search.done is StopReason.EXHAUSTED
