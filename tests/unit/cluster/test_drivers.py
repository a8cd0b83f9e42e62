"""Theorems on drivers far away: one result each, whatever is lost on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

import pytest

from prover.cluster.driver_host import Delivery
from prover.cluster.drivers import FarProver
from prover.cluster.fleet import Fleet
from prover.cluster.handle import ActorLost
from prover.driver.job import Ending, Fault, FaultKind, Job, Unproved
from prover.errors import ModelError, WorkerStartFailed
from prover.keeper import Patience
from prover.tasks import Document, TheoremTask, load_tasks
from search.budget import StopReason
from tests.fakes.cluster import FakeHandle, FakeSystem
from tests.fakes.jobs import attempt_of, job_of

QUICK = Patience(retries=2, pause_s=0.0)


def task(text: str = "theorem foo : 1 = 1 := by sorry") -> TheoremTask:
    return load_tasks([], [text], stdin=BytesIO()).tasks[0]


@dataclass
class FakeDriver:
    """Fails what it is told to; `log` holds the theorems that were asked for, over all drivers."""

    log: list[str] = field(default_factory=list)
    fault: Exception | None = None
    ending: Ending = field(default_factory=lambda: Unproved(StopReason.EXPANSIONS))

    async def prove(self, job: Job, document: Document) -> Delivery:
        assert document.text == "" or document.text
        self.log.append(job.task.id)
        await asyncio.sleep(0)
        if self.fault is not None:
            raise self.fault
        return Delivery(attempt_of(self.ending), {"": b"a trace"})


@dataclass
class Store:
    """Keeps traces."""

    traces: list[tuple[str, int, str, bytes]] = field(default_factory=list)

    def __call__(self, task: TheoremTask, attempt: int, beside: str, data: bytes) -> None:
        self.traces.append((task.id, attempt, beside, data))


def prover(handles: Sequence[FakeHandle], store: Store, system: FakeSystem | None = None) -> FarProver:
    fleet = Fleet("driver", handles, patience=QUICK, rest_s=100.0)
    return FarProver(fleet, system or FakeSystem(), store, deadline_s=5.0, patience=QUICK)


async def test_a_theorem_of_a_lost_driver_is_done_again_by_another() -> None:
    store, log = Store(), list[str]()
    handles = [FakeHandle(lambda: FakeDriver(log)) for _ in range(2)]
    handles[0].lose_on("prove")
    done = await prover(handles, store).prove(job_of(task(), 3))
    assert done.ending == Unproved(StopReason.EXPANSIONS)
    assert done.usage.infrastructure_retries == 1
    assert [handle.calls["prove"] for handle in handles] == [1, 1]
    assert store.traces == [(task().id, 3, "", b"a trace")]


async def test_what_is_lost_again_and_again_is_unknown_with_the_cause() -> None:
    store = Store()
    handles = [FakeHandle(FakeDriver, "driver 0")]
    handles[0].lose_on("prove", times=9)
    done = await prover(handles, store).prove(job_of(task()))
    assert isinstance(done.ending, Fault)
    assert done.ending.kind is FaultKind.LOST
    assert "3 tries" in done.ending.error
    assert "driver 0 vanished" in done.ending.error
    assert not store.traces


async def test_a_search_that_lost_its_lean_is_done_again_elsewhere() -> None:
    store = Store()
    handles = [FakeHandle(lambda: FakeDriver(ending=Fault(FaultKind.LEAN, "no Lean"))), FakeHandle(FakeDriver)]
    done = await prover(handles, store).prove(job_of(task()))
    assert done.ending == Unproved(StopReason.EXPANSIONS)
    assert len(store.traces) == 1


async def test_lean_that_never_starts_is_unknown() -> None:
    handles = [FakeHandle(lambda: FakeDriver(fault=WorkerStartFailed("no Lean actor starts")))]
    done = await prover(handles, Store()).prove(job_of(task()))
    assert isinstance(done.ending, Fault)
    assert "no Lean actor starts" in done.ending.error


async def test_a_model_that_fails_ends_the_run() -> None:
    handles = [FakeHandle(lambda: FakeDriver(fault=ModelError("NaN")))]
    with pytest.raises(ModelError, match="NaN"):
        await prover(handles, Store()).prove(job_of(task()))


async def test_a_theorem_over_which_a_model_fails_each_time_is_unknown_by_that_fault() -> None:
    handles = [FakeHandle(lambda: FakeDriver(ending=Fault(FaultKind.MODEL, "out of memory")))]
    done = await prover(handles, Store()).prove(job_of(task()))
    assert done.ending == Fault(FaultKind.MODEL, "given up after 3 tries; the last: out of memory")


async def test_when_every_driver_is_gone_for_good_the_run_ends_and_the_theorem_is_left_for_another() -> None:
    handles = [FakeHandle(FakeDriver, "a"), FakeHandle(FakeDriver, "b")]
    for handle in handles:
        handle.lose(for_good=True)
    with pytest.raises(ActorLost, match="every driver is gone for good: b is gone"):
        await prover(handles, Store()).prove(job_of(task()))
    assert [handle.calls["prove"] for handle in handles] == [1, 1]


async def test_theorems_go_to_the_driver_with_the_fewest() -> None:
    handles = [FakeHandle(FakeDriver) for _ in range(3)]
    proving = prover(handles, Store())
    await asyncio.gather(*(proving.prove(job_of(task())) for _ in range(9)))
    assert [handle.calls["prove"] for handle in handles] == [3, 3, 3]


async def test_a_large_document_is_sent_once() -> None:
    system = FakeSystem()
    proving = prover([FakeHandle(FakeDriver)], Store(), system)
    text = "theorem foo : 1 = 1 := by sorry\n" + f"-- {'x' * 20000}"
    for _ in range(3):
        await proving.prove(job_of(task(text)))
    assert len(system.puts) == 1


async def test_an_actor_that_was_lost_rests_while_others_can_serve() -> None:
    fleet = Fleet("engine", [FakeHandle(FakeDriver) for _ in range(2)], rest_s=100.0)
    fleet.mark_lost(fleet.members[0], ActorLost("gone"))
    assert fleet.pick() is fleet.members[1]
    assert fleet.pick([fleet.members[1]]) is fleet.members[0]
