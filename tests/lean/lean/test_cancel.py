"""Cancelling what runs on the embedded Lean: the worker and its states live on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from prover.lean.problem import Problem
from prover.lean.protocol import Command, RunTactics
from prover.lean.session import SessionLimits, Worker
from prover.lean.toolchain import Embedded
from search.base import Proved, Rejected, TacticCall, TacticLimits

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

LONG = "∀ n : Fin 3000, ∀ m : Fin 3000, n.val + m.val = m.val + n.val := by decide +kernel"
ENDLESS = TacticCall(f"have : {LONG}", TacticLimits(0, 600.0))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def worker(toolchain: Embedded) -> AsyncIterator[Worker]:
    started = await Worker.start(toolchain.launch(), SessionLimits())
    yield started
    await started.process.close()


async def state_of(worker: Worker) -> int:
    text = "theorem t (a b : Nat) : a + b = b + a := by sorry"
    opened = await worker.process.submit(Command(text).wire(), timeout_s=60)
    state: int = opened["sorries"][0]["proofState"]
    return state


async def test_a_running_batch_is_cancelled_and_the_next_request_served(worker: Worker) -> None:
    assert "cancel" in worker.hello.capabilities
    state = await state_of(worker)
    running = worker.process.submit(RunTactics(state, (ENDLESS, ENDLESS)).wire(), timeout_s=60)
    waiting = worker.process.submit(RunTactics(state, (TacticCall("omega"), ENDLESS)).wire(), timeout_s=60)
    last = worker.process.submit(RunTactics(state, (TacticCall("omega"),)).wire(), timeout_s=60)
    await asyncio.sleep(0.5)
    assert not running.done()
    worker.process.cancel(waiting)
    began = time.monotonic()
    worker.process.cancel(running)
    assert [each["limit"] for each in (await running)["results"]] == ["cancelled", "cancelled"]
    assert (await waiting)["results"][1]["limit"] == "cancelled"
    assert (await last)["results"][0]["proved"] is True
    assert time.monotonic() - began < 10
    worker.process.cancel(last)
    again = await worker.process.submit(RunTactics(state, (TacticCall("omega"),)).wire(), timeout_s=60)
    assert again["results"][0]["proved"] is True


async def test_what_was_answered_when_the_time_ends_is_kept(worker: Worker) -> None:
    problem = Problem("t", "", "theorem t (a b : Nat) : a + b = b + a := by sorry")
    await worker.open(0, problem)
    calls = [TacticCall("rfl"), TacticCall("omega"), ENDLESS, TacticCall("omega")]
    refused, proved = await worker.apply(0, problem, (), calls, left_s=6.0)
    assert isinstance(refused, Rejected) and isinstance(proved, Proved)
    (again,) = await worker.apply(0, problem, (), [TacticCall("omega")])
    assert isinstance(again, Proved)


async def test_a_command_is_cancelled(worker: Worker) -> None:
    running = worker.process.submit(Command(f"theorem t : {LONG}").wire(), timeout_s=60)
    await asyncio.sleep(0.5)
    assert not running.done()
    worker.process.cancel(running)
    answer = await running
    assert any(each["severity"] == "error" for each in answer.get("messages", [])) or "message" in answer
    assert await state_of(worker) >= 0
