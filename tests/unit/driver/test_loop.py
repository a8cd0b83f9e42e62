"""The loop that drives one search: it ends as the search ends, whatever it drops on the way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from prover.driver import loop
from prover.driver.loop import SearchLoop
from prover.driver.tracer import Untraced
from search import Budget, Rule, Search, SearchOptions, StopReason
from search.base import Environment, Outcome, Path, Policy, Premise, TacticCall, Theorem
from search.check import check_search
from tests.fakes.critic import HashCritic
from tests.fakes.environment import FakeEnvironment, World, check_script, draw
from tests.fakes.graph import GraphEnvironment, Picture, proposing
from tests.fakes.policy import AllTactics, HashPolicy

SPLIT: Picture = {
    "root": {"split": ["left", "right"]},
    "left": {"a": ["left quick"], "b": ["left stuck"]},
    "left quick": {"end": []},
    "left stuck": {"end": []},
    "right": {"c": ["right patient"]},
    "right patient": {"end": []},
}


class Waiting(GraphEnvironment):
    """Never answers at `left stuck`. Answers at `left quick` once it is asked there, and at `right patient` once the
    question at `left stuck` was dropped."""

    def __init__(self) -> None:
        super().__init__(SPLIT)
        self.stuck = asyncio.Event()
        self.dropped = asyncio.Event()

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        (goal,) = self.goals_at(path)
        if goal == "left stuck":
            self.stuck.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.dropped.set()
        if goal == "left quick":
            await self.stuck.wait()
        if goal == "right patient":
            await self.dropped.wait()
        return await super().apply(path, calls)


def searched(environment: GraphEnvironment | FakeEnvironment, rule: str, piece: int | None) -> Search:
    return Search(
        Theorem("t"),
        environment.root,
        rule=Rule.of(rule),
        budget=Budget(expansions=60, wall_s=20.0),
        options=SearchOptions(num_samples=4, max_attempts=3, piece=piece),
    )


async def drive(search: Search, environment: Environment, policy: Policy) -> None:
    """Four expansions in flight; the search has to end in time and whole."""
    driving = SearchLoop(search, environment, policy, HashCritic(), width=4, observe=Untraced(), clock=time.monotonic)
    await asyncio.wait_for(driving.run(), 20)
    check_search(search)


@pytest.mark.parametrize("piece", [None, 2])
@pytest.mark.parametrize("rule", ["token-mean", "mcts+critic"])
async def test_expansions_that_are_no_longer_wanted_do_not_end_the_search(rule: str, piece: int | None) -> None:
    environment = Waiting()
    policy = proposing({goal: list(tactics) for goal, tactics in SPLIT.items()})
    search = searched(environment, rule, piece)
    await drive(search, environment, policy)
    assert search.done is StopReason.PROVED
    proof = search.result().proof
    assert proof is not None
    assert proof.script == "split\n· a\n  end\n· c\n  end"
    assert environment.dropped.is_set()


class Sluggish(FakeEnvironment):
    """Answers after a moment that differs from call to call, so that answers overtake each other."""

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        """As the fake does, later."""
        await asyncio.sleep(draw(self.world.seed, self.calls) % 4 / 4000)
        return self.run(path, calls)


@pytest.mark.parametrize("rule", ["token-mean", "mcts+critic"])
async def test_answers_may_overtake_each_other_in_any_world(rule: str) -> None:
    for seed in range(25):
        world = World(seed=seed, num_names=1 + seed % 3)
        environment = Sluggish(world)
        search = searched(environment, rule, (None, 2)[seed % 2])
        await drive(search, environment, HashPolicy())
        assert search.done is not None
        proof = search.result().proof
        assert (proof is not None) == (search.done is StopReason.PROVED)
        if proof is not None:
            check_script(world, 0, proof.script)


async def test_tactics_that_need_no_premise_do_not_wait_for_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    class Indexing(GraphEnvironment):
        """Is never done with its index."""

        async def premises(self, path: Path, limit: int) -> Sequence[Premise]:
            await asyncio.Event().wait()
            raise AssertionError("it was answered")

    monkeypatch.setattr(loop, "_PREMISES_S", 0.01)
    environment = Indexing({"root": {"a": []}})
    policy = proposing({"root": ["a"]})
    policy.num_premises = 8
    search = searched(environment, "sum", None)
    await drive(search, environment, policy)
    assert search.done is StopReason.PROVED


async def test_leans_seconds_end_an_expansion_between_two_handfuls_of_tactics() -> None:
    environment = FakeEnvironment(World(num_goals=500, num_tactics=40, shares=(0, 0, 0, 0, 1)))
    search = Search(
        Theorem("t"),
        environment.root,
        rule=Rule.of("sum"),
        budget=Budget(lean_s=0.002),
        options=SearchOptions(num_samples=40),
    )
    driving = SearchLoop(search, environment, AllTactics(40), None, width=1, observe=Untraced(), clock=time.monotonic)
    await driving.run()
    assert search.done is StopReason.LEAN_TIME
    assert environment.calls == 8


@pytest.mark.parametrize("reading", range(2, 7))
async def test_time_that_runs_out_at_any_reading_of_the_clock_ends_the_search(reading: int) -> None:
    times = iter([0.0] * reading)
    environment = FakeEnvironment(World(num_goals=500, shares=(0, 0, 0, 0, 1)))
    search = Search(
        Theorem("t"),
        environment.root,
        rule=Rule.of("sum"),
        budget=Budget(wall_s=5.0),
        clock=lambda: next(times, 10.0),
    )
    await SearchLoop(search, environment, AllTactics(6), None, width=1, observe=Untraced(), clock=lambda: 0.0).run()
    assert search.done is StopReason.WALL_TIME
