"""Solver probes and the order that a run learns."""

from __future__ import annotations

from search import Budget, Rule, Search, SearchOptions
from search.base import Candidate, LogProb, Proved, Rejected, RejectKind, Theorem
from search.events import Event
from search.experience import PROBES, Experience
from search.replay import steps
from tests.fakes.graph import GraphEnvironment

ROOT = GraphEnvironment({"root": {}}).root
REFUSED = Rejected(RejectKind.ERROR, "", lean_s=0.01)


def candidate(tactic: str, log_prob: float = -1.0, origin: str = "") -> Candidate:
    return Candidate(tactic, LogProb(log_prob), origin=origin)


def search_with(experience: Experience | None = None) -> Search:
    return Search(
        Theorem("t"),
        ROOT,
        rule=Rule.of("sum"),
        budget=Budget(expansions=10),
        options=SearchOptions(max_attempts=2, probes=tuple(p for p in PROBES if p.tactic in ("omega", "grind"))),
        clock=lambda: 0.0,
        experience=experience,
    )


def test_probes_are_run_beside_the_policy_at_the_first_expansion_of_a_state() -> None:
    search = search_with()
    (first,) = search.plan(1)
    calls = search.absorb_candidates(first.id, [candidate("t0"), candidate("grind")])
    assert [call.text for call in calls] == ["t0", "grind", "omega"]
    assert calls[2].limits.wall_s == 1.0
    assert [c.tactic for c in first.candidates] == [call.text for call in calls]
    search.absorb_outcomes(first.id, [REFUSED] * 3)
    (again,) = search.plan(1)
    assert [call.text for call in search.absorb_candidates(again.id, [candidate("t1")])] == ["t1"]


def test_probes_are_run_where_the_policy_says_nothing() -> None:
    search = search_with()
    (first,) = search.plan(1)
    assert [call.text for call in search.absorb_candidates(first.id, [])] == ["omega", "grind"]


def test_what_closes_goals_is_run_first() -> None:
    experience = Experience()
    for _ in range(5):
        experience.observe(candidate("simp [f]"), REFUSED)
        experience.observe(candidate("omega"), Proved("omega", lean_s=0.01))
    ordered = experience.ordered([candidate("simp [g]"), candidate("new"), candidate("omega")])
    assert [c.tactic for c in ordered] == ["omega", "new", "simp [g]"]


def test_what_costs_less_is_run_first() -> None:
    experience = Experience()
    for tactic, lean_s in (("slow", 1.0), ("fast", 0.001)):
        for _ in range(5):
            experience.observe(candidate(tactic), Proved(tactic, lean_s=lean_s))
    assert [c.tactic for c in experience.ordered([candidate("slow"), candidate("fast")])] == ["fast", "slow"]


def test_without_experience_the_policys_order_stays() -> None:
    given = [candidate("b"), candidate("a"), candidate("c")]
    assert Experience().ordered(given) == given


def test_a_search_learns_and_uses_the_order() -> None:
    experience = Experience()
    for _ in range(3):
        search = search_with(experience)
        (first,) = search.plan(1)
        calls = search.absorb_candidates(first.id, [candidate("t0"), candidate("t1")])
        search.absorb_outcomes(first.id, [Proved(c.text) if c.text == "grind" else REFUSED for c in calls])
    (first,) = (search := search_with(experience)).plan(1)
    assert search.absorb_candidates(first.id, [candidate("t0"), candidate("t1")])[0].text == "grind"


def test_a_learned_order_is_replayed_without_the_experience() -> None:
    experience = Experience()
    experience.observe(candidate("t1"), Proved("t1", lean_s=0.001))
    events: list[Event] = []
    search = Search(
        Theorem("t"),
        ROOT,
        rule=Rule.of("sum"),
        budget=Budget(expansions=10),
        clock=lambda: 0.0,
        experience=experience,
        record=events.append,
    )
    (first,) = search.plan(1)
    calls = search.absorb_candidates(first.id, [candidate("t0"), candidate("t1")])
    assert [call.text for call in calls] == ["t1", "t0"]
    search.absorb_outcomes(first.id, [Proved("t1"), REFUSED])
    again = Search(
        Theorem("t"),
        ROOT,
        rule=Rule.of("sum"),
        budget=Budget(expansions=10),
        clock=lambda: 0.0,
    )
    list(steps(again, events))
    proof = again.result().proof
    assert proof is not None
    assert proof.script == "t1"
