"""Beam search on rows of a batch: its width is the number of answers, a beam's score the sum of its log-probabilities.

A row refers to its parent's slots and writes its own tokens only. A search advances together with the other rows of the
batch, and ends or is cancelled on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from prover.errors import RequestFault
from prover.models.jobs import NAN_MESSAGE, Job, alone, settle
from prover.models.requests import Decode, Draft, Sampled

_DEAD = -1e30
"""The score of an unused beam; finite, so that sums with it can be compared."""


@dataclass(slots=True, eq=False)
class BeamSearch:
    """The beams of one job: drafts with their scores, best first, and finished answers. The first beam is empty."""

    job: Job
    decode: Decode
    drafts: list[Draft] = field(default_factory=lambda: [Draft([], [])])
    scores: list[float] = field(default_factory=lambda: [0.0])
    finished: list[Sampled] = field(default_factory=list)
    is_done: bool = False

    def advance(self, log_probs: Tensor) -> list[tuple[int, int]]:
        """Advance by the next tokens' log-probabilities [beams, vocab]. Returns (parent, token) for each beam.

        Resolves the job's future when no beam can beat the finished answers any more, and with RequestFault at a NaN or
        another fault.
        """
        unused = [(0, 0)] * self.job.request.num_samples
        if bool(torch.isnan(log_probs).any()):
            self.is_done = True
            settle(self.job.future, RequestFault(NAN_MESSAGE))
            return unused
        vocab = log_probs.shape[-1]
        scores = torch.tensor(self.scores, device=log_probs.device)[:, None] + log_probs
        # Twice the width, as that many may end.
        count = min(2 * self.job.request.num_samples + len(self.job.request.stop_ids), scores.numel())
        best, where = scores.flatten().topk(count)
        own = log_probs.flatten()[where].tolist()
        pairs = zip(best.tolist(), where.tolist(), own, strict=True)
        candidates = [(score, at // vocab, at % vocab, one) for score, at, one in pairs]
        chosen = alone(self.job.future, "its answers could not be read", lambda: self._choose(candidates))
        if chosen is None:
            self.is_done = True
            return unused
        if self.is_done:
            settle(self.job.future, self.finished)
        return chosen

    def _choose(self, candidates: Sequence[tuple[float, int, int, float]]) -> list[tuple[int, int]]:
        """Extend the beams by candidates (score, parent, token, log-probability), best first. Returns (parent, token)
        of the new beams."""
        width, request = self.job.request.num_samples, self.job.request
        parents: list[tuple[int, int]] = []
        drafts: list[Draft] = []
        scores: list[float] = []
        for score, parent, token, log_prob in candidates:
            if score <= _DEAD / 2 or len(drafts) == width:
                break
            before = self.drafts[parent]
            draft = Draft([*before.tokens], [*before.log_probs])
            if draft.add(token, log_prob, request, self.decode):
                if draft.ended or len(draft.tokens) >= request.max_new_tokens:
                    self.finished.append(draft.finished(request, self.decode))
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


@dataclass(frozen=True, slots=True, eq=False)
class Beam:
    """The owner of a row: one beam of a search."""

    search: BeamSearch
    index: int

    @property
    def job(self) -> Job:
        return self.search.job


def steer(owners: Sequence[object], logits: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """The parent row and the next token of each row, both [rows]: for beams as their searches choose from the logits,
    for other rows themselves and their drawn `tokens`."""
    rows_of: dict[BeamSearch, list[int]] = {}
    for row, owner in enumerate(owners):
        if isinstance(owner, Beam):
            rows = rows_of.setdefault(owner.search, [0] * owner.job.request.num_samples)
            rows[owner.index] = row
    parents = list(range(len(owners)))
    chosen: dict[int, int] = {}
    for search, rows in rows_of.items():
        if search.is_done or search.job.future.done():
            continue
        picked = search.advance(torch.log_softmax(logits[rows].float(), -1))
        for row, (parent, token) in zip(rows, picked, strict=True):
            parents[row], chosen[row] = rows[parent], token
    tokens = tokens.clone()
    if chosen:
        tokens[list(chosen)] = torch.tensor(list(chosen.values()), device=tokens.device)
    return torch.tensor(parents, device=tokens.device), tokens
