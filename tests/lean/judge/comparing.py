"""The judge's comparing process for tests, and questions put to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from prover.errors import LeanFault
from prover.judge.processes import ComparingProcess, start_process
from prover.lean.embedded import ensure_embedded
from prover.lean.toolchain import Embedded
from prover.lean.transport import LeanProcess


async def start_judging() -> LeanProcess:
    """A process of the judge's."""
    toolchain = await Embedded.prepare(await ensure_embedded())
    return await start_process(toolchain, memory_bytes=3 << 30, start_timeout_s=180.0)


@asynccontextmanager
async def comparing_process() -> AsyncIterator[ComparingProcess]:
    """A comparing process, closed in the end."""
    process = ComparingProcess(start_judging)
    yield process
    await process.close()


async def compare(
    comparing: ComparingProcess, challenge: str, solution: str, imports: tuple[str, ...] = ("Init",)
) -> dict[str, Any]:
    """What the process answers on two exports; a fault is an answer, too, by its class."""
    request = {"judge": "compare", "imports": list(imports), "challenge": challenge, "solution": solution}
    try:
        return dict(await comparing.ask(request, timeout_s=20.0))
    except LeanFault as fault:
        return {"verdict": "unknown", "kind": type(fault).__name__}
