"""The workbench: everything warm, opened once in the background, and the jobs that use it."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Protocol, TypeAlias

from prover.assembly.listener import Listener
from prover.assembly.warm import Warm
from prover.driver.steering import Wish
from prover.errors import LeanFault, MemoryLacking, ModelError, StepwiseError, ToolchainError, UsageError
from prover.lean.turns import CLIENT
from prover.workbench.documents import Documents
from prover.workbench.jobs import Job, JobState, Json
from prover.workbench.requests import Question, Request
from prover.workbench.work import result_for

log = logging.getLogger(__name__)

_KEPT = 32  # jobs that are over
Opening: TypeAlias = Callable[[Listener], AbstractAsyncContextManager[Warm]]


class Bench(Protocol):
    """A workbench as faces use it: in this process, or the one that many share."""

    async def start(self, request: Request) -> str:
        """Begin a job; its name."""
        ...

    async def wait(self, job: str, since: int = 0, timeout_s: float = 20.0) -> list[Json]:
        """The job's events from number `since` on, as soon as there are any; none when the time is over. The last event
        of every job is `ended`. Raises UsageError if there is no such job."""
        ...

    async def steer(self, job: str, wish: Json, beside: str = "") -> Json:
        """Have a person's wish (`prover.driver.steering.Wish`, as JSON) done at a job's search. The answer has `done`,
        `said` (the reason, or Lean's message, where it isn't done) and `goals`. Raises UsageError if no such search
        runs, and for what is no wish."""
        ...

    async def jobs(self) -> list[Json]:
        """The jobs that it knows, in the order in which they began: `job`, `kind`, `state`, and the `theorem` once that
        is known."""
        ...

    def stop(self, job: str) -> None:
        """Tell a job to end, without waiting for its event `ended`. A job that is over stays as it is."""
        ...


class Workbench:
    """Opens what jobs need when it is entered, in the background: jobs may be started at once, and wait.

    `fault` is why it could not be opened; jobs then fail with it, and the next one has it tried again. Names of jobs
    end with `tag`, so that a job of one process is never taken for that of the next.
    """

    def __init__(self, opening: Opening, tag: str = "") -> None:
        self._opening = opening
        self._opened: asyncio.Future[tuple[Warm, Documents]] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._jobs: dict[str, Job] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._names = (f"job{number}{tag}" for number in itertools.count(1))
        self.fault: StepwiseError | None = None

    async def __aenter__(self) -> Workbench:
        self._open()
        return self

    def _open(self) -> None:
        self.fault = None
        self._opened = asyncio.get_running_loop().create_future()
        self._keeping = asyncio.create_task(self._keep_open(self._opened))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [*self._running.values(), *([self._keeping] if self._keeping is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def start(self, request: Request, client: str = "") -> str:
        """Begin a job. Lean's time is shared equally by the clients, and by what one of them asks and what it has done
        meanwhile, however many jobs these are."""
        if self.fault is not None:
            self._open()
        name = next(self._names)
        job = self._jobs[name] = Job(name, request.kind)
        self._running[name] = asyncio.create_task(self._do(job, request, client))
        self._running[name].add_done_callback(lambda _: self._running.pop(name, None))
        self._forget_old()
        return name

    async def wait(self, job: str, since: int = 0, timeout_s: float = 20.0) -> list[Json]:
        return list(await self._job(job).news(since, timeout_s))

    async def steer(self, job: str, wish: Json, beside: str = "") -> Json:
        steering = self._job(job).steered.get(beside)
        if steering is None:
            raise UsageError(f"job {job!r} has no search that runs{f' beside it ({beside})' if beside else ''}")
        try:
            wished = Wish.of(wish)
        except ValueError as error:
            raise UsageError(str(error)) from error
        return (await steering.do(wished)).to_json()

    async def jobs(self) -> list[Json]:
        return [
            {"job": job.name, "kind": job.kind, "state": str(job.state), "theorem": job.theorem}
            for job in self._jobs.values()
        ]

    def stop(self, job: str) -> None:
        task = self._running.get(job)
        if task is not None:
            task.cancel()

    # ------------------------------------------------------------------------------------------------------ inside

    def _job(self, name: str) -> Job:
        if name not in self._jobs:
            raise UsageError(f"there is no job {name!r}; there are: {', '.join(self._jobs) or 'none'}")
        return self._jobs[name]

    async def _keep_open(self, opened: asyncio.Future[tuple[Warm, Documents]]) -> None:
        """Open everything, and close it when this task is cancelled."""
        try:
            async with self._opening(_Telling(self._tell_all)) as warm:
                documents = Documents(warm.read)
                opened.set_result((warm, documents))
                try:
                    await asyncio.Event().wait()
                finally:
                    await documents.close()
        except StepwiseError as fault:
            self.fault = fault
            opened.set_exception(fault)
            opened.exception()  # it is said to every job; with none there is nobody to hear it

    async def _do(self, job: Job, request: Request, client: str) -> None:
        assert self._opened is not None, "the workbench was entered"
        CLIENT.set(f"{client} {'asks' if isinstance(request, Question) else 'works'}")
        try:
            warm, documents = await asyncio.shield(self._opened)
            result = await result_for(request, job, warm, documents)
        except asyncio.CancelledError:
            job.end(JobState.STOPPED, fault="", message="stopped")
            raise
        except StepwiseError as fault:
            job.end(JobState.FAILED, fault=kind_of(fault), message=str(fault))
        except Exception as error:  # a fault of ours in one job ends no other
            log.exception("%s (%s)", job.name, job.kind)
            job.end(JobState.FAILED, fault="internal", message=f"a fault of Stepwise itself: {error!r}")
        else:
            job.tell("result", **result)
            job.end(JobState.DONE, fault="", message="")

    def _tell_all(self, event: str, **data: object) -> None:
        for job in self._jobs.values():
            job.tell(event, **data)

    def _forget_old(self) -> None:
        over = [name for name, job in self._jobs.items() if job.is_over]
        for name in over[: max(0, len(over) - _KEPT)]:
            del self._jobs[name]


class _Telling(Listener):
    """Tells jobs what goes on around them: an installation, a Lean that is lost."""

    def __init__(self, tell: Callable[..., None]) -> None:
        self._tell = tell

    def note(self, text: str) -> None:
        self._tell("note", text=text)

    def warn(self, text: str) -> None:
        self._tell("note", text=text)

    def progress(self, step: str, done: int, total: int, unit: str = "B") -> None:
        self._tell("progress", step=step, done=done, total=total, unit=unit)


_FAULTS: dict[str, type[StepwiseError]] = {
    "usage": UsageError,
    "toolchain": ToolchainError,
    "memory": MemoryLacking,
    "lean": LeanFault,
    "model": ModelError,
    "other": StepwiseError,
}


def kind_of(fault: StepwiseError) -> str:
    """The word for a fault, in events and answers."""
    return next(name for name, kind in _FAULTS.items() if isinstance(fault, kind))


def fault_of(kind: str, message: str) -> StepwiseError:
    """The fault that an event `ended` of a failed job tells of."""
    return _FAULTS.get(kind, StepwiseError)(message)
