"""Lean processes that are there before a run's components: a start takes longer than an easy theorem."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from prover.assembly.judging import judge_with
from prover.config import Config
from prover.judge import Judge
from prover.lean import first_start
from prover.lean.session import SessionLimits, Worker
from prover.lean.toolchain import Toolchain
from prover.tasks.load import Source
from prover.tasks.record import TaskList
from prover.tasks.statement import Statement


class Spares:
    """At most one worker and one judge for each toolchain, by its fingerprint; what nobody takes is ended."""

    def __init__(self) -> None:
        self._workers: dict[str, Worker] = {}
        self._readers: dict[str, asyncio.Task[Worker]] = {}
        self._judges: dict[str, Judge] = {}

    def begin(self, toolchain: Toolchain, config: Config) -> None:
        """Start what one theorem needs: a worker that reads it, and a judge beside it, since each start keeps one core
        busy. Nothing if that is done."""
        fingerprint = toolchain.fingerprint
        if fingerprint in self._judges:
            return
        launch = toolchain.launch()
        if not launch.is_upstream:
            self._readers[fingerprint] = asyncio.create_task(Worker.start(launch, SessionLimits()))
        self.give_judge(fingerprint, judge_with(toolchain, config.lean, for_one=True))

    async def take_reader(self, fingerprint: str) -> Worker | None:
        """The worker of a toolchain that was begun, once it is up; the caller owns it. Raises WorkerStartFailed."""
        reader = self._readers.pop(fingerprint, None)
        return None if reader is None else await reader

    def give_judge(self, fingerprint: str, judge: Judge) -> None:
        """Start a judge's processes, and own it until somebody takes it."""
        judge.begin()
        self._judges[fingerprint] = judge

    def take_judge(self, fingerprint: str) -> Judge | None:
        """The judge of a toolchain, if one was begun; the caller owns it."""
        return self._judges.pop(fingerprint, None)

    def give(self, fingerprint: str, worker: Worker) -> None:
        """Keep a worker, and own it until somebody takes it."""
        assert fingerprint not in self._workers
        self._workers[fingerprint] = worker

    def take(self, fingerprint: str) -> Worker | None:
        """The worker of a toolchain, if there is one; the caller owns it."""
        return self._workers.pop(fingerprint, None)

    async def __aenter__(self) -> Spares:
        return self

    async def __aexit__(self, *_: object) -> None:
        for reader in self._readers.values():
            reader.cancel()
        begun = await asyncio.gather(*self._readers.values(), return_exceptions=True)
        for worker in (*self._workers.values(), *(each for each in begun if isinstance(each, Worker))):
            await worker.process.close(grace_s=0.0)
        for judge in self._judges.values():
            await judge.__aexit__(None, None, None)


@asynccontextmanager
async def begun_for(given: Sequence[Source], config: Config) -> AsyncIterator[Spares]:
    """Spares for a run of these inputs, with what one statement needs begun if Lean is installed."""
    async with Spares() as spares:
        if wants_one(given, config) and config.lean.first_project is None:
            toolchain = await first_start.installed(memory_bytes=config.lean.worker_bytes)
            if toolchain is not None:
                spares.begin(toolchain, config)
        yield spares


def wants_one(given: TaskList | Sequence[Source] | None, config: Config) -> bool:
    """Whether there is one theorem at most in what is still to be read, to be tried once."""
    if given is None or isinstance(given, TaskList) or len(given) != 1 or config.search.passes != 1:
        return False
    items = given[0].items
    return isinstance(items, list) and len(items) == 1 and isinstance(items[0], Statement)
