"""Searches that collect: what chance decides to run is run, whatever the order of the policy and the successes."""

from __future__ import annotations

import time
from collections.abc import Sequence

from prover.driver.expanded import Expanded
from prover.driver.loop import SearchLoop
from prover.driver.tracer import Untraced, traced
from search import Budget, Rule, Search, SearchOptions, StopReason
from search.base import Candidate, LogProb, Theorem
from search.collecting import draw
from search.events import Event
from search.replay import steps
from tests.fakes.graph import GraphEnvironment, Picture, proposing

TACTICS = [f"try {number}" for number in range(30)]
WORLD: Picture = {"root": {tactic: ([] if number % 3 == 0 else ["end"]) for number, tactic in enumerate(TACTICS)}}
"""Every third tactic closes the root; the others lead to a dead end."""


class Kept(Untraced):
    """Keeps the expansions."""

    def __init__(self) -> None:
        self.expanded: list[Expanded] = []

    def __call__(self, expanded: Expanded) -> None:
        self.expanded.append(expanded)


async def searched(collect: float, *, seed: int = 0, record: list[Event] | None = None) -> tuple[Search, Kept]:
    environment, kept = GraphEnvironment(WORLD), Kept()
    search = made(environment, collect, seed, record)
    policy = proposing({"root": TACTICS, "end": []})
    await SearchLoop(search, environment, policy, None, width=2, observe=kept, clock=time.monotonic).run()
    return search, kept


def made(environment: GraphEnvironment, collect: float, seed: int, record: list[Event] | None) -> Search:
    return Search(
        Theorem("t"),
        environment.root,
        rule=Rule.of("token-mean"),
        budget=Budget(expansions=5),
        options=SearchOptions(num_samples=4, collect=collect),
        seed=seed,
        record=None if record is None else record.append,
    )


async def test_at_a_whole_state_every_candidate_is_run_also_after_a_success() -> None:
    search, kept = await searched(1.0)
    (root,) = kept.expanded
    tried = [candidate.tactic for candidate, _ in root.tried]
    assert sorted(tried) == sorted(TACTICS) and tried != TACTICS
    assert search.done is StopReason.PROVED
    assert traced(root, index=0, at_s=0.0).is_whole


async def test_a_search_that_does_not_collect_stops_at_the_first_success() -> None:
    _, kept = await searched(0.0)
    (root,) = kept.expanded
    assert [candidate.tactic for candidate, _ in root.tried] == TACTICS[: GraphEnvironment.handful]
    assert not traced(root, index=0, at_s=0.0).is_whole


async def test_a_collecting_search_is_made_again_from_its_events() -> None:
    events: list[Event] = []
    search, _ = await searched(0.5, seed=3, record=events)
    again = made(GraphEnvironment(WORLD), 0.5, 3, None)
    assert len(list(steps(again, events))) == len(events)
    assert again.result().statistics == search.result().statistics


def candidates(count: int) -> Sequence[Candidate]:
    return [Candidate(f"t{number}", LogProb(-1.0)) for number in range(count)]


def test_a_random_choice_says_the_chance_of_each_candidate() -> None:
    chosen = next(made for seed in range(100) if (made := draw(0.01, str(seed))).is_random).chosen(candidates(40), 8)
    assert len(chosen) == 8
    assert {candidate.propensity for candidate in chosen} == {0.2}


def test_the_share_of_whole_states_is_the_one_asked_for_and_depends_on_the_seed_alone() -> None:
    drawn = [draw(0.3, f"0/{number}").is_whole for number in range(2000)]
    assert 0.27 < sum(drawn) / len(drawn) < 0.33
    assert drawn == [draw(0.3, f"0/{number}").is_whole for number in range(2000)]
