"""Continuous batching: requests join a running batch, share their prompts, and leave as their answers end.

Synchronous and single-threaded; `engine` runs it in a thread. On a GPU one step is always in flight while the results
of the one before are looked at, so that the host's work costs no time.
"""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import torch
from torch import Tensor

from prover.errors import ModelError, UsageError
from prover.models.beam import search_beams
from prover.models.jobs import NAN_MESSAGE, Counters, Job, settle
from prover.models.kv_cache import OutOfSlots, Prefix, PrefixCache
from prover.models.network import Network, Packed
from prover.models.requests import Decode, Draft, Sampled, SamplingRequest
from prover.models.rows import Heat, RowGroup, Rows
from prover.models.sampling import draw, uniforms

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much an engine holds at once: rows (samples being written), tokens per answer and prompt, cached tokens."""

    rows: int = 256
    max_new: int = 256
    max_prompt: int = 2048
    prompt_slots: int = 32768
    prefill_tokens: int = 8192


@dataclass(slots=True, eq=False)
class Writer:
    """The owner of a row: one unfinished answer of a job."""

    job: Job
    draft: Draft
    is_done: bool = False


@dataclass(slots=True)
class Flight:
    """A step whose results have not been looked at."""

    writers: list[Writer]
    results: Tensor
    ready: torch.cuda.Event | None


class Batch:
    """The running batch of one network."""

    def __init__(
        self, network: Network, decode: Decode, capacity: Capacity | None = None, *, uses_graphs: bool = True
    ) -> None:
        self.capacity = capacity = capacity or Capacity()
        self.counters = Counters()
        self._network, self._decode = network, decode
        self.max_prompt = min(capacity.max_prompt, network.dims.max_positions - capacity.max_new)
        if self.max_prompt < 1:
            raise UsageError(f"max_new {capacity.max_new} leaves no room in {network.dims.max_positions} positions")
        num_row_slots = capacity.rows * capacity.max_new
        self.cache = network.allocate_cache(num_row_slots + capacity.prompt_slots)
        self.prefixes = PrefixCache(num_row_slots, capacity.prompt_slots)
        self.rows = Rows(
            network,
            self.cache,
            capacity=capacity.rows,
            max_new=capacity.max_new,
            max_prompt=self.max_prompt,
            uses_graphs=uses_graphs,
        )
        self._waiting: deque[Job] = deque()
        self._open: dict[RowGroup, Prefix] = {}
        self._flight: Flight | None = None
        self._row_limit = capacity.rows
        self._prefill_tokens = capacity.prefill_tokens

    @property
    def is_idle(self) -> bool:
        """Whether nothing is waiting, running or in flight."""
        return not (self._waiting or self.rows.owners or self._flight)

    def submit(self, request: SamplingRequest, future: Future[list[Sampled]]) -> None:
        """Queue a request. Refuses through the future what can never fit."""
        if len(request.prompt) > self.max_prompt or request.max_new_tokens > self.capacity.max_new:
            error = UsageError(
                f"a prompt of {len(request.prompt)} tokens with {request.max_new_tokens} to write does not fit "
                f"{self.max_prompt} and {self.capacity.max_new}"
            )
            settle(future, error)
            return
        drawn = uniforms(request.seed, num_samples=request.num_samples, num_steps=request.max_new_tokens)
        self._waiting.append(Job(request, future, drawn))

    @torch.inference_mode()
    def advance(self) -> None:
        """One round: let requests in, take one step, look at finished answers."""
        self._drop_cancelled()
        if self._waiting and self._may_admit(self._waiting[0]):
            self._land()
            self._admit()
        previous, self._flight = self._flight, None
        if self.rows.owners:
            try:
                self._launch()
            except torch.OutOfMemoryError:
                self._shed()
        if previous is not None:
            self._look_at(previous)
        if self._flight is not None and self._flight.ready is None:
            self._land()

    def fail_all(self, error: BaseException) -> None:
        """End every request with `error`."""
        jobs = [*self._waiting, *(owner.job for _, owner in self.rows.owners)]
        self._waiting.clear()
        self._flight = None
        self._remove(lambda _: True)
        for job in jobs:
            settle(job.future, error)

    # ------------------------------------------------------------------------------------------------ letting in

    def _may_admit(self, job: Job) -> bool:
        if job.request.is_beam:
            return not self.rows.owners
        return self._wave(job) > 0

    def _wave(self, job: Job) -> int:
        """How many of a job's samples can begin now: all that are left, or a full batch of a larger request."""
        free = self._row_limit - len(self.rows.owners)
        left = job.request.num_samples - job.num_begun
        return left if left <= free else self._row_limit if free == self._row_limit else 0

    def _admit(self) -> None:
        if self._waiting[0].request.is_beam:
            self._search_beams()
            return
        admitted: list[tuple[Job, Prefix, int]] = []
        num_tokens = num_rows = 0
        while self._waiting and not (
            self._waiting[0].request.temperature == 0 and self._waiting[0].request.num_samples > 1
        ):
            job = self._waiting[0]
            wave = self._wave(job)
            if not wave or num_rows + wave > self._row_limit - len(self.rows.owners):
                break
            if admitted and num_tokens + len(job.request.prompt) > self._prefill_tokens:
                break
            try:
                prefix = self.prefixes.open(job.request.prompt)
            except OutOfSlots as error:
                if not admitted and not self.rows.owners:
                    settle(self._waiting.popleft().future, error)
                break
            self._waiting.popleft()
            admitted.append((job, prefix, wave))
            num_tokens += len(prefix.slots) - prefix.num_cached
            num_rows += wave
        if admitted:
            self._prefill(admitted)

    def _prefill(self, admitted: Sequence[tuple[Job, Prefix, int]]) -> None:
        try:
            hidden = self.extend([(job.request.prompt, prefix) for job, prefix, _ in admitted])
            logits = self._network.logits(hidden)
        except torch.OutOfMemoryError:
            self._retreat(admitted)
            return
        repeats = torch.tensor([wave for _, _, wave in admitted])
        uniform = torch.cat([job.uniform[job.num_begun : job.num_begun + wave][:, 0] for job, _, wave in admitted])
        heat = torch.tensor([[job.request.temperature, job.request.top_p] for job, _, _ in admitted])
        any_greedy = bool((heat[:, 0] == 0).any())
        heat = heat.repeat_interleave(repeats, 0).to(hidden.device)
        has_nucleus = any(job.request.top_p < 1 for job, _, _ in admitted)
        tokens, log_probs = draw(
            logits.repeat_interleave(repeats.to(hidden.device), 0),
            uniform.to(hidden.device),
            heat[:, 0],
            heat[:, 1] if has_nucleus else None,
            any_greedy=any_greedy,
        )
        token_list, log_prob_list = tokens.tolist(), log_probs.tolist()
        at = 0
        for job, prefix, wave in admitted:
            part = range(at, at + wave)
            self._begin(job, prefix, [token_list[i] for i in part], [log_prob_list[i] for i in part])
            at += wave

    def extend(self, prompts: Sequence[tuple[Sequence[int], Prefix]]) -> Tensor:
        """The hidden state after each prompt, its keys and values written."""
        packed = Packed.of([(ids, prefix.slots, prefix.num_cached) for ids, prefix in prompts], self._network.device)
        hidden = self._network.extend(packed, self.cache)
        self.counters.prompt_tokens += sum(packed.bounds.lengths)
        self.counters.cached_tokens += sum(packed.bounds.lengths) - sum(packed.bounds.new_lengths)
        return hidden

    def _begin(self, job: Job, prefix: Prefix, tokens: list[int], log_probs: list[float]) -> None:
        first = job.num_begun
        job.num_begun += len(tokens)
        writers: list[Writer] = []
        kept: list[int] = []
        for index, (token, log_prob) in enumerate(zip(tokens, log_probs, strict=True)):
            writer = Writer(job, Draft([], []))
            if not self._take(writer, token, log_prob):
                writers.append(writer)
                kept.append(index)
        if writers:
            uniform = job.uniform[[first + index for index in kept]]
            heat = Heat(job.request.temperature, job.request.top_p)
            group = self.rows.join(
                prefix.slots,
                writers,
                torch.tensor([tokens[index] for index in kept]).to(self._network.device),
                uniform=uniform,
                heat=heat,
            )
            self._open[group] = prefix
        else:
            self.prefixes.close(prefix)
        if job.num_begun < job.request.num_samples and not job.future.done():
            self._waiting.appendleft(job)

    def _retreat(self, admitted: Sequence[tuple[Job, Prefix, int]]) -> None:
        """Out of memory over prompts: take half as many tokens at a time from now on."""
        self.prefixes.forget([prefix for _, prefix, _ in admitted])
        for job, _, _ in reversed(admitted):
            self._waiting.appendleft(job)
        torch.cuda.empty_cache()
        if len(admitted) == 1:
            job = self._waiting.popleft()
            settle(job.future, ModelError(f"out of memory over one prompt of {len(job.request.prompt)} tokens"))
        self._prefill_tokens = max(self._prefill_tokens // 2, 1)
        logger.warning("out of memory: prompts now go in batches of %d tokens", self._prefill_tokens)

    # -------------------------------------------------------------------------------------------------- stepping

    def _launch(self) -> None:
        writers = [owner for _, owner in self.rows.owners]
        tokens, log_probs = self.rows.step()
        # One copy for both: a token id is exact in float64.
        results = torch.stack([tokens.double(), log_probs.double()])
        ready = None
        if results.is_cuda:
            results = torch.empty_like(results, device="cpu", pin_memory=True).copy_(results, non_blocking=True)
            ready = torch.cuda.Event()  # type: ignore[no-untyped-call]
            ready.record()
        self._flight = Flight(writers, results, ready)
        self.counters.steps += 1
        self.counters.row_steps += len(writers)

    def _land(self) -> None:
        flight, self._flight = self._flight, None
        if flight is not None:
            self._look_at(flight)

    def _look_at(self, flight: Flight) -> None:
        if flight.ready is not None:
            flight.ready.synchronize()
        tokens, log_probs = flight.results.tolist()
        ended = False
        for writer, token, log_prob in zip(flight.writers, tokens, log_probs, strict=True):
            if not writer.is_done:
                ended |= self._take(writer, int(token), log_prob)
        if ended:
            self._remove(lambda writer: writer.is_done)

    def _take(self, writer: Writer, token: int, log_prob: float) -> bool:
        """One more token of an answer; true if its row is no longer needed."""
        job = writer.job
        if math.isnan(log_prob):
            writer.is_done = True
            settle(job.future, ModelError(NAN_MESSAGE))
            return True
        self.counters.new_tokens += 1
        if not writer.draft.add(token, log_prob, job.request, self._decode):
            return False
        writer.is_done = True
        job.done.append(writer.draft.finished(job.request, self._decode))
        if len(job.done) == job.request.num_samples:
            settle(job.future, job.done)
        return True

    def _remove(self, is_gone: Callable[[Writer], bool]) -> None:
        gone = [row for row, (_, writer) in enumerate(self.rows.owners) if is_gone(writer)]
        for group in self.rows.leave(gone) if gone else ():
            self.prefixes.close(self._open.pop(group))

    def _drop_cancelled(self) -> None:
        if any(owner.job.future.done() for _, owner in self.rows.owners):
            self._remove(lambda writer: writer.job.future.done())
        if any(job.future.done() for job in self._waiting):
            self._waiting = deque(job for job in self._waiting if not job.future.done())

    def _shed(self) -> None:
        """Out of memory while writing: send half of the rows' jobs back and hold half as many from now on."""
        if len(self.rows.owners) == 1:
            raise ModelError("out of memory writing a single answer")
        torch.cuda.empty_cache()
        jobs = list(dict.fromkeys(owner.job for _, owner in self.rows.owners))
        back = set(jobs[len(jobs) // 2 :])
        self._row_limit = max(self._row_limit // 2, 1)
        logger.warning("out of memory: now at most %d answers at a time", self._row_limit)
        for _, writer in self.rows.owners:
            writer.is_done |= writer.job in back
        self._remove(lambda writer: writer.job in back)
        for job in back:
            job.num_begun = len(job.done)
            if job not in self._waiting:
                self._waiting.append(job)

    def _search_beams(self) -> None:
        jobs: list[Job] = []
        num_rows = 0
        while self._waiting and num_rows + self._waiting[0].request.num_samples <= self._row_limit:
            if not self._waiting[0].request.is_beam:
                break
            jobs.append(self._waiting.popleft())
            num_rows += jobs[-1].request.num_samples
        if not jobs:
            job = self._waiting.popleft()
            wide = f"a beam of {job.request.num_samples} is wider than the {self._row_limit} rows there are"
            settle(job.future, UsageError(wide))
            return
        try:
            search_beams(self, self._network, self._decode, jobs)
        except (ModelError, torch.OutOfMemoryError) as error:
            for job in jobs:
                settle(job.future, ModelError(f"beam search: {error}"))
