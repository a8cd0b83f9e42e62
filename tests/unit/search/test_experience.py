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


def closed(experience: Experience, tactic: str) -> None:
    """The tactic was the first of an expansion's calls, and closed the goal."""
    experience.observe(candidate(tactic), 0, is_closed=True)


def refused(experience: Experience, tactic: str) -> None:
    """The tactic was the first of an expansion's calls, and didn't close the goal."""
    experience.observe(candidate(tactic), 0, is_closed=False)


def test_what_does_better_than_its_places_is_run_first() -> None:
    experience = Experience()
    for _ in range(5):
        refused(experience, "simp [f]")
        closed(experience, "omega")
    ordered = experience.ordered([candidate("simp [g]"), candidate("new"), candidate("omega")])
    assert [c.tactic for c in ordered] == ["omega", "new", "simp [g]"]


def test_a_single_success_does_not_bring_a_late_call_to_the_front() -> None:
    experience = Experience()
    closed(experience, "grind")
    given = [candidate(f"t{place}") for place in range(16)] + [candidate("grind")]
    assert experience.ordered(given).index(candidate("grind")) > 4


def test_a_kind_that_is_as_good_as_its_places_stays_where_the_policy_has_it() -> None:
    experience = Experience()
    for turn in range(40):
        experience.observe(candidate("rfl"), 0, is_closed=turn % 3 == 0)
        experience.observe(candidate("omega"), 4, is_closed=turn % 25 == 0)
    given = [candidate("rfl"), candidate("a"), candidate("b"), candidate("c"), candidate("omega")]
    assert experience.ordered(given)[0] == candidate("rfl")


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
    for _ in range(5):
        refused(experience, "t0")
        closed(experience, "t1")
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
