"""The wait for places and models: said while it lasts, ended with a reason, never a theorem's time."""

from __future__ import annotations

import asyncio

import pytest

from prover.cluster import placement
from prover.cluster.fleet import Fleet
from prover.cluster.handle import ActorLost, Needs
from prover.cluster.placement import Location, wait_for_places, wait_until_ready
from prover.errors import ModelError, StepwiseError
from prover.keeper import Patience
from tests.fakes.cluster import FakeHandle, FakeSystem

NEEDS = Needs(1.0, 0.75, 0, (("kind", "gpu"),))
QUICK = Patience(retries=2, pause_s=0.0)


class Host:
    """Has a place once `place_gate` is open, its model once `gate` is."""

    def __init__(self, place_gate: asyncio.Event, gate: asyncio.Event, fault: Exception | None = None) -> None:
        self.place_gate, self.gate, self.fault = place_gate, gate, fault

    async def place(self) -> Location:
        await self.place_gate.wait()
        return Location("here", "0")

    async def ready(self) -> None:
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def closed() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def opened() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


async def test_the_wait_for_a_place_is_told_with_what_is_asked_for_and_what_there_is(
    closed: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "_QUIET_S", 0.0)
    said: list[str] = []
    handle = FakeHandle(lambda: Host(closed, closed), "policy 0")
    waiting = asyncio.create_task(
        wait_for_places([handle], NEEDS, FakeSystem(num_gpus=0.5, can_grow=True), place_s=60.0, say=said.append)
    )
    while not said:
        await asyncio.sleep(0)
    assert "waiting for a place for policy 0 (1 CPU, 0.75 GPU, on a machine labelled kind=gpu)" in said[0]
    assert "there are 0.5 GPUs" in said[0]
    closed.set()
    assert await waiting == [Location("here", "0")]


async def test_on_a_ray_of_our_own_a_wait_is_for_a_start_and_nothing_is_asked_for(
    closed: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "_QUIET_S", 0.0)
    said: list[str] = []
    handle = FakeHandle(lambda: Host(closed, closed), "driver 0")
    waiting = asyncio.create_task(
        wait_for_places([handle], NEEDS, FakeSystem(num_gpus=1.0), place_s=60.0, say=said.append)
    )
    while not said:
        await asyncio.sleep(0)
    closed.set()
    await waiting
    assert said[0] == "waiting for driver 0 to start …"


async def test_an_actor_without_a_place_in_time_ends_the_wait_and_is_ended(closed: asyncio.Event) -> None:
    handle = FakeHandle(lambda: Host(closed, closed), "critic 0")
    with pytest.raises(StepwiseError, match="no place for critic 0"):
        await wait_for_places([handle], NEEDS, FakeSystem(), place_s=0.001, say=print)
    assert handle.is_ended


async def test_an_actor_that_is_lost_while_it_starts_is_asked_again(opened: asyncio.Event) -> None:
    handle = FakeHandle(lambda: Host(opened, opened))
    handle.lose_on("place")
    assert await wait_for_places([handle], NEEDS, FakeSystem(), place_s=60.0, say=print) == [Location("here", "0")]


async def test_a_run_waits_for_every_engine_and_says_for_what(
    closed: asyncio.Event, opened: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "_QUIET_S", 0.0)
    said: list[str] = []
    handles = [
        FakeHandle(lambda: Host(opened, opened), "policy 0"),
        FakeHandle(lambda: Host(opened, closed), "policy 1"),
    ]
    async with Fleet("engine", handles, patience=QUICK) as fleet:
        waiting = asyncio.create_task(wait_until_ready(fleet, "the policy to be loaded", start_s=60.0, say=said.append))
        while not said:
            await asyncio.sleep(0)
        assert said == ["waiting for the policy to be loaded (policy 1) …"]
        assert not waiting.done()
        closed.set()
        await waiting


async def test_a_model_that_does_not_load_or_an_engine_that_never_starts_ends_the_wait(opened: asyncio.Event) -> None:
    broken = FakeHandle(lambda: Host(opened, opened, ModelError("damaged")))
    async with Fleet("engine", [FakeHandle(lambda: Host(opened, opened)), broken], patience=QUICK) as fleet:
        with pytest.raises(ModelError, match="damaged"):
            await wait_until_ready(fleet, "the policy", start_s=60.0, say=print)
    never = FakeHandle(lambda: Host(opened, opened))
    never.lose_on("ready", times=100)
    async with Fleet("policy engine", [never], patience=QUICK) as fleet:
        with pytest.raises(ActorLost, match="policy engine 0 does not start"):
            await wait_until_ready(fleet, "the policy", start_s=60.0, say=print)


async def test_an_engine_that_is_never_ready_ends_the_wait_with_what_to_do(
    closed: asyncio.Event, opened: asyncio.Event
) -> None:
    handles = [
        FakeHandle(lambda: Host(opened, opened), "policy 0"),
        FakeHandle(lambda: Host(opened, closed), "policy 1"),
    ]
    said = "gave up waiting for the policy: no answer from policy 1 within 0.001 s.*cluster.start_s"
    async with Fleet("policy engine", handles, patience=QUICK) as fleet:
        with pytest.raises(StepwiseError, match=said):
            await wait_until_ready(fleet, "the policy", start_s=0.001, say=print)


async def test_an_actor_that_is_lost_again_and_again_while_it_starts_is_no_want_of_a_place(
    opened: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "_PATIENCE", QUICK)
    handle = FakeHandle(lambda: Host(opened, opened), "critic 0")
    handle.lose_on("place", times=100)
    with pytest.raises(StepwiseError, match=r"critic 0 has a place and does not start: critic 0 vanished .*Ray's logs"):
        await wait_for_places([handle], NEEDS, FakeSystem(), place_s=60.0, say=print)


async def test_the_seconds_without_any_engine_are_counted(closed: asyncio.Event, opened: asyncio.Event) -> None:
    now = [0.0]
    gates = [opened, closed]
    handle = FakeHandle(lambda: Host(opened, gates.pop(0)))
    async with Fleet("engine", [handle], patience=QUICK, clock=lambda: now[0]) as fleet:
        await fleet.gather()
        now[0] = 5.0
        assert fleet.outage_s() == 0.0
        handle.lose()
        fleet.mark_lost(fleet.members[0], ActorLost("gone"))
        now[0] = 8.0
        assert fleet.outage_s() == 3.0
        closed.set()
        await fleet.gather()
        now[0] = 20.0
        assert fleet.outage_s() == 3.0


async def test_an_actor_that_can_not_be_made_at_all_says_why(opened: asyncio.Event) -> None:
    handle = FakeHandle(lambda: Host(opened, opened), "policy 0")
    handle.lose(for_good=True)
    with pytest.raises(StepwiseError, match="policy 0 has a place and does not start: policy 0 is gone"):
        await wait_for_places([handle], NEEDS, FakeSystem(), place_s=60.0, say=print)
