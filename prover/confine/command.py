"""A short command under the guard, and the command line that puts a program under it."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from prover.confine.launch import GUARD, Launch


async def output_of(launch: Launch, *, timeout_s: float) -> tuple[int, str]:
    """Exit status and everything that a short command prints on either stream. Raises TimeoutError when it doesn't end;
    nothing of it is left then, or on cancellation."""
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
        printed, _ = await asyncio.wait_for(process.communicate(), timeout_s)
    finally:
        if process.returncode is None:
            process.terminate()  # the guard ends what is below it
            await asyncio.shield(process.wait())
    assert process.returncode is not None
    return process.returncode, printed.decode("utf-8", "replace")


def guarded(launch: Launch, control: int | None = None) -> tuple[str, ...]:
    """The command line of the guard around `launch`; `control` is the descriptor on which it hears of cancelled
    requests."""
    return (sys.executable, "-I", "-S", str(GUARD), launch.spec(control))
