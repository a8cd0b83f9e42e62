"""A run: every pending theorem of a folder, some at a time, each result written as soon as it is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext

from prover.driver.agenda import Agenda
from prover.driver.job import Accepted, Attempt, Fault, FaultKind, Job, Prover
from prover.driver.results import result_of
from prover.errors import ModelError
from prover.judge import write_certificate, write_package
from prover.run.folder import RunFolder
from prover.run.logs import theorem
from prover.run.result import SETTLED, Status, TheoremResult
from prover.run.trace import read_events

_MOST_FAULTS = 8
"""So many theorems in a row that end by a fault of a model are no coincidence."""


class Run:
    """Works off a run folder. Cancelling it keeps every result that is known; the run can be resumed.

    At most `concurrency` jobs are begun at a time, and each waits for a place that `admit` hands out.
    """

    def __init__(
        self,
        folder: RunFolder,
        prover: Prover,
        agenda: Agenda,
        *,
        concurrency: int,
        admit: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
        on_result: Callable[[TheoremResult], None] = lambda _: None,
    ) -> None:
        self._folder = folder
        self._prover = prover
        self._agenda = agenda
        self._concurrency = concurrency
        self._admit = admit
        self._on_result = on_result
        self._running: dict[asyncio.Task[Attempt], Job] = {}
        self._faults_in_a_row = 0

    async def work(self) -> None:
        """Do what is on the agenda, `concurrency` jobs at a time. Raises a fault that would meet every theorem."""
        try:
            while True:
                self._start()
                if not self._running:
                    return
                ended, _ = await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    job = self._running.pop(task)
                    if not task.cancelled():
                        self._record(job, task.result())
                        self._refuse_faults_without_end(task.result())
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self) -> None:
        while len(self._running) < self._concurrency and (job := self._agenda.next()) is not None:
            self._running[asyncio.create_task(self._do(job))] = job

    async def _do(self, job: Job) -> Attempt:
        theorem.set(job.task.id)
        if job.resumes is not None:
            trace = self._folder.trace_path(job.task.id, job.resumes)
            job = job.with_history(await asyncio.to_thread(lambda: tuple(read_events(trace))))
        async with self._admit():
            return await self._prover.prove(job)

    def _record(self, job: Job, attempt: Attempt) -> None:
        """Write the proof and its certificate, then the result, so that no result names a proof that isn't there."""
        result = result_of(job, attempt)
        if isinstance(attempt.ending, Accepted):
            proof = attempt.ending.proof
            path = self._folder.write_proof(result.id, proof.solution, is_disproof=result.status is Status.DISPROVED)
            write_certificate(path, proof.challenge, proof.verdict)
            write_package(path, proof.challenge, proof.solution, proof.verdict.theorem)
        self._folder.journal.append(result)
        self._agenda.tell(job, result)
        if result.status in SETTLED:
            self._drop_later(job)
        self._on_result(result)

    def _refuse_faults_without_end(self, attempt: Attempt) -> None:
        """Raises ModelError if so many theorems in a row ended by a fault of a model that the next one would, too."""
        ending = attempt.ending
        if not isinstance(ending, Fault) or ending.kind is not FaultKind.MODEL:
            self._faults_in_a_row = 0
            return
        self._faults_in_a_row += 1
        if self._faults_in_a_row == _MOST_FAULTS:
            raise ModelError(f"{_MOST_FAULTS} theorems in a row ended by a fault of a model; the last: {ending.error}")

    def _drop_later(self, settled: Job) -> None:
        """Cancel the later passes of a theorem that was settled. Its earlier passes run to their end, so that the
        number of passes within which a theorem was solved does not depend on which of them ran at the same time."""
        for task, job in self._running.items():
            if job.task.id == settled.task.id and job.attempt > settled.attempt:
                task.cancel()
