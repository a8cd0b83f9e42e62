"""The judge's processes for tests, and questions put to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from prover.errors import LeanFault
from prover.judge.processes import ComparingProcess, start_process
from prover.lean.toolchain import Embedded
from prover.lean.transport import LeanProcess

MEMORY_BYTES = 3 << 30


async def start_judging(toolchain: Embedded) -> LeanProcess:
    """A process of the judge's."""
    return await start_process(toolchain, memory_bytes=MEMORY_BYTES, start_timeout_s=180.0)


class SharedProcess:
    """Elaborates text after text in one process, which a text may end; the next one then gets another."""

    def __init__(self, start: Callable[[], Awaitable[LeanProcess]]) -> None:
        self._start = start
        self._process: LeanProcess | None = None

    async def ask(self, request: Mapping[str, Any], *, timeout_s: float) -> Mapping[str, Any]:
        if self._process is None or not self._process.is_alive:
            await self.close()
            self._process = await self._start()
        return await self._process.submit(request, timeout_s=timeout_s)

    async def close(self) -> None:
        if self._process is not None:
            await self._process.close(grace_s=0.0)


async def compare(
    comparing: ComparingProcess, challenge: str, solution: str, imports: tuple[str, ...] = ("Init",)
) -> dict[str, Any]:
    """What the process answers on two exports; a fault is an answer, too, by its class."""
    request = {"judge": "compare", "imports": list(imports), "challenge": challenge, "solution": solution}
    try:
        return dict(await comparing.ask(request, timeout_s=20.0))
    except LeanFault as fault:
        return {"verdict": "unknown", "kind": type(fault).__name__}
