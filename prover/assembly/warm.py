"""One Lean with its policy, critic and judge, kept open for one question after another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from prover.assembly.components import Own, open_components
from prover.assembly.listener import Listener
from prover.assembly.reading import Asked, Reads, asked_of, opened_reader
from prover.assembly.toolchains import open_toolchain
from prover.config import Config
from prover.driver.job import Job
from prover.driver.parts import Components
from prover.driver.results import result_of
from prover.driver.searches import budget_of
from prover.driver.theorem import ObserverFor, TheoremProver
from prover.judge import Judge, Verdict
from prover.judge.judgement import Text
from prover.lean.pool import LeanPool
from prover.run.result import TheoremResult
from prover.settings import refuse_out_of_range
from prover.tasks import TheoremTask


@dataclass(frozen=True, slots=True)
class Warm:
    """What answers questions: the components of a search, a reader of files, and a judge of whole files.

    `outline` says what Lean makes of a text, `read` gives the theorems of a text to prove (or those up to a line),
    `judge_file` the verdicts on a solution (its second argument) against a challenge, of one theorem or of all.
    """

    parts: Components
    outline: Asked
    read: Reads
    judge_file: Callable[[Text, Text, str | None], Awaitable[list[Verdict]]]

    async def prove(
        self,
        task: TheoremTask,
        observer_for: ObserverFor,
        *,
        time_limit_s: float,
        disprove: float = 0.0,
        best_effort: bool = False,
    ) -> TheoremResult:
        """Search for a proof and have it judged, as a run does; `disprove` is the share of the time for the negation,
        with `best_effort` an unfinished proof is given where there is no other. Raises ModelError if the policy or the
        critic fails."""
        settings = replace(self.parts.settings, disprove=disprove, best_effort=best_effort)
        parts = replace(self.parts, settings=settings, time_limit_s=time_limit_s)
        job = Job(task, 0, 0, budget_of(settings, time_limit_s))
        return result_of(job, await TheoremProver(parts, observer_for).prove(job))


@asynccontextmanager
async def open_warm(config: Config, listener: Listener, own: Own | None = None) -> AsyncIterator[Warm]:
    """Open all of it in this process, and close it on exit. Raises UsageError, ToolchainError, ModelError, or
    WorkerStartFailed."""
    toolchain = await open_toolchain(refuse_out_of_range(config).lean, listener)
    async with open_components([toolchain], config, listener, own, on_demand=True) as (parts,):
        pool, judge = parts.lean, parts.judge
        assert isinstance(pool, LeanPool) and isinstance(judge, Judge), "near components are of this process"
        outline = asked_of(pool)
        async with opened_reader(toolchain, listener, asked=outline) as reader:
            yield Warm(parts, outline, reader.read, judge.judge_file)
