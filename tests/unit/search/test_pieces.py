"""Candidates run in pieces: the likeliest first, then whatever is likeliest anywhere."""

from __future__ import annotations

from search import Budget, Rule, Search, SearchOptions, StopReason
from search.base import Advanced, Candidate, Goal, LogProb, ProofState, Proved, Rejected, RejectKind, Theorem
from search.check import check_search
from search.expansion import Expansion

REFUSED = Rejected(RejectKind.ERROR, "")


def state(key: str) -> ProofState:
    return ProofState((Goal(key, key=key),), key, ((0,),))


def search_in_pieces(piece: int, *, rule: str = "sum", budget: Budget | None = None) -> Search:
    return Search(
        Theorem("t"),
        state("r"),
        rule=Rule.of(rule),
        budget=budget or Budget(expansions=10),
        options=SearchOptions(piece=piece),
        clock=lambda: 0.0,
    )


def candidates(**log_probs: float) -> list[Candidate]:
    return [Candidate(tactic, LogProb(log_prob)) for tactic, log_prob in log_probs.items()]


def calls_of(search: Search, expansion: Expansion, answer: list[Candidate]) -> list[str]:
    calls = [call.text for call in search.absorb_candidates(expansion.id, answer)]
    check_search(search)
    return calls


def test_a_likely_child_comes_before_the_unlikely_rest() -> None:
    search = search_in_pieces(1)
    (root,) = search.plan(1)
    assert calls_of(search, root, candidates(a=-1.0, b=-5.0)) == ["a"]
    search.absorb_outcomes(root.id, [Advanced(state("x"), "a")])
    (child,) = search.plan(1)
    assert (child.state.key, child.given) == ("x", None)
    assert calls_of(search, child, candidates(c=-9.0)) == ["c"]
    search.absorb_outcomes(child.id, [REFUSED])
    (again,) = search.plan(1)
    assert again.state.key == "r"
    assert [c.tactic for c in again.given or ()] == ["b"]


def test_a_likely_rest_comes_before_an_unlikely_child() -> None:
    search = search_in_pieces(1)
    (root,) = search.plan(1)
    calls_of(search, root, candidates(a=-3.0, b=-1.0))
    search.absorb_outcomes(root.id, [Advanced(state("x"), "a")])
    assert search.plan(1)[0].state.key == "r"


def test_what_is_left_needs_no_policy_and_is_no_expansion() -> None:
    search = search_in_pieces(2, budget=Budget(expansions=2))
    (root,) = search.plan(1)
    assert calls_of(search, root, candidates(a=-1.0, b=-1.0, c=-2.0)) == ["a", "b"]
    search.absorb_outcomes(root.id, [REFUSED, REFUSED])
    (again,) = search.plan(1)
    assert calls_of(search, again, []) == ["c"]
    search.absorb_outcomes(again.id, [REFUSED])
    assert search.spent.expansions == 1
    assert search.statistics.proposed == 3
    assert search.done is StopReason.EXHAUSTED


def test_what_was_not_answered_when_an_expansion_was_given_back_is_run_later() -> None:
    search = search_in_pieces(4)
    (root,) = search.plan(1)
    calls_of(search, root, candidates(a=-1.0, b=-2.0, c=-3.0))
    search.absorb_outcomes(root.id, [REFUSED])
    search.abandon(root.id)
    check_search(search)
    (again,) = search.plan(1)
    assert calls_of(search, again, []) == ["b", "c"]
    search.absorb_outcomes(again.id, [REFUSED, Proved("c")])
    assert search.done is StopReason.PROVED


def test_the_tactic_budget_leaves_the_rest_where_it_is() -> None:
    search = search_in_pieces(4, budget=Budget(tactics=1))
    (root,) = search.plan(1)
    assert calls_of(search, root, candidates(a=-1.0, b=-2.0)) == ["a"]
    search.absorb_outcomes(root.id, [REFUSED])
    assert search.done is StopReason.TACTICS
    search.budget = Budget(tactics=2)
    assert calls_of(search, search.plan(1)[0], []) == ["b"]


def test_puct_widens_by_the_rest() -> None:
    search = search_in_pieces(1, rule="mcts")
    order = []
    for number in range(6):
        (expansion,) = search.plan(1)
        order.append(expansion.state.key)
        key = f"{number}"
        calls_of(search, expansion, candidates(a=-1.0, b=-1.2, c=-1.4))
        search.absorb_outcomes(expansion.id, [Advanced(state(key), "")])
        check_search(search)
    assert order.count("r") > 1
    assert len(set(order)) > 2
