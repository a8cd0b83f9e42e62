"""Commands under the guard, and the command line that puts a program under it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from prover.confine.launch import GUARD, Launch


async def output_of(launch: Launch, *, timeout_s: float) -> tuple[int, str]:
    """Run a command; returns its exit status and all that it prints on either stream. Raises TimeoutError after
    `timeout_s`; then, and on cancellation, the command and its descendants are killed."""
    async with _running(launch) as process:
        printed, _ = await asyncio.wait_for(process.communicate(), timeout_s)
    assert process.returncode is not None
    return process.returncode, printed.decode("utf-8", "replace")


async def follow(launch: Launch, on_line: Callable[[str], None]) -> int:
    """The exit status of a command, each of whose lines on either stream is told as it comes. Nothing of it is left on
    cancellation."""
    async with _running(launch) as process:
        assert process.stdout is not None
        async for line in process.stdout:
            on_line(line.decode("utf-8", "replace").rstrip("\n"))
        return await process.wait()


@asynccontextmanager
async def _running(launch: Launch) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *guarded(launch),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        env={},
        cwd="/",
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()  # the guard ends what is below it
            await asyncio.shield(process.wait())


def guarded(launch: Launch, control: int | None = None) -> tuple[str, ...]:
    """The command line of the guard around `launch`; `control` is the descriptor from which the server reads
    cancellations."""
    return (sys.executable, "-I", "-S", str(GUARD), launch.spec(control))
