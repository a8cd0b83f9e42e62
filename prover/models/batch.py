"""Continuous batching (Yu et al., Orca, 2022): requests join a running batch, and leave it as their answers end.

Synchronous and single-threaded; `engine` runs it in a thread. On a GPU the next step is launched before the results of
the last one are read, so that the host's work overlaps with the device's.
"""

from __future__ import annotations

import gc
import logging
import math
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from prover.errors import RequestFault, UsageError
from prover.models.beam import Beam, BeamSearch, steer
from prover.models.device import enter
from prover.models.jobs import NAN_MESSAGE, Counters, Job, alone, fail, settle
from prover.models.kv_cache import OutOfSlots, Prefix, PrefixCache
from prover.models.memory import Capacity
from prover.models.network import Network, Packed
from prover.models.requests import Decode, Draft, Sampled, SamplingRequest
from prover.models.rows import Heat, RowGroup, Rows
from prover.models.sampling import draw_first, uniforms
from prover.models.throttle import Throttle

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Writer:
    """The owner of a row: an unfinished answer, sample number `sample` of its job."""

    job: Job
    sample: int
    draft: Draft
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class _Admitted:
    """A job of which the next `wave` samples begin. `prefix` are its prompt's slots."""

    job: Job
    prefix: Prefix
    wave: int


@dataclass(slots=True)
class _Flight:
    """A launched step whose results [2, rows] (tokens, log-probabilities) have not been read."""

    owners: list[_Writer | Beam]
    results: Tensor
    ready: torch.cuda.Event | None


