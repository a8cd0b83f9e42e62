"""A workbench behind a socket: who may speak to it, and how long it lives."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from prover.assembly.warm import Warm
from prover.errors import StepwiseError, ToolchainError, UsageError
from prover.workbench.address import Address, Spot
from prover.workbench.bench import Workbench
from prover.workbench.client import Client, events_of, result_of, running
from prover.workbench.host import Host, serve
from prover.workbench.requests import Goals, Prove, Suggest
from prover.workbench.wire import to_line
from tests.fakes.graph import Endless, Picture
from tests.fakes.warm import opening, warm_with

PICTURE: Picture = {"p": {"intro": ["q"], "done": []}, "q": {}}
TEXT = "theorem t : p := by\n  sorry\n"
SUGGEST = Suggest(path="mine.lean", text=TEXT, line=2)
PROVE = Prove(path="mine.lean", text=TEXT, line=2)
ENDLESS = warm_with(PICTURE, environment=Endless(PICTURE))


@asynccontextmanager
async def hosted(warm: Warm | StepwiseError) -> AsyncIterator[tuple[Host, int]]:
    """A workbench that listens, and its port."""
    async with Workbench(opening(warm)) as bench:
        host = Host(bench)
        async with host.listening() as port:
            yield host, port


@asynccontextmanager
async def face(host: Host, port: int, *, linger_s: float = 0.0) -> AsyncIterator[Client]:
    """A face that is attached."""
    client = Client(*await asyncio.open_connection("127.0.0.1", port))
    try:
        await client.attach(host.token, linger_s)
        yield client
    finally:
        await client.close()


async def test_a_face_starts_jobs_and_hears_what_they_find() -> None:
    async with hosted(warm_with(PICTURE)) as (host, port), face(host, port) as client:
        result = await result_of(client, await client.start(SUGGEST))
        assert [each["tactic"] for each in result["suggestions"]] == ["done", "intro"]


async def test_calls_of_one_face_do_not_wait_for_each_other() -> None:
    async with hosted(ENDLESS) as (host, port), face(host, port) as client:
        stuck = await client.start(PROVE)
        waiting = asyncio.create_task(result_of(client, stuck))
        assert (await result_of(client, await client.start(Goals(path="mine.lean", text=TEXT))))["holes"]
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        *_, end = [event async for event in events_of(client, stuck)]
        assert end["state"] == "stopped"


async def test_a_job_whose_caller_gave_up_before_it_had_a_name_is_stopped() -> None:
    async with hosted(ENDLESS) as (host, port), face(host, port) as hasty, face(host, port) as looking:
        starting = asyncio.create_task(hasty.start(PROVE))
        await asyncio.sleep(0)  # it is asked
        starting.cancel()
        async with asyncio.timeout(5.0):
            while [job["state"] for job in await looking.jobs()] != ["stopped"]:
                await asyncio.sleep(0.01)


async def test_a_second_face_sees_the_first_ones_job_which_ends_with_its_face() -> None:
    async with hosted(ENDLESS) as (host, port), face(host, port) as watching:
        async with face(host, port) as starting:
            job = await starting.start(PROVE)
            seen = len(await watching.wait(job))
        events: list[dict[str, object]] = []
        while not events or events[-1]["event"] != "ended":
            events += await watching.wait(job, seen + len(events), 5.0)
        assert events[-1]["state"] == "stopped"


@pytest.mark.parametrize(
    "said",
    [
        to_line({"id": 1, "call": "attach", "with": {"token": "guessed"}}),
        to_line({"id": 1, "call": "start", "with": {"kind": "goals"}}),
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n{}",
        b"\n",
    ],
)
async def test_whoever_does_not_know_the_token_is_hung_up_on(said: bytes) -> None:
    async with hosted(warm_with(PICTURE)) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        assert await asyncio.wait_for(reader.read(), 5.0) == b""
        writer.close()


async def test_a_call_that_makes_no_sense_is_a_fault_of_the_caller() -> None:
    async with hosted(warm_with(PICTURE)) as (host, port), face(host, port) as client:
        with pytest.raises(UsageError, match="there is no job 'job9'"):
            await client.wait("job9")


async def test_it_lives_as_long_as_a_face_is_attached_and_then_as_long_as_one_wished() -> None:
    async with hosted(warm_with(PICTURE)) as (host, port):
        unneeded = asyncio.create_task(host.until_unneeded(asyncio.StreamReader()))
        async with face(host, port, linger_s=1.5):
            host._is_held = False
            await asyncio.sleep(0.6)
            assert not unneeded.done()
        await asyncio.sleep(0.8)
        assert not unneeded.done(), "the face wished it to be kept"
        await asyncio.wait_for(unneeded, 5.0)


async def test_it_ends_with_the_process_that_started_it_if_no_face_has_come() -> None:
    async with hosted(warm_with(PICTURE)) as (host, _):
        starter = asyncio.StreamReader()
        unneeded = asyncio.create_task(host.until_unneeded(starter))
        await asyncio.sleep(0.6)
        assert not unneeded.done()
        starter.feed_eof()
        await asyncio.wait_for(unneeded, 2.0)


async def test_one_that_can_not_be_opened_ends_when_it_has_said_so() -> None:
    async with hosted(ToolchainError("no such Lean")) as (host, port):
        async with face(host, port, linger_s=600.0) as client:
            with pytest.raises(ToolchainError, match="no such Lean"):
                await result_of(client, await client.start(SUGGEST))
        await asyncio.wait_for(host.until_unneeded(), 2.0)


async def test_a_face_whose_workbench_is_gone_says_that_nothing_is_known() -> None:
    async with hosted(ENDLESS) as (host, port):
        client = Client(*await asyncio.open_connection("127.0.0.1", port))
        await client.attach(host.token, 0.0)
        waiting = asyncio.create_task(result_of(client, await client.start(PROVE)))
        await asyncio.sleep(0.05)
    with pytest.raises(StepwiseError, match="the workbench is gone"):
        await waiting
    with pytest.raises(StepwiseError, match="the workbench is gone"):
        await client.start(PROVE)
    await client.close()


def test_the_address_is_for_the_user_alone(tmp_path: Path) -> None:
    spot = Spot(tmp_path)
    spot.write(Address(1234, "secret", os.getpid()))
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert spot.read() == Address(1234, "secret", os.getpid())
    spot.clear()
    assert spot.read() is None


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b'{"id": 1, "fault": "usage", "message": "?"}\n']
)
async def test_what_listens_at_an_old_address_is_not_taken_for_a_workbench(said: bytes, tmp_path: Path) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    spot = Spot(tmp_path)
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as other:
        spot.write(Address(other.sockets[0].getsockname()[1], "of one that was killed", 1))
        async with asyncio.timeout(5.0), running(spot) as client:
            assert client is None


def test_a_spot_is_held_by_one_process_at_a_time(tmp_path: Path) -> None:
    spot = Spot(tmp_path)
    with spot.held() as first, spot.held() as second:
        assert (first, second) == (True, False)
    with spot.held() as again:
        assert again


async def test_a_second_one_gives_way_to_one_that_can_be_found(tmp_path: Path) -> None:
    spot = Spot(tmp_path)
    with spot.held():
        spot.write(Address(1234, "secret", os.getpid()))
        assert not await serve(spot, Workbench(opening(warm_with(PICTURE))))


async def test_a_successor_waits_for_one_that_is_about_to_close(tmp_path: Path) -> None:
    spot = Spot(tmp_path)
    with spot.held():
        successor = asyncio.create_task(serve(spot, Workbench(opening(warm_with(PICTURE)))))
        await asyncio.sleep(0.4)
        assert not successor.done()
    assert await asyncio.wait_for(successor, 5.0)
