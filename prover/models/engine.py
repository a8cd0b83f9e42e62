"""A sampling engine in a thread of its own, which takes requests from any thread.

Cancelling a request's future frees its rows at the next step. A fault over one request ends it alone (`batch`). A fault
of a step ends all requests, and the engine begins afresh. Without an answer before the next one it ends for good.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

import torch

from prover.errors import ModelError, StepFault
from prover.models.batch import Batch
from prover.models.jobs import settle
from prover.models.requests import Sampled, SamplingRequest

log = logging.getLogger(__name__)

_CLOSED = "the sampling engine is closed"


class Engine:
    """Runs `batch` until closed; others may read its sizes and counts. `busy_s` are its seconds at work."""

    def __init__(self, batch: Batch, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.batch = batch
        self._clock = clock
        self._incoming: list[tuple[SamplingRequest, Future[list[Sampled]]]] = []
        self._wake = threading.Condition()
        self._unanswered: set[Future[list[Sampled]]] = set()
        self._is_closed = False
        self._may_restart = True
        self._fault: ModelError | None = None
        self.busy_s = 0.0
        self._num_pending = 0
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampling-engine", daemon=True)
        self._thread.start()

    @property
    def device(self) -> torch.device:
        return self.batch.network.device

    @property
    def vocab(self) -> int:
        """The number of tokens that the network chooses among."""
        return self.batch.network.dims.vocab

    @property
    def num_pending(self) -> int:
        """Samples that were requested and not answered yet; engines are balanced by it."""
        return self._num_pending

    @property
    def fault(self) -> ModelError | None:
        """Why it has ended; None while it serves."""
        return self._fault

    def submit(self, request: SamplingRequest) -> Future[list[Sampled]]:
        """A future of the request's answers. It raises StepFault after a failed step, ModelError once it has ended."""
        future: Future[list[Sampled]] = Future()
        with self._wake:
            if self._fault or self._is_closed:
                future.set_exception(self._fault or ModelError(_CLOSED))
                return future
            self._num_pending += request.num_samples
            self._unanswered.add(future)
            self._incoming.append((request, future))
            self._wake.notify()
        future.add_done_callback(lambda done: self._forget(done, request.num_samples))
        return future

    def wait_ready(self) -> None:
        """Wait until steps are compiled and captured. Raises ModelError if that failed."""
        self._is_ready.wait()
        if self._fault is not None:
            raise self._fault

    def close(self) -> None:
        """Stop after the current step; unfinished requests fail. Safe to call twice."""
        with self._wake:
            self._is_closed = True
            self._wake.notify()
        self._thread.join()

    def _forget(self, future: Future[list[Sampled]], count: int) -> None:
        with self._wake:
            self._unanswered.discard(future)
            self._num_pending -= count
            self._may_restart |= not future.cancelled() and future.exception() is None

    def _run(self) -> None:
        ended = ModelError(_CLOSED)
        try:
            self.batch.prepare()
            self._is_ready.set()
            while self._collect():
                fault = self._advance()
                if fault is not None:
                    self._end_all(fault)
                    self.batch.restart()
        except Exception as error:
            log.exception("the sampling engine failed for good")
            ended = ModelError(f"the sampling engine failed for good: {error!r}")
        with self._wake:
            self._fault = ended
        self._end_all(ended)
        self._is_ready.set()

    def _collect(self) -> bool:
        with self._wake:
            while self.batch.is_idle and not self._incoming and not self._is_closed:
                self._wake.wait()
            incoming, self._incoming = self._incoming, []
            is_closed = self._is_closed
        for request, future in incoming:
            self.batch.submit(request, future)
        return not is_closed

    def _advance(self) -> StepFault | None:
        """One round of the batch, or the fault after which it has to begin afresh. Raises a fault that comes again."""
        started = self._clock()
        try:
            self.batch.advance()
        except Exception as error:
            if not self._may_restart:
                raise
            self._may_restart = False
            log.exception("a step of the sampling engine failed, and it begins afresh")
            return StepFault(f"a step of the sampling engine failed, and it begins afresh: {error!r}")
        finally:
            self.busy_s += self._clock() - started
        return None

    def _end_all(self, error: ModelError) -> None:
        """End all requests, waiting or running, with one error."""
        with self._wake:
            unanswered = [*self._unanswered]
            self._incoming = []
        for future in unanswered:
            settle(future, error)
