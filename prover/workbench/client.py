"""A face's way to the workbench of its project: attaches to the one that runs, or starts it in the background."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from prover.config import Config
from prover.errors import StepwiseError
from prover.workbench.address import Address, Spot
from prover.workbench.bench import Bench, fault_of
from prover.workbench.jobs import JobState, Json
from prover.workbench.requests import Request, request_to_json
from prover.workbench.wire import MAX_LINE, read_line, to_line

_START_S = 60.0
_POLL_S = 0.02
_LOG_SHOWN = 2000
_ATTACH_S = 10.0  # what listens at an old address may be something else by now
_STARTED: list[subprocess.Popen[bytes]] = []  # they may outlive this process, so nobody waits for their end


class Client:
    """A workbench in another process (`Bench`)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.create_task(self._read())

    async def start(self, request: Request) -> str:
        starting = asyncio.create_task(self._call("start", **request_to_json(request)))
        try:
            return str(await asyncio.shield(starting))
        except asyncio.CancelledError:  # the job begins all the same, and nobody else will know its name
            starting.add_done_callback(self._stop_begun)
            raise

    def _stop_begun(self, starting: asyncio.Task[Any]) -> None:
        if not starting.cancelled() and starting.exception() is None:
            self.stop(starting.result())

    async def wait(self, job: str, since: int = 0, timeout_s: float = 20.0) -> list[Json]:
        events: list[Json] = await self._call("wait", job=job, since=since, timeout_s=timeout_s)
        return events

    async def steer(self, job: str, wish: Json, beside: str = "") -> Json:
        answer: Json = await self._call("steer", job=job, wish=wish, beside=beside)
        return answer

    async def jobs(self) -> list[Json]:
        jobs: list[Json] = await self._call("jobs")
        return jobs

    def stop(self, job: str) -> None:
        self._writer.write(to_line({"id": 0, "call": "stop", "with": {"job": job}}))

    @property
    def is_lost(self) -> bool:
        """Whether the workbench is gone."""
        return self._reading.done()

    async def attach(self, token: str, linger_s: float) -> None:
        """Make oneself known. Raises StepwiseError if the workbench hangs up."""
        await self._call("attach", token=token, linger_s=linger_s)

    async def close(self) -> None:
        """Detach; the jobs that were started here are stopped."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _call(self, call: str, **given: Any) -> Any:
        if self.is_lost:
            raise _lost()
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._writer.write(to_line({"id": number, "call": call, "with": given}))
            with contextlib.suppress(ConnectionError):  # then nothing more is read, and that is said
                await self._writer.drain()
            return await answer
        finally:
            self._waiting.pop(number, None)

    async def _read(self) -> None:
        try:
            while (said := await read_line(self._reader)) is not None:
                waiting = self._waiting.get(said.get("id", 0))
                if waiting is None or waiting.done():
                    continue
                if "fault" in said:
                    waiting.set_exception(fault_of(said["fault"], said["message"]))
                else:
                    waiting.set_result(said.get("answer"))
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(_lost())


def _lost() -> StepwiseError:
    return StepwiseError("the workbench is gone: what it was asked is unknown; ask again, and another one is started")


async def events_of(bench: Bench, job: str, since: int = 0) -> AsyncGenerator[Json, None]:
    """The events of a job up to its end, each as it comes."""
    while True:
        for event in await bench.wait(job, since):
            since = event["number"] + 1
            yield event
            if event["event"] == "ended":
                return


async def result_of(bench: Bench, job: str, on_event: Callable[[Json], None] = lambda _: None) -> Json:
    """The result of a job. Raises what ended it; the job is stopped if the caller is cancelled."""
    result: Json = {}
    try:
        async with contextlib.aclosing(events_of(bench, job)) as events:
            async for event in events:
                on_event(event)
                if event["event"] == "result":
                    result = event
                if event["event"] == "ended" and event["state"] != JobState.DONE:
                    raise fault_of(event["fault"], event["message"])
    except asyncio.CancelledError:
        bench.stop(job)
        raise
    return result


@contextlib.asynccontextmanager
async def attached(config: Config, *, linger_s: float) -> AsyncIterator[Client]:
    """The workbench with these settings, started if there is none, and kept for `linger_s` seconds after this face is
    gone. Raises UsageError, or StepwiseError if none can be started."""
    config = _with_full_paths(config)
    spot = Spot.of(config)
    client = await _connected(spot, linger_s)
    if client is None:
        client = await _started(spot, config, linger_s)
    try:
        yield client
    finally:
        await client.close()


@contextlib.asynccontextmanager
async def running(spot: Spot) -> AsyncIterator[Client | None]:
    """The workbench that runs at a spot; None if none does."""
    client = await _connected(spot, 0.0)
    try:
        yield client
    finally:
        if client is not None:
            await client.close()


def _with_full_paths(config: Config) -> Config:
    """The settings as they hold for a process in any folder."""
    projects = tuple(str(Path(name).expanduser().resolve()) for name in config.lean.projects)
    return replace(config, lean=replace(config.lean, project=projects[0])) if projects else config


async def _started(spot: Spot, config: Config, linger_s: float) -> Client:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        with _launched(spot, config) as process:
            client = await _connected_to_new(process, spot, linger_s, until)
        if client is not None:
            return client
        if process.returncode:  # 0: it gave way to another one, which may be gone by now
            break
    said = spot.log.read_text(encoding="utf8", errors="replace").strip()[-_LOG_SHOWN:]
    raise StepwiseError(f"the workbench did not start: {said or 'it said nothing'} (its log is {spot.log})")


async def _connected_to_new(
    process: subprocess.Popen[bytes], spot: Spot, linger_s: float, until: float
) -> Client | None:
    """A connection as soon as there is one; None if the process ended without one, or the time."""
    while process.poll() is None and time.monotonic() < until:
        client = await _connected(spot, linger_s)
        if client is not None:
            return client
        await asyncio.sleep(_POLL_S)
    return await _connected(spot, linger_s)


@contextlib.contextmanager
def _launched(spot: Spot, config: Config) -> Iterator[subprocess.Popen[bytes]]:
    """Start the process. Its settings go to its standard input, which stays open until a face has attached: should this
    process be killed before, the other one ends."""
    argv = [sys.executable, "-m", "prover.cli.main", "workbench", "--settings"]
    with spot.log.open("wb") as log:
        process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True
        )
    _STARTED.append(process)
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it ended at once, and its log says why
        process.stdin.write(json.dumps(config.to_json()).encode() + b"\n")
        process.stdin.flush()
    try:
        yield process
    finally:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


async def _connected(spot: Spot, linger_s: float) -> Client | None:
    address = spot.read()
    return None if address is None else await _connect(address, linger_s)


async def _connect(address: Address, linger_s: float) -> Client | None:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", address.port, limit=MAX_LINE)
    except OSError:
        return None
    client, is_attached = Client(reader, writer), False
    try:
        async with asyncio.timeout(_ATTACH_S):
            await client.attach(address.token, linger_s)
        is_attached = True
    except (StepwiseError, TimeoutError):
        return None
    finally:  # also of one whose caller is cancelled
        if not is_attached:
            await client.close()
    return client
