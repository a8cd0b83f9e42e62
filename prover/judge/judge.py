"""The judge: judges proofs in Lean processes of its own."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable
from dataclasses import replace

from prover.errors import LeanFault
from prover.judge.judgement import JudgeLimits, Judgement, Text, theorems_asked
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
        judgement = Judgement(Text(challenge), Text(solution), theorem, self.limits)
        began = self._clock()
        verdict = judgement.scan()
        if verdict is None:
            async with self._places:
                began = self._clock()
                verdict = await self._in_fresh_process(judgement)
        return self._told(verdict, began)

    def _told(self, verdict: Verdict, began: float) -> Verdict:
        """The verdict with what it was reached with, and the time since `began`."""
        return replace(
            verdict,
            advice=_ADVICE if verdict.inductives and self._toolchain.caution else "",
            hashes={**(verdict.hashes or {}), "toolchain": self._toolchain.fingerprint},
            toolchain=self._toolchain.name,
            elapsed_s=self._clock() - began,
        )

    async def judge_file(self, challenge: Text, solution: Text, theorem: str | None = None) -> list[Verdict]:
        """The verdicts on a person's file: on `theorem`, or on all that the challenge leaves open; with the same text
        for both, on all theorems of it. Errors that a theorem does not rest on leave its verdict alone.

        All are elaborated in one process, which has told what each says before it sees the solution. Raises UsageError
        if the challenge doesn't elaborate or has none to judge, LeanFault if Lean can't say.
        """
        async with self._places:
            process = await self._spares.take()
            try:
                names = [theorem] if theorem is not None else None
                if names is None:
                    is_own = challenge.content == solution.content
                    names = list(await theorems_asked(process.submit, challenge, self.limits, is_own=is_own))
                judgements = [Judgement(challenge, solution, name, self.limits, is_whole=False) for name in names]
                verdicts = [judgement.scan() or await judgement.ask(process.submit) for judgement in judgements]
                told = []
                for judgement, ended in zip(judgements, verdicts, strict=True):
                    began = self._clock()
                    verdict = ended or await judgement.decide(process.submit, self._comparing.ask)
                    told.append(self._told(verdict, began))
                return told
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
