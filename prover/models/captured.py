"""Decoding steps on a GPU, captured as CUDA graphs: one launch instead of hundreds.

A graph is captured when a size is first met, for a row count and a block count rounded up; rows and blocks beyond the
live ones do no work that anyone reads.
"""

from __future__ import annotations

import logging
from bisect import bisect_left

import torch
from torch import Tensor

from prover.models.attention import TritonRows
from prover.models.kv_cache import KeyValues
from prover.models.network import Network
from prover.models.row_tables import RowTables

logger = logging.getLogger(__name__)

_ROW_SIZES = [1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024]
_BLOCK_SIZES = [2, 8, 32, 128, 512]


class CapturedSteps:
    """Runs `Network.step` on the first rows of the tables."""

    def __init__(
        self,
        network: Network,
        cache: KeyValues,
        tables: RowTables,
        tokens: Tensor,
        positions: Tensor,
        *,
        uses_graphs: bool,
    ) -> None:
        self._network, self._cache, self._tables = network, cache, tables
        self._tokens, self._positions = tokens, positions
        self._uses_graphs = uses_graphs
        self._pool = torch.cuda.graph_pool_handle() if uses_graphs else None
        self._graphs: dict[tuple[int, int], tuple[torch.cuda.CUDAGraph, Tensor, TritonRows]] = {}

    def run(self, num_rows: int, num_blocks: int) -> Tensor:
        """Logits [num_rows, vocab]; the buffer is overwritten by the next step."""
        capacity = self._tokens.shape[0]
        size = (_up(num_rows, _ROW_SIZES, capacity), _up(num_blocks, _BLOCK_SIZES, self._tables.block_group.shape[0]))
        if not self._uses_graphs:
            return self._step(size[0], self._attention(size))[:num_rows]
        if size not in self._graphs:
            self._graphs[size] = self._capture(size)
        graph, logits, _ = self._graphs[size]
        graph.replay()
        return logits[:num_rows]

    def _attention(self, size: tuple[int, int]) -> TritonRows:
        network = self._network
        return TritonRows(
            self._cache,
            network.cos,
            network.sin,
            heads=network.dims.heads,
            tables=self._tables,
            num_rows=size[0],
            num_blocks=size[1],
        )

    def _step(self, num_rows: int, attention: TritonRows) -> Tensor:
        suffix, steps = self._tables.suffix[:num_rows], self._tables.steps[:num_rows]
        attention.slots = suffix.gather(1, steps[:, None].long())[:, 0]
        return self._network.step(self._tokens[:num_rows], self._positions[:num_rows], attention)

    def _capture(self, size: tuple[int, int]) -> tuple[torch.cuda.CUDAGraph, Tensor, TritonRows]:
        """Run once to compile and choose kernels, then capture. Both only write what the next replay writes again."""
        logger.debug("capturing a decoding step of %d rows in %d blocks", *size)
        attention = self._attention(size)
        stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            self._step(size[0], attention)
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool):
            logits = self._step(size[0], attention)
        return graph, logits, attention


def _up(count: int, sizes: list[int], most: int) -> int:
    at = bisect_left(sizes, count)
    return min(sizes[at], most) if at < len(sizes) else most
