"""The process of a workbench: serves faces of its user, and ends when nobody needs it any more.

A face that attaches says for how long the workbench should be kept after it is gone. Jobs are stopped with the face
that started them, however it went: its socket is closed by the system. Until the first face has attached, the process
that started this one is held by the pipe on standard input.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import itertools
import logging
import os
import secrets
import stat
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from prover.errors import StepwiseError, UsageError
from prover.workbench.address import Address, Spot
from prover.workbench.bench import Workbench, kind_of
from prover.workbench.jobs import Json
from prover.workbench.requests import request_from_json
from prover.workbench.wire import MAX_LINE, read_line, to_line

log = logging.getLogger(__name__)

_ATTACH_S = 10.0  # a connection that says nothing for so long is hung up on
_MAX_WAIT_S = 60.0
_LOOK_EVERY_S = 0.25


@dataclass(eq=False)
class _Face:
    """A connection, the jobs that were started over it, and how long the workbench is kept when it is gone. Its name
    tells its jobs from those of others."""

    name: str
    writer: asyncio.StreamWriter
    linger_s: float = 0.0
    jobs: set[str] = field(default_factory=set)
    calls: set[asyncio.Task[None]] = field(default_factory=set)

    async def say(self, value: Json) -> None:
        with contextlib.suppress(ConnectionError):
            self.writer.write(to_line(value))
            await self.writer.drain()


class Host:
    """Serves `bench` on a port of this machine to whoever knows the token."""

    def __init__(self, bench: Workbench, clock: Callable[[], float] = time.monotonic) -> None:
        self.token = secrets.token_urlsafe(32)
        self._bench = bench
        self._clock = clock
        self._faces: set[_Face] = set()
        self._names = (f"face{number}" for number in itertools.count(1))
        self._kept_until = clock()
        self._is_held = False  # by the process that started this one

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Listen while the block lasts; the port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=MAX_LINE)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            for face in list(self._faces):
                face.writer.close()

    async def until_unneeded(self, starter: asyncio.StreamReader | None = None) -> None:
        """Return when no face is attached, none wants the workbench kept, and the `starter`, if any, is gone."""
        self._is_held = starter is not None
        watching = asyncio.create_task(self._watch(starter)) if starter is not None else None
        while self._faces or self._is_held or self._clock() < self._kept_until:
            if self._bench.fault is not None and not self._faces:
                break  # whoever comes next tries anew
            await asyncio.sleep(_LOOK_EVERY_S)
        if watching is not None:
            watching.cancel()

    async def _watch(self, starter: asyncio.StreamReader) -> None:
        while await starter.read(4096):
            pass
        self._is_held = False

    # ------------------------------------------------------------------------------------------------------- faces

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        face = _Face(next(self._names), writer)
        try:
            if await self._attach(face, reader):
                while (asked := await read_line(reader)) is not None:
                    call = asyncio.create_task(self._answer(face, asked))
                    face.calls.add(call)
                    call.add_done_callback(face.calls.discard)
        finally:
            self._detach(face)
            writer.close()

    async def _attach(self, face: _Face, reader: asyncio.StreamReader) -> bool:
        try:
            async with asyncio.timeout(_ATTACH_S):
                asked = await read_line(reader)
        except TimeoutError:
            return False
        said = asked.get("with") if asked is not None and asked.get("call") == "attach" else None
        if asked is None or not isinstance(said, dict):
            return False
        if not hmac.compare_digest(str(said.get("token", "")).encode(), self.token.encode()):
            return False
        face.linger_s = float(said.get("linger_s", 0.0))
        self._faces.add(face)
        await face.say({"id": asked.get("id"), "answer": {"pid": os.getpid()}})
        return True

    def _detach(self, face: _Face) -> None:
        if face in self._faces:
            self._faces.discard(face)
            self._kept_until = max(self._kept_until, self._clock() + face.linger_s)
        for call in face.calls:
            call.cancel()
        for job in face.jobs:
            self._bench.stop(job)

    async def _answer(self, face: _Face, asked: Json) -> None:
        number = asked.get("id")
        try:
            answer = await self._call(face, str(asked.get("call")), asked.get("with") or {})
        except StepwiseError as fault:
            await face.say({"id": number, "fault": kind_of(fault), "message": str(fault)})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            await face.say({"id": number, "fault": "usage", "message": f"a call that makes no sense: {error!r}"})
        else:
            await face.say({"id": number, "answer": answer})

    async def _call(self, face: _Face, call: str, given: Json) -> Any:
        match call:
            case "start":
                job = await self._bench.start(request_from_json(given), face.name)
                face.jobs.add(job)
                return job
            case "wait":
                timeout_s = min(_MAX_WAIT_S, float(given["timeout_s"]))
                return await self._bench.wait(str(given["job"]), int(given["since"]), timeout_s)
            case "steer":
                return await self._bench.steer(str(given["job"]), dict(given["wish"]), str(given["beside"]))
            case "jobs":
                return await self._bench.jobs()
            case "stop":
                return self._bench.stop(str(given["job"]))
            case _:
                raise UsageError(f"a workbench can't be asked to {call!r}")


async def serve(spot: Spot, bench: Workbench) -> bool:
    """Be the workbench at a spot until nobody needs it. Returns False if there is one that can be found; waits for the
    end of one that is about to close."""
    while True:
        with spot.held() as is_ours:
            if is_ours:
                await _serve(spot, bench)
                return True
        if spot.read() is not None:
            return False
        await asyncio.sleep(_LOOK_EVERY_S)


async def _serve(spot: Spot, bench: Workbench) -> None:
    async with bench:
        host = Host(bench)
        async with host.listening() as port:
            spot.write(Address(port, host.token, os.getpid()))
            try:
                async with _starter() as starter:
                    await host.until_unneeded(starter)
            finally:
                spot.clear()


@contextlib.asynccontextmanager
async def _starter() -> AsyncIterator[asyncio.StreamReader | None]:
    """The pipe on standard input, from the process that started this one; None if it is something else."""
    if not stat.S_ISFIFO(os.fstat(0).st_mode):
        yield None
        return
    reader = asyncio.StreamReader()
    with os.fdopen(os.dup(0), "rb", buffering=0) as pipe:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        try:
            yield reader
        finally:
            transport.close()
