"""One fault at a time: what it costs, and that the pool serves on."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace

import pytest

from prover.errors import MemoryLacking, WorkerDied, WorkerStartFailed
from prover.lean.pool_health import PoolEvent
from prover.lean.problem import Problem
from prover.lean.process_seat import ProcessLimits, local_pool
from search.base import Advanced, Crashed, LimitKind, Proved, Step, TimedOut
from tests.fakes.toolchain import POOL, QUICK, SIMPLE, FakeToolchain, MakePool, call, calls, census, opened
from tests.processes import gone

pytestmark = [pytest.mark.timeout(30)]


def problem(name: str) -> Problem:
    return Problem(name, "import Init\n", f"theorem {name} : p := by sorry")


async def test_a_crash_costs_the_tactic_and_not_its_batch(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        ok, die, done = await theorem.apply((), calls("ok", "die", "done"))
        assert isinstance(ok, Advanced)
        assert isinstance(die, Crashed)
        assert "status 139" in die.cause
        assert isinstance(done, Proved)
        assert workers.health().restarts == 2


async def test_states_are_rebuilt_by_replay_after_a_death(pool: MakePool) -> None:
    path = (Step("split", (1,)), Step("ok 1"), Step("ok 2"))
    async with pool() as workers:
        theorem = await opened(workers)
        before = await theorem.apply(path, calls("ok 3"))
        await theorem.apply((), calls("die"))
        assert await theorem.apply(path, calls("ok 3")) == before


async def test_a_tactic_that_ignores_its_limit_is_a_time_out_and_the_rest_goes_on(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        hang, ok = await asyncio.gather(theorem.apply((), [call("hang", wall_s=0.1)]), theorem.apply((), [call("ok")]))
        assert isinstance(hang[0], TimedOut)
        assert hang[0].limit is LimitKind.WALL
        assert isinstance(ok[0], Advanced)


async def test_a_memory_bomb_is_a_memory_limit(pool: MakePool) -> None:
    async with pool(memory_bytes=150 << 20) as workers:
        theorem = await opened(workers)
        (outcome,) = await theorem.apply((), [call("hog", wall_s=5)])
        assert isinstance(outcome, TimedOut)
        assert outcome.limit is LimitKind.MEMORY
        assert isinstance((await theorem.apply((), calls("ok")))[0], Advanced)


@pytest.mark.parametrize("text", ["wrong_shape", "wrong_value", "too_few"])
async def test_an_answer_that_is_none_is_unknown_and_the_worker_replaced(pool: MakePool, text: str) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        (outcome,) = await theorem.apply((), calls(text))
        assert isinstance(outcome, Crashed)
        assert isinstance((await theorem.apply((), calls("ok")))[0], Advanced)


async def test_a_worker_that_dies_at_its_first_starts_is_started_again() -> None:
    events: list[PoolEvent] = []
    toolchain = FakeToolchain([("dies_at_start",), ("dies_at_start",), ("good",)])
    async with local_pool(toolchain, workers=1, limits=POOL, session=QUICK, on_event=events.append) as workers:
        await opened(workers)
    kinds = [event.kind for event in events]
    assert kinds == ["starting", "start failed", "starting", "start failed", "starting", "ready"]


@pytest.mark.parametrize("scenario", ["dies_at_start", "other_protocol"])
async def test_a_lean_that_never_starts_is_said_and_nobody_waits_for_ever(pool: MakePool, scenario: str) -> None:
    async with pool(scenario) as workers:
        with pytest.raises(WorkerStartFailed, match="no Lean worker starts"):
            await workers.open(SIMPLE)
        with pytest.raises(WorkerStartFailed):
            await workers.ready()


@pytest.mark.parametrize(("before", "starts"), [((), 1), (("good",), 4)])
async def test_without_memory_a_first_start_is_not_tried_again_and_a_later_one_is(
    before: tuple[str, ...], starts: int
) -> None:
    events: list[PoolEvent] = []
    toolchain = FakeToolchain([*((each,) for each in before), ("lacks_memory",)])
    async with local_pool(toolchain, workers=1, limits=POOL, session=QUICK, on_event=events.append) as workers:
        if before:
            await (await opened(workers)).apply((), calls("die"))
        with pytest.raises(MemoryLacking):
            await opened(workers, problem("other"))
    assert [str(event.kind) for event in events].count("starting") == starts


async def test_when_no_worker_comes_back_tactics_are_unknown(pool: MakePool) -> None:
    async with pool("good", "dies_at_start") as workers:
        theorem = await opened(workers)
        (outcome,) = await theorem.apply((), calls("die"))
        assert isinstance(outcome, Crashed)
        (outcome,) = await theorem.apply((), calls("ok"))
        assert isinstance(outcome, Crashed)
        assert "no such library" in outcome.cause


async def test_where_a_worker_starts_for_minutes_a_tactic_ends_unknown_soon(
    pool: MakePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prover.lean.theorem._WORKER_S", 0.2)
    async with pool("good", "hangs_at_start", session=replace(QUICK, ready_s=600.0)) as workers:
        theorem = await opened(workers)
        await theorem.apply((), calls("die"))
        (outcome,) = await theorem.apply((), [call("ok", wall_s=0.1)])
        assert isinstance(outcome, TimedOut)


async def test_a_slot_that_fails_leaves_the_work_to_the_others(pool: MakePool) -> None:
    async with pool("good", "dies_at_start", workers=2) as workers:
        theorems = await asyncio.gather(*(opened(workers, problem(f"t{i}")) for i in range(6)))
        outcomes = await asyncio.gather(*(theorem.apply((), calls("ok")) for theorem in theorems))
        assert all(isinstance(outcome, Advanced) for (outcome,) in outcomes)


async def test_an_idle_worker_takes_what_waits_behind_a_slow_tactic(pool: MakePool) -> None:
    async with pool(workers=2) as workers:
        theorem = await opened(workers)
        await workers.ready(count=2)
        loop = asyncio.get_running_loop()
        began = loop.time()
        slow = asyncio.create_task(theorem.apply((), [call("slow 2", wall_s=5)]))
        await asyncio.sleep(0)
        await theorem.apply((), calls("ok"))  # half a second later: the idle worker has to open the theorem for it
        assert loop.time() - began < 1.0
        await slow


async def test_workers_are_replaced_by_uses_while_they_serve(pool: MakePool) -> None:
    limits = ProcessLimits(max_uses=20)
    async with pool(limits=limits) as workers:
        theorem = await opened(workers)
        seen: set[int] = set()
        while len(seen) < 2:  # the test's own deadline ends it
            (outcome,) = await theorem.apply((Step("ok"),), calls("ok"))
            assert isinstance(outcome, Advanced)
            seen.add((await census(theorem))["pid"])
        assert workers.health().restarts == 0
    assert gone(*seen)


@pytest.mark.parametrize(
    ("headers", "is_replaced"),
    [(("import Large1\n", "import Large2\n"), True), (("import Large1\nimport Large2\n",), False)],
)
async def test_a_worker_that_import_lists_filled_is_replaced_and_not_where_the_next_would_hold_the_same(
    pool: MakePool, headers: tuple[str, ...], is_replaced: bool
) -> None:
    async with pool(memory_bytes=200 << 20, limits=ProcessLimits(recycle_share=0.5)) as workers:
        theorems = [await opened(workers, replace(SIMPLE, context=header)) for header in headers]
        before = (await census(theorems[-1]))["pid"]
        for _ in range(12):  # its memory is looked at four times a second
            await asyncio.sleep(0.25)
            now = (await census(theorems[-1]))["pid"]
        assert (now != before) is is_replaced


async def test_a_worker_that_import_lists_filled_is_replaced_between_theorems_and_not_under_one(pool: MakePool) -> None:
    async with pool(memory_bytes=400 << 20, limits=ProcessLimits(recycle_share=1.0, idle_share=0.25)) as workers:
        first = await opened(workers, replace(SIMPLE, context="import Large1\n"))
        second = await opened(workers, replace(SIMPLE, context="import Large2\n"))
        before = (await census(second))["pid"]
        await first.close()
        await asyncio.sleep(1.0)  # its memory is looked at four times a second
        assert (await census(second))["pid"] == before
        await second.close()
        third = await opened(workers)
        assert (await census(third))["pid"] != before
        assert workers.health().restarts == 0


async def test_a_worker_is_replaced_when_a_tactic_goes_on_running_in_it_and_not_before(pool: MakePool) -> None:
    limits = ProcessLimits(max_stray_s=0.3)
    async with pool(limits=limits) as workers:
        theorem = await opened(workers)
        first = (await census(theorem))["pid"]
        await theorem.apply((), calls("ok"))
        await asyncio.sleep(2.5)  # it is looked at every second
        assert (await census(theorem))["pid"] == first
        (outcome,) = await theorem.apply((), calls("linger"))
        assert isinstance(outcome, Advanced)
        while (await census(theorem))["pid"] == first:  # the test's own deadline ends it
            await asyncio.sleep(0.1)
        assert workers.health().restarts == 0
    assert gone(first)


async def test_closing_the_pool_answers_what_is_in_flight(pool: MakePool) -> None:
    workers = pool()
    async with workers:
        theorem = await opened(workers)
        slow = [asyncio.create_task(theorem.apply((), [call("slow 3", wall_s=5)])) for _ in range(4)]
        await asyncio.sleep(0.05)
    outcomes = await asyncio.gather(*slow)
    assert all(isinstance(outcome, Crashed) for (outcome,) in outcomes)
    with pytest.raises(WorkerDied):
        await workers.open(SIMPLE)


async def test_health_says_how_busy_the_workers_were(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        await theorem.apply((), [call("slow 0.2", wall_s=2)])
        await asyncio.sleep(0.3)  # the memory watch has looked by now
        health = workers.health()
        (worker,) = health.workers
        assert 0.2 <= worker.busy_s <= health.elapsed_s
        assert worker.tactics == 1
        assert worker.rss_bytes > 1 << 20
        assert worker.starts_s
        assert health.waits.count >= 2


async def test_a_worker_killed_from_outside_costs_no_answer(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        for _ in range(5):
            os.kill((await census(theorem))["pid"], signal.SIGKILL)
            (outcome,) = await theorem.apply((Step("ok 1"),), calls("ok"))
            assert isinstance(outcome, Advanced), outcome
        assert workers.health().restarts == 5
