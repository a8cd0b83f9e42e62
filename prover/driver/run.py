"""A run: every pending theorem of a folder, some at a time, each result written as soon as it is known."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from prover.driver.theorem import Attempt
from prover.judge import write_certificate
from prover.run.folder import RunFolder
from prover.run.result import Status, TheoremResult
from prover.tasks import TheoremTask

SETTLED = frozenset((Status.PROVED, Status.DISPROVED, Status.INVALID))
"""After these a theorem needs no further pass."""


class Prover(Protocol):
    """Proves single theorems: in this process (`TheoremProver`), or on drivers far away."""

    async def prove(self, task: TheoremTask, attempt: int = 0) -> Attempt: ...


class Run:
    """Works off a run folder. Cancelling it keeps every result that is known; the folder can be gone on with."""

    def __init__(
        self,
        folder: RunFolder,
        prover: Prover,
        *,
        concurrency: int,
        passes: int = 1,
        on_result: Callable[[TheoremResult], None] = lambda _: None,
    ) -> None:
        self._folder = folder
        self._prover = prover
        self._concurrency = concurrency
        self._passes = passes
        self._on_result = on_result

    async def work(self) -> None:
        """Prove what is pending, pass by pass: a theorem that is settled is not tried again."""
        settled = {result.id for result in self._folder.results() if result.status in SETTLED}
        pending = self._folder.pending(self._passes)
        for number in range(self._passes):
            queue = deque(task for task, attempt in pending if attempt == number and task.id not in settled)
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._concurrency, len(queue))):
                    group.create_task(self._drain(queue, number, settled))

    async def _drain(self, queue: deque[TheoremTask], attempt: int, settled: set[str]) -> None:
        while queue:
            task = queue.popleft()
            done = await self._prover.prove(task, attempt)
            self._record(done)
            if done.result.status in SETTLED:
                settled.add(task.id)

    def _record(self, done: Attempt) -> None:
        """The proof and its certificate first, so that a result never names one that isn't there."""
        if done.proved is not None:
            path = self._folder.write_proof(done.result.id, done.proved.solution)
            write_certificate(path, done.proved.challenge, done.proved.verdict)
        self._folder.journal.append(done.result)
        self._on_result(done.result)
