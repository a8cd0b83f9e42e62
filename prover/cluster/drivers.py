"""The near end of the driver actors: theorems go out, results and traces come back, each exactly once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from prover.cluster.driver_host import Delivery
from prover.cluster.fleet import Fleet, Member
from prover.cluster.handle import ActorLost, Patience, System
from prover.driver.parts import Attempt
from prover.driver.searches import Allowance
from prover.errors import LeanFault
from prover.run.result import Status, TheoremResult
from prover.tasks import Document, TheoremTask

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

    async def prove(self, task: TheoremTask, attempt: int = 0, allowance: Allowance | None = None) -> Attempt:
        """The theorem's result. Raises what no other theorem would be spared, as a run in one process does: ModelError,
        what keeps every driver from being ready, and ActorLost when all are gone for good."""
        began, started_at = self._clock(), self._wall_clock()
        tried: list[Member] = []
        causes: list[str] = []
        while len(causes) <= self._patience.retries:
            if causes:
                await self._patience.pause(len(causes) - 1)
            tried.append(await self._fleet.choose(tried))
            try:
                delivery = await self._ask(tried[-1], task, attempt, allowance)
            except (ActorLost, LeanFault) as fault:
                log.warning("%s: %s", task.id, fault)
                causes.append(str(fault))
                continue
            if delivery.attempt.result.stop_reason in ("lean_fault", "model_fault"):
                log.warning("%s: %s", task.id, delivery.attempt.result.error)
                causes.append(delivery.attempt.result.error)
                continue
            for beside, trace in delivery.traces.items():
                self._store_trace(task, attempt, beside, trace)
            return with_retries(delivery.attempt, causes)
        return Attempt(
            TheoremResult(
                id=task.id,
                name=task.name,
                status=Status.UNKNOWN,
                stop_reason="lost",
                attempt=attempt,
                error=f"given up after {len(causes)} tries; the last: {causes[-1]}",
                elapsed_s=self._clock() - began,
                fingerprint=task.fingerprint,
                split=task.split,
                source=task.source,
                line=task.line,
                started_at=started_at,
            )
        )

    async def _ask(self, member: Member, task: TheoremTask, attempt: int, allowance: Allowance | None) -> Delivery:
        member.in_flight += 1
        try:
            delivery: Delivery = await member.handle.call(
                "prove",
                replace(task, document=_NO_DOCUMENT),
                self._document(task),
                attempt,
                allowance,
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


def with_retries(attempt: Attempt, causes: list[str]) -> Attempt:
    """The attempt with a note of what was lost before."""
    if not causes:
        return attempt
    stats = {**attempt.result.stats, "infrastructure_retries": len(causes)}
    return replace(attempt, result=replace(attempt.result, stats=stats))
