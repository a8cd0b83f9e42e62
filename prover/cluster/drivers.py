"""A prover on driver actors: jobs go out, attempts and traces come back, each exactly once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from prover.cluster.driver_host import Delivery
from prover.cluster.fleet import Fleet, Member
from prover.cluster.handle import ActorLost, System
from prover.driver.job import Attempt, Fault, FaultKind, Job
from prover.errors import LeanFault
from prover.keeper import Patience
from prover.run.usage import Usage
from prover.tasks import Document, TheoremTask
from search.budget import Spent

log = logging.getLogger(__name__)

StoreTrace = Callable[[TheoremTask, int, str, bytes], None]

_NO_DOCUMENT = Document("")
_SMALL = 16384


class FarProver:
    """A `driver.job.Prover` on a fleet of drivers.

    An attempt that ended with the loss of its driver, of Lean or of a model is repeated from the start, if possible on
    another driver, `patience.retries` times; then it is *unknown*, with the cause.
    """

    def __init__(
        self,
        fleet: Fleet,
        system: System,
        store_trace: StoreTrace,
        *,
        deadline_s: float,
        patience: Patience,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._fleet = fleet
        self._system = system
        self._store_trace = store_trace
        self._deadline_s = deadline_s
        self._patience = patience
        self._clock = clock
        self._wall_clock = wall_clock
        self._documents: dict[Document, object] = {}

    async def prove(self, job: Job) -> Attempt:
        """The attempt of a job. Raises the faults that would meet every theorem: ModelError, the fault that keeps all
        drivers from being ready, and ActorLost if all are lost for good."""
        began, started_at = self._clock(), self._wall_clock()
        tried: list[Member] = []
        causes: list[Fault] = []
        while len(causes) <= self._patience.retries:
            if causes:
                await self._patience.pause(len(causes))
            tried.append(await self._fleet.choose(tried))
            try:
                delivery = await self._ask(tried[-1], job)
                ending = delivery.attempt.ending
                if not isinstance(ending, Fault):
                    for beside, trace in delivery.traces.items():
                        self._store_trace(job.task, job.attempt, beside, trace)
                    return delivery.attempt.after(len(causes))
                causes.append(ending)
            except (ActorLost, LeanFault) as fault:
                causes.append(Fault(FaultKind.LOST, str(fault)))
            log.warning("%s: %s", job.task.id, causes[-1].error)
        kind = FaultKind.MODEL if all(each.kind is FaultKind.MODEL for each in causes) else FaultKind.LOST
        lost = Fault(kind, f"given up after {len(causes)} tries; the last: {causes[-1].error}")
        return Attempt(lost, Spent(wall_s=self._clock() - began), Usage(), started_at)

    async def _ask(self, member: Member, job: Job) -> Delivery:
        bare = replace(job, task=replace(job.task, document=_NO_DOCUMENT))
        document = self._document(job.task)
        delivery: Delivery = await self._fleet.ask(member, "prove", bare, document, deadline_s=self._deadline_s)
        return delivery

    def _document(self, task: TheoremTask) -> object:
        """The task's document, or a reference to it: one that is large or that theorems share (a file) is sent once."""
        if not task.is_lean_file and len(task.document.text) < _SMALL:
            return task.document
        document = task.document
        if document not in self._documents:
            self._documents[document] = self._system.put(document)
        return self._documents[document]
