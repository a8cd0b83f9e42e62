"""The judge's processes for tests, and questions put to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prover.errors import LeanFault
from prover.judge.processes import Answer, ComparingProcess, ElaboratingProcess, start_process
from prover.lean.toolchain import Embedded
from prover.lean.transport import LeanProcess

MEMORY_BYTES = 3 << 30


async def start_judging(toolchain: Embedded) -> LeanProcess:
    """A process of the judge's."""
    return await start_process(toolchain, memory_bytes=MEMORY_BYTES, start_timeout_s=180.0)


class SharedProcess(ElaboratingProcess):
    """Elaborates text after text, whatever has run in it before."""

    async def answer(self, request: Mapping[str, Any], *, timeout_s: float) -> Answer:
        """The answer to a text. Raises LeanFault if none comes."""
        return (await self.ask(request, timeout_s=timeout_s, beside=None)).answer


async def compare(
    comparing: ComparingProcess, challenge: str, solution: str, imports: tuple[str, ...] = ("Init",)
) -> dict[str, Any]:
    """What the process answers on two exports; a fault is an answer, too, by its class."""
    request = {"judge": "compare", "imports": list(imports), "challenge": challenge, "solution": solution}
    try:
        return dict(await comparing.ask(request, timeout_s=20.0))
    except LeanFault as fault:
        return {"verdict": "unknown", "kind": type(fault).__name__}
