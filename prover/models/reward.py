"""Reads token sequences with a model, many at once, and scores them.

The states of a search have much of their beginnings in common: these are computed once, within a batch and between
batches.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

import torch
from torch import Tensor

from prover.errors import RequestFault
from prover.models.device import enter
from prover.models.kv_cache import Prefix, PrefixCache
from prover.models.network import Network, Packed
from prover.models.throttle import Throttle

log = logging.getLogger(__name__)

_MAX_TOKENS = 4096


class StateReader:
    """Reads whole sequences with a network, and gives the hidden states of their last tokens.

    `slots` tokens are cached, `batch_tokens` read at once; a sequence has at most `max_tokens`.
    """

    def __init__(self, network: Network, *, slots: int = 65536, batch_tokens: int = 16384) -> None:
        self._network = network
        self._batch_tokens = Throttle(batch_tokens)
        self.max_tokens = min(_MAX_TOKENS, network.dims.max_positions, slots)
        self._slots = slots
        self._cache = network.allocate_cache(slots)
        self._prefixes = PrefixCache(0, slots)

    @property
    def hidden_size(self) -> int:
        return self._network.dims.hidden

    @property
    def device(self) -> torch.device:
        return self._network.device

    @torch.inference_mode()
    def read(self, sequences: Sequence[Sequence[int]]) -> Tensor:
        """Hidden states [sequences, hidden] in float32, in order.

        Raises RequestFault for a sequence that is too long, or if memory does not suffice for a single one.
        """
        enter(self._network.device)
        order = sorted(range(len(sequences)), key=lambda i: tuple(sequences[i]))  # neighbours share their beginnings
        hidden = torch.empty(len(sequences), self._network.dims.hidden, device=self._network.device)
        while order:
            taken = self._fitting(sequences, order)
            try:
                hidden[order[:taken]] = self._run([sequences[i] for i in order[:taken]]).float()
            except torch.OutOfMemoryError as error:
                if taken == 1:
                    raise RequestFault(f"out of memory over one state of {len(sequences[order[0]])} tokens") from error
                torch.cuda.empty_cache()
                log.warning("out of memory: states now go in batches of %d tokens", self._batch_tokens.halve())
                continue
            self._batch_tokens.held()
            del order[:taken]
        return hidden

    def _fitting(self, sequences: Sequence[Sequence[int]], order: Sequence[int]) -> int:
        total = count = 0
        for index in order:
            length = len(sequences[index])
            if not 0 < length <= self.max_tokens:
                raise RequestFault(f"a state of {length} tokens; the critic takes 1 to {self.max_tokens}")
            total += length
            if count and total > min(self._batch_tokens.value, self._slots):
                break
            count += 1
        return count

    def _run(self, sequences: Sequence[Sequence[int]]) -> Tensor:
        prefixes: list[Prefix] = []
        try:
            for tokens in sequences:
                prefixes.append(self._prefixes.open(tokens))  # noqa: PERF401 - what is open is closed below
            batch = Packed.of(
                [(ids, p.slots, p.num_cached) for ids, p in zip(sequences, prefixes, strict=True)],
                self._network.device,
            )
            hidden = self._network.extend(batch, self._cache)
        except BaseException:
            self._prefixes.forget(prefixes)
            raise
        for prefix in prefixes:
            self._prefixes.close(prefix)
        return hidden


class RewardScorer:
    """Scores sequences by a linear head [1, hidden] on a reader's hidden states."""

    def __init__(self, reader: StateReader, head: Tensor) -> None:
        self.reader = reader
        self._head = head.float()

    @torch.inference_mode()
    def score(self, sequences: Sequence[Sequence[int]]) -> list[float]:
        """Raw scores, in order; higher is closer to finished. Raises RequestFault for a NaN."""
        scores: list[float] = (self.reader.read(sequences) @ self._head.t())[:, 0].tolist()
        if any(math.isnan(score) for score in scores):
            raise RequestFault("the critic gave NaN: damaged weights, or a precision too low")
        return scores
