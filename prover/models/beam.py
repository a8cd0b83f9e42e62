"""Beam search over the rows of a batch: the width is the number of answers, the score the sum of log-probabilities.

Beams of one prompt share their tokens by reference: a row takes over its parent's slots and writes only its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from prover.errors import ModelError
from prover.models.jobs import NAN_MESSAGE, Counters, Job, settle
from prover.models.kv_cache import Prefix, PrefixCache
from prover.models.network import Network
from prover.models.requests import Decode, Draft, Sampled
from prover.models.rows import Heat, Rows

_DEAD = -1e30
"""The score of a beam that does not exist; finite, so that sums stay ordered."""


@dataclass(slots=True, eq=False)
class _Beams:
    """The beams of one job: drafts with their scores, best first, and finished answers."""

    job: Job
    drafts: list[Draft]
    scores: list[float]
    finished: list[Sampled] = field(default_factory=list)
    is_done: bool = False

    def choose(self, candidates: Sequence[tuple[float, int, int, float]], decode: Decode) -> list[tuple[int, int]]:
        """Take candidates (score, parent, token, its log-probability), best first; (parent, token) of the new beams."""
        width, request = self.job.request.num_samples, self.job.request
        parents: list[tuple[int, int]] = []
        drafts: list[Draft] = []
        scores: list[float] = []
        for score, parent, token, log_prob in candidates:
            if score <= _DEAD / 2 or len(drafts) == width:
                break
            before = self.drafts[parent]
            draft = Draft([*before.tokens], [*before.log_probs])
            if draft.add(token, log_prob, request, decode):
                if draft.ended or len(draft.tokens) >= request.max_new_tokens:
                    self.finished.append(draft.finished(request, decode))
                continue
            drafts.append(draft)
            scores.append(score)
            parents.append((parent, token))
        self.finished.sort(key=lambda answer: -answer.log_prob)
        del self.finished[width:]
        worst = self.finished[-1].log_prob if len(self.finished) == width else _DEAD
        self.is_done = not drafts or scores[0] <= worst  # a score can only fall from here
        missing = width - len(drafts)
        self.drafts = drafts + [Draft([], [])] * missing
        self.scores = scores + [_DEAD] * missing
        return parents + [(0, 0)] * missing


class Running(Protocol):
    """What a search needs of the batch it has to itself."""

    prefixes: PrefixCache
    rows: Rows
    counters: Counters

    def extend(self, prompts: Sequence[tuple[Sequence[int], Prefix]]) -> Tensor:
        """The hidden state after each prompt, its keys and values written."""
        ...


def search_beams(batch: Running, network: Network, decode: Decode, jobs: Sequence[Job]) -> None:
    """Run the jobs' searches together to their ends and set their results. The batch must hold no rows."""
    prefixes: list[Prefix] = []
    is_written = False
    try:
        for job in jobs:
            prefixes.append(batch.prefixes.open(job.request.prompt))  # noqa: PERF401 - what is open is closed below
        hidden = batch.extend([(job.request.prompt, prefix) for job, prefix in zip(jobs, prefixes, strict=True)])
        is_written = True
        searches = [_Beams(job, [Draft([], [])], [0.0]) for job in jobs]
        log_probs = torch.log_softmax(network.logits(hidden).float(), -1)
        tokens: list[int] = []
        for search, row in zip(searches, log_probs, strict=True):
            tokens += [token for _, token in _best(search, row[None], decode)]
        at = 0
        for search, prefix in zip(searches, prefixes, strict=True):
            width = search.job.request.num_samples
            first = torch.tensor(tokens[at : at + width]).to(network.device)
            at += width
            owners = [search] * width
            batch.rows.join(prefix.slots, owners, first, uniform=torch.zeros(width, 1), heat=Heat())
        while not all(search.is_done or search.job.future.done() for search in searches):
            _advance(batch, searches, decode)
    finally:
        batch.rows.leave(range(len(batch.rows.owners)))
        if is_written:
            for prefix in prefixes:
                batch.prefixes.close(prefix)
        else:
            batch.prefixes.forget(prefixes)
    for search in searches:
        settle(search.job.future, search.finished)


def _advance(batch: Running, searches: Sequence[_Beams], decode: Decode) -> None:
    rows = batch.rows
    log_probs = torch.log_softmax(rows.logits().float(), -1)
    batch.counters.steps += 1
    batch.counters.row_steps += len(rows.owners)
    parents: list[int] = []
    tokens: list[int] = []
    start = 0
    for search in searches:
        width = search.job.request.num_samples
        if search.is_done:
            chosen = [(beam, 0) for beam in range(width)]
        else:
            chosen = _best(search, log_probs[start : start + width], decode)
        parents += [start + parent for parent, _ in chosen]
        tokens += [token for _, token in chosen]
        start += width
    device = log_probs.device
    rows.inherit(torch.tensor(parents, device=device))
    rows.feed(torch.tensor(tokens, device=device))


def _best(search: _Beams, log_probs: Tensor, decode: Decode) -> list[tuple[int, int]]:
    """Let the search choose among its best continuations: twice the width, as that many may end."""
    if bool(torch.isnan(log_probs).any()):
        raise ModelError(NAN_MESSAGE)
    vocab = log_probs.shape[-1]
    scores = torch.tensor(search.scores, device=log_probs.device)[:, None] + log_probs
    count = min(2 * search.job.request.num_samples + len(search.job.request.stop_ids), scores.numel())
    best, where = scores.flatten().topk(count)
    own = log_probs.flatten()[where].tolist()
    pairs = zip(best.tolist(), where.tolist(), own, strict=True)
    return search.choose([(s, w // vocab, w % vocab, o) for s, w, o in pairs], decode)
