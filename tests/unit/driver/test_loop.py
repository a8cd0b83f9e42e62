"""The loop that drives one search: it ends as the search ends, whatever it drops on the way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from prover.driver.loop import SearchLoop
from prover.driver.trace import Untraced
from search import Budget, Rule, Search, SearchOptions, StopReason
from search.base import Outcome, Path, TacticCall, Theorem
from search.check import check_search
from tests.fakes.critic import HashCritic
from tests.fakes.environment import FakeEnvironment, World, check_script, draw
from tests.fakes.policy import AllTactics, HashPolicy


class Sluggish(FakeEnvironment):
    """Answers after a moment that differs from call to call, so that answers overtake each other."""

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        """As the fake does, later."""
        await asyncio.sleep(draw(self.world.seed, self.calls) % 4 / 4000)
        return self.run(path, calls)


@pytest.mark.parametrize("rule", ["token-mean", "mcts+critic"])
async def test_expansions_that_are_no_longer_wanted_do_not_end_the_search(rule: str) -> None:
    reasons = set()
    for seed in range(25):
        world = World(seed=seed, num_names=1 + seed % 3)
        environment = Sluggish(world)
        search = Search(
            Theorem("t"),
            environment.root,
            rule=Rule.of(rule),
            budget=Budget(expansions=60, wall_s=20.0),
            options=SearchOptions(num_samples=4, max_attempts=3, piece=(None, 2)[seed % 2]),
        )
        loop = SearchLoop(
            search, environment, HashPolicy(), HashCritic(), width=4, observe=Untraced(), clock=time.monotonic
        )
        await asyncio.wait_for(loop.run(), 20)
        check_search(search)
        assert search.done is not None
        reasons.add(search.done)
        proof = search.result().proof
        if proof is not None:
            check_script(world, 0, proof.script)
    assert reasons >= {StopReason.PROVED}


async def test_leans_seconds_end_an_expansion_between_two_handfuls_of_tactics() -> None:
    environment = FakeEnvironment(World(num_goals=500, num_tactics=40, shares=(1, 0, 0, 0, 1)))
    search = Search(
        Theorem("t"),
        environment.root,
        rule=Rule.of("sum"),
        budget=Budget(lean_s=0.002),
        options=SearchOptions(num_samples=40),
    )
    loop = SearchLoop(search, environment, AllTactics(40), None, width=1, observe=Untraced(), clock=time.monotonic)
    await loop.run()
    assert search.done is StopReason.LEAN_TIME
    assert environment.calls == 8


@pytest.mark.parametrize("reading", range(2, 7))
async def test_time_that_runs_out_at_any_reading_of_the_clock_ends_the_search(reading: int) -> None:
    times = iter([0.0] * reading)
    environment = FakeEnvironment(World(num_goals=500, shares=(1, 0, 0, 0, 1)))
    search = Search(
        Theorem("t"),
        environment.root,
        rule=Rule.of("sum"),
        budget=Budget(wall_s=5.0),
        clock=lambda: next(times, 10.0),
    )
    await SearchLoop(search, environment, AllTactics(6), None, width=1, observe=Untraced(), clock=lambda: 0.0).run()
    assert search.done is StopReason.WALL_TIME
