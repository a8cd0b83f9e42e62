"""The near end of the driver actors: theorems go out, results and traces come back, each exactly once."""

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
    """Proves theorems on a fleet of drivers, like a `TheoremProver`; a driver keeps no results.

    What ended through no fault of the theorem's (a driver was lost, Lean or a model was) is done again from the
    start, elsewhere where possible, `patience.retries` times; then it is *unknown*, with the cause.
    """

    def __init__(
        self,
        fleet: Fleet,
        system: System,
        store_trace: StoreTrace,
        *,
        deadline_s: float,
        patience: Patience = Patience(),  # noqa: B008 (frozen)
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
        """The attempt. Raises what no other theorem would be spared, as a run in one process does: ModelError,
        what keeps every driver from being ready, and ActorLost when all are gone for good."""
        began, started_at = self._clock(), self._wall_clock()
        tried: list[Member] = []
        causes: list[str] = []
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
                causes.append(ending.error)
            except (ActorLost, LeanFault) as fault:
                causes.append(str(fault))
            log.warning("%s: %s", job.task.id, causes[-1])
        lost = Fault(FaultKind.LOST, f"given up after {len(causes)} tries; the last: {causes[-1]}")
        return Attempt(lost, Spent(wall_s=self._clock() - began), Usage(), started_at)

    async def _ask(self, member: Member, job: Job) -> Delivery:
        member.in_flight += 1
        try:
            delivery: Delivery = await member.handle.call(
                "prove",
                replace(job, task=replace(job.task, document=_NO_DOCUMENT)),
                self._document(job.task),
                deadline_s=self._deadline_s,
            )
        except ActorLost as loss:
            self._fleet.mark_lost(member, loss)
            raise
        finally:
            member.in_flight -= 1
        return delivery

    def _document(self, task: TheoremTask) -> object:
        """As it is, or a stand-in: what many theorems share (a file) or is large goes out once."""
        if not task.is_lean_file and len(task.document.text) < _SMALL:
            return task.document
        document = task.document
        if document not in self._documents:
            self._documents[document] = self._system.put(document)
        return self._documents[document]
