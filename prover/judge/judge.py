"""The judge: judges proofs in Lean processes of its own."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from prover.errors import LeanFault
from prover.judge.judgement import JudgeLimits, Judgement, open_theorems
from prover.judge.processes import ComparingProcess, SpareProcesses, start_process
from prover.judge.verdict import Verdict
from prover.lean.releases import KERNEL_MENDED
from prover.lean.toolchain import Toolchain

_ADVICE = f"judge again under Lean {'.'.join(map(str, KERNEL_MENDED))} or later"
"""Where a proof rests on inductive types of its own, and the kernel is known to be wrong about some."""


class Judge:
    """Judges proofs, several at once, each elaborated in a process of its own that is ended afterwards.

    `async with Judge(toolchain) as judge: verdict = await judge.judge(challenge, solution, "name")`. Keeps `parallel`
    warm processes, so that a judgement rarely waits for a start.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        *,
        limits: JudgeLimits = JudgeLimits(),  # noqa: B008 (frozen)
        parallel: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._toolchain = toolchain
        self.limits = limits
        self._clock = clock
        start = functools.partial(
            start_process, toolchain, memory_bytes=limits.memory_bytes, start_timeout_s=limits.start_s
        )
        self._spares = SpareProcesses(start, spares=parallel)
        self._comparing = ComparingProcess(start)
        self._places = asyncio.Semaphore(parallel)

    async def __aenter__(self) -> Judge:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._spares.close()
        await self._comparing.close()

    async def judge(self, challenge: str, solution: str, theorem: str) -> Verdict:
        """Does `solution` prove what `theorem` says in `challenge` (the original text, with `sorry`)?

        `theorem` is its full name, or its last part where that is unique. Never raises for what a proof does.
        """
        judgement = Judgement(challenge, solution, theorem, self.limits)
        began = self._clock()
        verdict = judgement.scan()
        if verdict is None:
            async with self._places:
                began = self._clock()
                verdict = await self._in_fresh_process(judgement)
        return replace(
            verdict,
            advice=_ADVICE if verdict.inductives and self._toolchain.caution else "",
            hashes={**(verdict.hashes or {}), "toolchain": self._toolchain.fingerprint},
            toolchain=self._toolchain.name,
            elapsed_s=self._clock() - began,
        )

    async def judge_many(self, proofs: Iterable[tuple[str, str, str]]) -> list[Verdict]:
        """The verdicts on (challenge, solution, theorem) triples, in order."""
        return list(await asyncio.gather(*(self.judge(*proof) for proof in proofs)))

    async def open_theorems(self, challenge: str) -> tuple[str, ...]:
        """The theorems of a challenge whose own proof is a `sorry`, by name.

        Raises UsageError if the challenge doesn't elaborate, LeanFault if Lean can't say.
        """
        process = await self._spares.take()
        try:
            return await open_theorems(process.submit, challenge, self.limits)
        finally:
            await process.close(grace_s=0.0)

    async def _in_fresh_process(self, judgement: Judgement) -> Verdict:
        try:
            process = await self._spares.take()
        except LeanFault as fault:
            return judgement.fault(fault)
        try:
            return await judgement.run(process.submit, self._comparing.ask)
        finally:
            await process.close(grace_s=0.0)


async def judge(
    challenge: str,
    solution: str,
    theorem: str,
    *,
    toolchain: Toolchain,
    limits: JudgeLimits = JudgeLimits(),  # noqa: B008 (frozen)
) -> Verdict:
    """One proof, with processes started for it alone: see `Judge.judge`."""
    async with Judge(toolchain, limits=limits) as own:
        return await own.judge(challenge, solution, theorem)
