"""A sampling engine in a thread of its own, which takes requests from any thread.

Cancelling a request's future frees its rows at the next step.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

import torch

from prover.errors import ModelError
from prover.models.batch import Batch
from prover.models.jobs import settle
from prover.models.requests import Sampled, SamplingRequest

log = logging.getLogger(__name__)


class Engine:
    """Runs `batch` until closed; others may read its sizes and counts. `busy_s` are its seconds at work."""

    def __init__(self, batch: Batch, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.batch = batch
        self._clock = clock
        self._incoming: list[tuple[SamplingRequest, Future[list[Sampled]]]] = []
        self._wake = threading.Condition()
        self._is_closed = False
        self._error: ModelError | None = None
        self.busy_s = 0.0
        self._num_pending = 0
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampling-engine", daemon=True)
        self._thread.start()

    @property
    def device(self) -> torch.device:
        """The network's device."""
        return self.batch.network.device

    @property
    def vocab(self) -> int:
        """The number of tokens that the network chooses among."""
        return self.batch.network.dims.vocab

    @property
    def num_pending(self) -> int:
        """Samples that were requested and not answered yet; engines are balanced by it."""
        return self._num_pending

    def submit(self, request: SamplingRequest) -> Future[list[Sampled]]:
        """A future of the request's answers. It raises ModelError if the engine has failed."""
        future: Future[list[Sampled]] = Future()
        with self._wake:
            if self._error or self._is_closed:
                future.set_exception(self._error or ModelError("the sampling engine is closed"))
                return future
            self._num_pending += request.num_samples
            self._incoming.append((request, future))
            self._wake.notify()
        future.add_done_callback(lambda _: self._forget(request.num_samples))
        return future

    def wait_ready(self) -> None:
        """Wait until steps are compiled and captured. Raises ModelError if that failed."""
        self._is_ready.wait()
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Stop after the current step; unfinished requests fail. Safe to call twice."""
        with self._wake:
            self._is_closed = True
            self._wake.notify()
        self._thread.join()

    def _forget(self, count: int) -> None:
        with self._wake:
            self._num_pending -= count

    def _run(self) -> None:
        try:
            self.batch.prepare()
            self._is_ready.set()
            while self._collect():
                started = self._clock()
                self.batch.advance()
                self.busy_s += self._clock() - started
        except Exception as error:
            log.exception("the sampling engine failed")
            self._fail(ModelError(f"the sampling engine failed: {error}"))
        else:
            self._fail(ModelError("the sampling engine is closed"))
        finally:
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

    def _fail(self, error: ModelError) -> None:
        with self._wake:
            self._error = error
            incoming, self._incoming = self._incoming, []
        for _, future in incoming:
            settle(future, error)
        self.batch.fail_all(error)
