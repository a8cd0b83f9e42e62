"""Lean workers in actors: an actor that is lost costs no outcome, and is told of theorems again.

What pools of actors share with pools of processes is tested over both (`tests/process/lean/test_pool.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from prover.cluster.actor_seat import ActorLimits, actor_pool
from prover.driver.meters import lean_load
from prover.errors import WorkerStartFailed
from prover.keeper import Patience
from prover.lean.pool import LeanPool, Queueing
from prover.lean.problem import Problem
from prover.lean.theorem import OpenTheorem
from search.base import Advanced, Crashed, Outcome, Step, TacticCall
from tests.fakes.cluster import FakeHandle, FakeLean

QUEUE = Queueing(steal_after_s=0.0)
QUICK = ActorLimits(starts=Patience(retries=2, pause_s=0.0), queueing=QUEUE, health_every_s=0.001)
SIMPLE = Problem("foo", "", "theorem foo : p := by sorry")


@asynccontextmanager
async def actors(
    count: int, make: Callable[[], FakeLean] = FakeLean, limits: ActorLimits = QUICK
) -> AsyncIterator[tuple[LeanPool, list[FakeHandle]]]:
    handles = [FakeHandle(make, f"lean {index}") for index in range(count)]
    async with actor_pool(handles, fingerprint="fake", limits=limits) as pool:
        await pool.ready(count=count)
        yield pool, handles
    assert all(handle.is_ended for handle in handles)


async def opened(pool: LeanPool, problem: Problem = SIMPLE) -> OpenTheorem:
    theorem = await pool.open(problem)
    assert isinstance(theorem, OpenTheorem)
    return theorem


async def apply(theorem: OpenTheorem, *texts: str) -> list[Outcome]:
    return list(await theorem.apply((), [TacticCall(text) for text in texts]))


def served(handle: FakeHandle) -> int:
    return handle.calls["apply"]


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_theorem_stays_with_the_actor_that_holds_it() -> None:
    async with actors(3) as (pool, handles):
        theorem = await opened(pool)
        for _ in range(5):
            await apply(theorem, "a")
        assert sorted(served(handle) for handle in handles) == [0, 0, 5]
        assert sum(handle.calls["open"] for handle in handles) == 1


async def test_theorems_spread_over_actors_that_are_at_work() -> None:
    gate = asyncio.Event()
    async with actors(2, lambda: FakeLean(gate=gate)) as (pool, handles):
        theorems = [await opened(pool), await opened(pool)]
        asking = [asyncio.create_task(apply(theorem, "a")) for theorem in theorems]
        await asyncio.sleep(0.01)
        gate.set()
        await asyncio.gather(*asking)
        assert [served(handle) for handle in handles] == [1, 1]


async def test_an_idle_actor_takes_what_waits_for_another_and_is_told_of_the_theorem() -> None:
    gate = asyncio.Event()
    async with actors(2, lambda: FakeLean(gate=gate)) as (pool, handles):
        theorem = await opened(pool)
        asking = [asyncio.create_task(apply(theorem, text)) for text in "ab"]
        await asyncio.sleep(0.01)
        assert [host.at_work for host in hosts(handles)] == [1, 1]
        gate.set()
        outcomes = await asyncio.gather(*asking)
        assert [outcome[0].state.key for outcome in outcomes if isinstance(outcome[0], Advanced)] == ["a", "b"]


async def test_what_grows_from_a_state_stays_with_the_actor_that_served_it() -> None:
    gate = asyncio.Event()
    async with actors(2, lambda: FakeLean(gate=gate)) as (pool, handles):
        theorem = await opened(pool)
        ways = [(Step("x"),), (Step("y"),)]
        asking = [asyncio.create_task(theorem.apply(way, [TacticCall("t")])) for way in ways]
        await settle()
        gate.set()
        await asyncio.gather(*asking)
        for way in ways:
            await theorem.apply((*way, Step("t")), [TacticCall("u")])
        texts = [[[step.tactic for step in path] for _, path, _ in host.applied] for host in hosts(handles)]
        assert texts == [[["x"], ["x", "t"]], [["y"], ["y", "t"]]]


async def test_an_idle_actor_takes_what_waits_of_a_theorem_that_it_knows_before_what_waits_longer() -> None:
    async with actors(2, limits=replace(QUICK, queueing=replace(QUEUE, in_flight=1))) as (pool, handles):
        first, second = hosts(handles)
        mine, others, unknown = [await opened(pool) for _ in range(3)]  # at the first actor, the second, the first
        first.gate = asyncio.Event()
        asking = [asyncio.create_task(mine.apply((Step(name),), [TacticCall("t")])) for name in "xy"]
        while not second.applied:  # the second took y
            await asyncio.sleep(0)
        second.gate = asyncio.Event()
        asking += [asyncio.create_task(apply(theorem, "t")) for theorem in (others, unknown)]
        asking.append(asyncio.create_task(mine.apply((Step("x"), Step("t")), [TacticCall("u")])))
        await settle()
        second.gate.set()
        while len(second.applied) < 3:
            await asyncio.sleep(0)
        assert [calls for _, _, calls in second.applied] == [("t",), ("t",), ("u",)]
        first.gate.set()
        await asyncio.gather(*asking)


def hosts(handles: list[FakeHandle]) -> list[FakeLean]:
    return [handle.host for handle in handles if isinstance(handle.host, FakeLean)]


async def test_an_actor_has_one_request_at_work_and_one_on_the_way() -> None:
    gate = asyncio.Event()
    async with actors(1, lambda: FakeLean(gate=gate)) as (pool, handles):
        theorem = await opened(pool)
        asking = [asyncio.create_task(apply(theorem, text)) for text in "abcd"]
        await settle()
        assert hosts(handles)[0].at_work == 2
        assert pool.health().waiting == 2
        gate.set()
        await asyncio.gather(*asking)
        assert pool.health().waiting == 0


async def test_an_actor_is_busy_while_a_request_is_at_work() -> None:
    now = 0.0
    gate = asyncio.Event()
    async with actor_pool([FakeHandle(lambda: FakeLean(gate=gate), "lean")], limits=QUICK, clock=lambda: now) as pool:
        theorem = await opened(pool)
        asking = [asyncio.create_task(apply(theorem, text)) for text in "ab"]
        await settle()
        now = 4.0
        gate.set()
        await asyncio.gather(*asking)
        now = 11.0
        (worker,) = pool.health().workers
        assert worker.busy_s == 4.0


async def test_a_lost_actor_costs_no_outcome() -> None:
    async with actors(2) as (pool, handles):
        theorem = await opened(pool)
        handles[0].lose_on("apply")
        handles[1].lose_on("apply")
        for _ in range(4):
            (outcome,) = await apply(theorem, "a")
            assert isinstance(outcome, Advanced)
        assert pool.health().restarts >= 1


async def test_an_actor_that_was_started_again_unnoticed_is_told_of_the_theorem_again() -> None:
    async with actors(1) as (pool, handles):
        theorem = await opened(pool)
        handles[0].lose()
        assert isinstance((await apply(theorem, "a"))[0], Advanced)


async def test_a_tactic_whose_actors_are_lost_again_and_again_is_unknown() -> None:
    async with actors(1) as (pool, handles):
        theorem = await opened(pool)
        handles[0].lose_on("apply", times=1000)
        (outcome,) = await apply(theorem, "a")
        assert isinstance(outcome, Crashed)
        assert "lost" in outcome.cause


async def test_a_cancelled_caller_frees_the_actor() -> None:
    gate = asyncio.Event()
    async with actors(1, lambda: FakeLean(gate=gate)) as (pool, handles):
        theorem = await opened(pool)
        asking = [asyncio.create_task(apply(theorem, text)) for text in "abc"]
        await settle()
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        assert hosts(handles)[0].at_work == 0
        assert pool.health().waiting == 0
        gate.set()
        assert isinstance((await apply(theorem, "d"))[0], Advanced)


async def test_closing_a_theorem_is_told_to_every_actor_that_knows_it() -> None:
    async with actors(2) as (pool, handles):
        theorem = await opened(pool)
        await theorem.close()
        await settle()
        assert not any(host.known for host in hosts(handles))


async def test_an_actor_with_another_lean_is_not_used() -> None:
    handles = [FakeHandle(lambda: FakeLean("other"))]
    async with actor_pool(handles, fingerprint="fake", limits=QUICK) as pool:
        with pytest.raises(WorkerStartFailed, match="another Lean"):
            await pool.ready()
        with pytest.raises(WorkerStartFailed, match="another Lean"):
            await pool.open(SIMPLE)


async def test_when_every_actor_is_gone_for_good_what_waits_is_told_so() -> None:
    gate = asyncio.Event()
    async with actors(1, lambda: FakeLean(gate=gate)) as (pool, handles):
        theorem = await opened(pool)
        asking = [asyncio.create_task(apply(theorem, text)) for text in "abc"]
        await settle()
        handles[0].lose(for_good=True)
        outcomes = await asyncio.gather(*asking)
        assert all(isinstance(outcome, Crashed) for (outcome,) in outcomes)


async def test_the_time_without_any_actor_is_counted() -> None:
    now = 0.0
    handles = [FakeHandle(FakeLean)]
    async with actor_pool(handles, limits=QUICK, clock=lambda: now) as pool:
        now = 3.0
        assert pool.outage_s() == 3.0
        await pool.ready()
        now = 10.0
        assert pool.outage_s() == 3.0


async def test_sizes_are_asked_for_now_and_then() -> None:
    async with actors(2) as (pool, _):
        while lean_load(pool.health()).gauges["memory_of_workers_MB"] < 2:
            await asyncio.sleep(0.001)
        assert lean_load(pool.health()).counts == {"lean": 2}


async def test_many_actors_are_asked_less_often() -> None:
    async with actors(8, limits=replace(QUICK, health_calls_a_second=10.0)) as (_, handles):
        await asyncio.sleep(0.02)
        assert not any(handle.calls["health"] for handle in handles)
