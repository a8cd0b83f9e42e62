"""How many theorems are worked on at once follows the queues."""

from __future__ import annotations

import asyncio

from prover.run.balance import Balance

STARVING = {"lean_ready": 8, "lean_busy": 0.5, "requests_waiting": 0}
FLOODED = {"lean_ready": 8, "lean_busy": 1.0, "requests_waiting": 30}
EVEN = {"lean_ready": 8, "lean_busy": 0.95, "requests_waiting": 4}


def busy(low: int, high: int) -> Balance:
    balance = Balance(low, high)
    balance.at_work = high
    return balance


def test_idle_lean_workers_get_more_theorems_up_to_a_limit() -> None:
    balance = busy(8, 12)
    for expected in (9, 10, 11, 12, 12):
        balance.adjust(STARVING)
        assert balance.limit == expected


def test_a_queue_before_lean_takes_theorems_back_down_to_a_limit() -> None:
    balance = busy(2, 40)
    for _ in range(40):
        balance.adjust(STARVING)
    assert balance.limit == 40
    for _ in range(40):
        balance.adjust(FLOODED)
    assert balance.limit == 2


def test_lean_workers_that_are_idle_because_the_judge_is_behind_get_no_more_theorems() -> None:
    balance = busy(2, 8)
    balance.adjust(STARVING | {"judge_in_flight": 1})
    balance.adjust(STARVING | {"judge_in_flight": 1})
    assert balance.limit == 4
    balance.adjust(STARVING | {"judge_in_flight": 3})
    assert balance.limit == 3
    balance.adjust(STARVING | {"judge_in_flight": 1})
    assert balance.limit == 4


def test_what_is_even_stays() -> None:
    balance = busy(8, 12)
    balance.adjust(EVEN)
    assert balance.limit == 8


def test_a_lean_that_starts_and_a_run_that_ends_say_nothing() -> None:
    balance = busy(8, 12)
    balance.adjust({"lean_ready": 0, "lean_busy": 0.0})
    balance.at_work = 3  # there are no more theorems: Lean is idle for want of work
    balance.adjust(STARVING)
    assert balance.limit == 8


async def test_what_is_above_the_limit_waits_until_it_rises_or_a_place_is_free() -> None:
    balance = Balance(1, 4)
    gates = [asyncio.Event() for _ in range(3)]

    async def work(gate: asyncio.Event) -> None:
        async with balance.admit():
            await gate.wait()

    async with asyncio.TaskGroup() as group:
        for gate in gates:
            group.create_task(work(gate))
        await asyncio.sleep(0)
        assert balance.gauges() == {"theorems_at_once": 1, "theorems_allowed": 1}
        balance.adjust({"lean_ready": 2, "lean_busy": 0.0})
        await asyncio.sleep(0.001)
        assert balance.at_work == 2
        gates[0].set()
        await asyncio.sleep(0.001)
        assert balance.at_work == 2
        for gate in gates:
            gate.set()
    assert balance.at_work == 0
