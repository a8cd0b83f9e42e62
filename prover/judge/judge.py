"""The judge: judges proofs in Lean processes of its own."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from prover.judge.judgement import JudgeLimits, Judgement, Text, theorems_asked
from prover.judge.lines import LinesForm
from prover.judge.processes import Answer, start_process
from prover.judge.strict import StrictForm
from prover.judge.verdict import Verdict, sha256
from prover.lean.releases import KERNEL_MENDED
from prover.lean.toolchain import Toolchain

_ADVICE = f"judge again under Lean {'.'.join(map(str, KERNEL_MENDED))} or later"
"""Where a proof rests on inductive types of its own, and the kernel is known to be wrong about some."""


class _Form(Protocol):
    """How judging processes are shared among proofs: not at all (`StrictForm`), or kept for many (`LinesForm`)."""

    def begin(self) -> None:
        """Start the processes of the first proof."""
        ...

    async def ready(self) -> None:
        """Wait until they are up, or can't be started."""
        ...

    async def judge(self, question: Judgement, file: str) -> Verdict:
        """The verdict, by processes; `question` was passed by the ban list, and is not run itself."""
        ...

    async def ask_challenge(self, request: Answer, *, timeout_s: float, file: str) -> Answer:
        """The answer to a challenge, on which nothing but others of its `file` has an influence. Raises LeanFault."""
        ...

    async def close(self) -> None: ...


class Judge:
    """Judges proofs, several at once.

    `async with Judge(toolchain) as judge: verdict = await judge.judge(challenge, solution, "name")`. Its processes
    serve many proofs, unless it `is_strict`: then each proof is elaborated in a process of its own. About `parallel`
    proofs are judged at a time. Where one proof alone is expected (`for_one`), the judge is strict as well and keeps no
    process ready for another: two are started rather than three.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        *,
        limits: JudgeLimits = JudgeLimits(),  # noqa: B008 (frozen)
        parallel: int = 1,
        is_strict: bool = False,
        for_one: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._toolchain = toolchain
        self.limits = limits
        self._clock = clock
        start = functools.partial(
            start_process, toolchain, memory_bytes=limits.memory_bytes, start_timeout_s=limits.start_s
        )
        self._form: _Form
        if is_strict or for_one:
            self._form = StrictForm(start, parallel=parallel, spares=0 if for_one else parallel, clock=clock)
        else:
            self._form = LinesForm(start, most=(parallel + 1) // 2, clock=clock)

    async def __aenter__(self) -> Judge:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._form.close()

    def begin(self) -> None:
        """Start processes now, so that the first proof need not wait for them."""
        self._form.begin()

    async def ready(self) -> None:
        """Wait until the processes for a proof are up, or can't be started."""
        await self._form.ready()

    async def judge(self, challenge: str, solution: str, theorem: str, *, file: str = "") -> Verdict:
        """Does `solution` prove what `theorem` says in `challenge` (the original text, with `sorry`)?

        `theorem` is its full name, or its last part where that is unique. `file` names the text that the challenge is a
        part of: challenges of one file may share what stands before them. Never raises for what a proof does.
        """
        return await self._judged(Judgement(Text(challenge), Text(solution), theorem, self.limits), file)

    async def judge_file(self, challenge: Text, solution: Text, theorem: str | None = None) -> list[Verdict]:
        """The verdicts on a person's file: on `theorem`, or on all that the challenge leaves open; with the same text
        for both, on all theorems of it. Errors that a theorem does not rest on leave its verdict alone.

        Raises UsageError if the challenge doesn't elaborate or has none to judge, LeanFault if Lean can't say.
        """
        file = sha256(challenge.content)
        names: Sequence[str] = [theorem] if theorem is not None else []
        if theorem is None:
            ask = functools.partial(self._form.ask_challenge, file=file)
            is_own = challenge.content == solution.content
            names = await theorems_asked(ask, challenge, self.limits, is_own=is_own)
        questions = [Judgement(challenge, solution, name, self.limits, is_whole=False) for name in names]
        return list(await asyncio.gather(*(self._judged(question, file) for question in questions)))

    async def _judged(self, question: Judgement, file: str) -> Verdict:
        """The verdict with what it was reached with."""
        began_s = self._clock()
        found = question.scan()
        scan_s = self._clock() - began_s
        verdict = found or await self._form.judge(question, file)
        return replace(
            verdict,
            advice=_ADVICE if verdict.inductives and self._toolchain.caution else "",
            hashes={**(verdict.hashes or {}), "toolchain": self._toolchain.fingerprint},
            toolchain=self._toolchain.name,
            elapsed_s=scan_s + verdict.elapsed_s,
        )