class Batch:
    """The running batch of one network. `capacity` fixes its sizes; `decode` is for stop strings."""

    def __init__(
        self,
        network: Network,
        decode: Decode,
        capacity: Capacity | None = None,
        *,
        uses_graphs: bool = True,
        uses_kernels: bool | None = None,
    ) -> None:
        self.capacity = capacity = capacity or Capacity()
        self.counters = Counters()
        self.network, self._decode = network, decode
        self.max_prompt = min(capacity.max_prompt, network.dims.max_positions - capacity.max_new)
        if self.max_prompt < 1:
            raise UsageError(f"max_new {capacity.max_new} leaves no room in {network.dims.max_positions} positions")
        self._make_rows = partial(
            Rows,
            network,
            capacity=capacity.rows,
            max_new=capacity.max_new,
            max_prompt=self.max_prompt,
            uses_graphs=uses_graphs,
            uses_kernels=uses_kernels,
        )
        self._row_limit = Throttle(capacity.rows)
        self._prefill_tokens = Throttle(capacity.prefill_tokens)
        self._begin_empty()

    def _begin_empty(self) -> None:
        num_row_slots = self.capacity.rows * self.capacity.max_new
        self.cache = self.network.allocate_cache(num_row_slots + self.capacity.prompt_slots)
        self.prefixes = PrefixCache(num_row_slots, self.capacity.prompt_slots)
        self.rows = self._make_rows(self.cache)
        self._waiting: deque[Job] = deque()
        self._open: dict[RowGroup, Prefix] = {}
        self._flight: _Flight | None = None

    @torch.inference_mode()
    def prepare(self) -> None:
        """Compile and capture. To be called once, in the thread that will call `advance`."""
        enter(self.network.device)
        self.rows.prepare()

    def restart(self) -> None:
        """After a fault: forget all requests, whoever waits for them, and make caches and captured steps anew. To be
        called as `prepare`, with the fault's traceback gone: it keeps the old cache alive."""
        del self.rows, self.cache
        gc.collect()
        torch.cuda.empty_cache()
        self._begin_empty()
        self.prepare()

    @property
    def is_idle(self) -> bool:
        """Whether no request is waiting, running or in flight."""
        return not (self._waiting or self.rows.owners or self._flight)

    @property
    def row_limit(self) -> int:
        """The present limit of answers at a time: below the capacity after a shortage of memory."""
        return self._row_limit.value

    def submit(self, request: SamplingRequest, future: Future[list[Sampled]]) -> None:
        """Queue a request. UsageError through the future for one that can never be served, RequestFault for a fault."""
        job = alone(future, "it could not be taken in", lambda: self._job(request, future))
        if job is not None:
            self._waiting.append(job)

    def _job(self, request: SamplingRequest, future: Future[list[Sampled]]) -> Job:
        vocab, capacity = self.network.dims.vocab, self.capacity
        request.refuse_unless_fits(vocab=vocab, max_prompt=self.max_prompt, max_new=capacity.max_new)
        if request.is_beam and request.num_samples > capacity.rows:
            raise UsageError(f"a beam of {request.num_samples} is wider than the {capacity.rows} rows there are")
        drawn = uniforms(request.seed, num_samples=request.num_samples, num_steps=request.max_new_tokens)
        return Job(request, future, drawn, list(range(request.num_samples)))

    @torch.inference_mode()
    def advance(self) -> None:
        """One round: admit requests, launch a step, read the results of the last one."""
        self._drop_cancelled()
        if self._waiting and self._wave(self._waiting[0], 0):
            self._land()
            self._admit()
        previous, self._flight = self._flight, None
        if self.rows.owners:
            try:
                self._launch()
                self._row_limit.held()
            except torch.OutOfMemoryError:
                self._shed()
        if previous is not None:
            self._look_at(previous)
        if self._flight is not None and self._flight.ready is None:
            self._land()

    # ------------------------------------------------------------------------------------------------ letting in

    def _wave(self, job: Job, num_rows: int) -> int:
        """How many samples of a job can begin beside `num_rows` others: all that are left, or none. Of a job too large
        for an empty batch a full batch begins. A beam search that is alone may exceed the present limit."""
        limit = self._row_limit.value
        busy = num_rows + len(self.rows.owners)
        left = len(job.left)
        if left <= limit - busy or (job.request.is_beam and not busy):
            return left
        return 0 if busy or job.request.is_beam else limit

    def _admit(self) -> None:
        admitted: list[_Admitted] = []
        num_tokens = num_rows = 0
        while self._waiting:
            job = self._waiting[0]
            wave = self._wave(job, num_rows)
            if not wave or (admitted and num_tokens + len(job.request.prompt) > self._prefill_tokens.value):
                break
            try:
                prefix = self.prefixes.open(job.request.prompt)
            except OutOfSlots as error:
                if not admitted and not self.rows.owners:
                    settle(self._waiting.popleft().future, error)
                break
            self._waiting.popleft()
            admitted.append(_Admitted(job, prefix, wave))
            num_tokens += len(prefix.slots) - prefix.num_cached
            num_rows += wave
        if admitted and not self._prefill(admitted):
            for each in admitted:
                self._prefill([replace(each, prefix=self.prefixes.open(each.job.request.prompt))])

    def _prefill(self, admitted: Sequence[_Admitted]) -> bool:
        """Read prompts and begin their answers. Returns false after a fault over several: each then goes alone."""
        sampled = [index for index, each in enumerate(admitted) if not each.job.request.is_beam]
        begun = [admitted[index] for index in sampled]
        try:
            logits = self.network.logits(self.extend([(each.job.request.prompt, each.prefix) for each in admitted]))
            uniform = [each.job.uniform[each.job.left[: each.wave], 0] for each in begun]
            heat = [(each.job.request.temperature, each.job.request.top_p) for each in begun]
            drawn = draw_first(logits[sampled], uniform, heat) if sampled else []
        except torch.OutOfMemoryError:
            self._retreat(admitted)
            return True
        except Exception as error:  # noqa: BLE001 (it is logged)
            self._give_up(admitted, error)
            return len(admitted) == 1
        self._prefill_tokens.held()
        for each, (tokens, log_probs) in zip(begun, drawn, strict=True):
            self._begin(each, tokens, log_probs)
        for index, each in enumerate(admitted):
            if each.job.request.is_beam:
                self._begin_beams(each, torch.log_softmax(logits[index : index + 1].float(), -1))
        return True

    def _give_up(self, admitted: Sequence[_Admitted], error: Exception) -> None:
        """After a fault over prompts: close them; a single one's request ends. On a lost device no request is at fault,
        and its error is raised."""
        if self.network.device.type == "cuda":
            torch.cuda.synchronize(self.network.device)
        self.prefixes.forget([each.prefix for each in admitted])
        if len(admitted) == 1:
            fail(admitted[0].job.future, "its prompt could not be read", error)

    def extend(self, prompts: Sequence[tuple[Sequence[int], Prefix]]) -> Tensor:
        """The hidden state after each prompt, [prompts, hidden]. Writes the prompts' keys and values."""
        packed = Packed.of([(ids, prefix.slots, prefix.num_cached) for ids, prefix in prompts], self.network.device)
        hidden = self.network.extend(packed, self.cache)
        self.counters.prompt_tokens += sum(packed.bounds.lengths)
        self.counters.cached_tokens += sum(packed.bounds.lengths) - sum(packed.bounds.new_lengths)
        return hidden

    def _begin(self, admitted: _Admitted, tokens: list[int], log_probs: list[float]) -> None:
        job = admitted.job
        samples, job.left = job.left[: admitted.wave], job.left[admitted.wave :]
        writers = [_Writer(job, sample, Draft([], [])) for sample in samples]
        kept = [at for at, writer in enumerate(writers) if not self._take(writer, tokens[at], log_probs[at])]
        self._join(
            admitted.prefix,
            [writers[at] for at in kept],
            [tokens[at] for at in kept],
            uniform=job.uniform[[samples[at] for at in kept]],
            heat=Heat(job.request.temperature, job.request.top_p),
        )
        if job.left and not job.future.done():
            self._waiting.appendleft(job)

    def _begin_beams(self, admitted: _Admitted, log_probs: Tensor) -> None:
        search = BeamSearch(admitted.job, self._decode)
        tokens = [token for _, token in search.advance(log_probs)]
        beams = [] if search.is_done else [Beam(search, index) for index in range(len(tokens))]
        self._join(admitted.prefix, beams, tokens, uniform=torch.zeros(len(tokens), 1), heat=Heat())

    def _join(
        self,
        prefix: Prefix,
        owners: Sequence[_Writer] | Sequence[Beam],
        tokens: list[int],
        *,
        uniform: Tensor,
        heat: Heat,
    ) -> None:
        """Add rows behind a prompt; without rows the prompt is closed."""
        if not owners:
            self.prefixes.close(prefix)
            return
        first = torch.tensor(tokens).to(self.network.device)
        self._open[self.rows.join(prefix.slots, owners, first, uniform=uniform, heat=heat)] = prefix

    def _retreat(self, admitted: Sequence[_Admitted]) -> None:
        """After a shortage of memory over prompts: put the jobs back, and halve the tokens that are read at once."""
        self.prefixes.forget([each.prefix for each in admitted])
        self._waiting.extendleft(each.job for each in reversed(admitted))
        torch.cuda.empty_cache()
        if len(admitted) == 1:
            job = self._waiting.popleft()
            settle(job.future, RequestFault(f"out of memory over one prompt of {len(job.request.prompt)} tokens"))
        log.warning("out of memory: prompts now go in batches of %d tokens", self._prefill_tokens.halve())

    # -------------------------------------------------------------------------------------------------- stepping

    def _launch(self) -> None:
        owners = [owner for _, owner in self.rows.owners]
        has_beams = any(isinstance(owner, Beam) for owner in owners)
        tokens, log_probs = self.rows.step(partial(steer, owners) if has_beams else None)
        # One copy to the host for both: float64 holds a token id exactly.
        results = torch.stack([tokens.double(), log_probs.double()])
        ready = None
        if results.is_cuda:
            results = torch.empty_like(results, device="cpu", pin_memory=True).copy_(results, non_blocking=True)
            ready = torch.cuda.Event()  # type: ignore[no-untyped-call]
            ready.record()
        self._flight = _Flight(owners, results, ready)
        self.counters.steps += 1
        self.counters.row_steps += len(owners)

    def _land(self) -> None:
        flight, self._flight = self._flight, None
        if flight is not None:
            self._look_at(flight)

    def _look_at(self, flight: _Flight) -> None:
        if flight.ready is not None:
            flight.ready.synchronize()
        tokens, log_probs = flight.results.tolist()
        ended = False
        for writer, token, log_prob in zip(flight.owners, tokens, log_probs, strict=True):
            if isinstance(writer, _Writer) and not writer.is_done:
                ended |= self._take(writer, int(token), log_prob)
        if ended:
            self._remove(lambda owner: isinstance(owner, _Writer) and owner.is_done)

    def _take(self, writer: _Writer, token: int, log_prob: float) -> bool:
        """Append a token to an answer. Returns whether its row is no longer needed."""
        job = writer.job
        if math.isnan(log_prob):
            writer.is_done = True
            settle(job.future, RequestFault(NAN_MESSAGE))
            return True
        self.counters.new_tokens += 1
        is_over = alone(job.future, "its answers could not be read", lambda: self._write(writer, token, log_prob))
        if is_over is False:
            return False
        writer.is_done = True
        return True

    def _write(self, writer: _Writer, token: int, log_prob: float) -> bool:
        """Append a token to an answer, and store one that ends with it. Returns whether it does."""
        job, draft = writer.job, writer.draft
        is_over = draft.add(token, log_prob, job.request, self._decode)
        if is_over:
            job.finish(writer.sample, draft.finished(job.request, self._decode))
        return is_over

    def _remove(self, is_gone: Callable[[_Writer | Beam], bool]) -> None:
        gone = [row for row, (_, owner) in enumerate(self.rows.owners) if is_gone(owner)]
        for group in self.rows.leave(gone) if gone else ():
            self.prefixes.close(self._open.pop(group))

    def _drop_cancelled(self) -> None:
        if any(group.owners[0].job.future.done() for group in self._open):  # a group's rows are one job's
            self._remove(lambda owner: owner.job.future.done())
        if any(job.future.done() for job in self._waiting):
            self._waiting = deque(job for job in self._waiting if not job.future.done())

    def _shed(self) -> None:
        """After a shortage of memory while writing: put half of the jobs back, and halve the rows for a while. Samples
        that are begun again get their own random numbers. A single job that can't be split fails."""
        torch.cuda.empty_cache()
        jobs = list(dict.fromkeys(owner.job for _, owner in self.rows.owners))
        if len(jobs) == 1 and (len(self.rows.owners) == 1 or jobs[0].request.is_beam):
            settle(jobs[0].future, RequestFault(f"out of memory writing {len(self.rows.owners)} answers"))
        back = set(jobs[len(jobs) // 2 :])
        log.warning("out of memory: now at most %d answers at a time", self._row_limit.halve())
        writers = [owner for _, owner in self.rows.owners if isinstance(owner, _Writer) and owner.job in back]
        for writer in writers:
            writer.is_done = True
            writer.job.take_back([writer.sample])
        self._remove(lambda owner: owner.job in back)
        self._waiting.extend(job for job in jobs if job in back and job not in self._waiting)
