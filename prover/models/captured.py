"""Decoding steps on a GPU, captured as CUDA graphs: one launch instead of hundreds.

All sizes are captured before the first request. Counts of rows and blocks are rounded up to a captured size; results of
the surplus rows are never read. Other threads may allocate on the device during a capture (`thread_local`). Streams and
memory pools are the device's own; all sizes share their logits and their workspace.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from typing import Any

import torch
from torch import Tensor

from prover.models.attention import TritonRows, Workspace
from prover.models.kv_cache import KeyValues
from prover.models.network import Network
from prover.models.row_tables import RowTables

log = logging.getLogger(__name__)

_ROW_SIZES = [1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024]
_BLOCK_SIZES = [2, 8, 32, 128, 512]

Size = tuple[int, int]
"""Rows and blocks of a step."""


class CapturedSteps:
    """Runs `Network.step` on the first rows of the tables, from graphs if `uses_graphs` and they could be captured."""

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
        self._capacity, self._block_rows = tables.group_rows.shape
        self._workspace = Workspace(
            rows=self._capacity,
            heads=network.dims.heads,
            head_dim=network.dims.head_dim,
            block_rows=self._block_rows,
            max_prompt=tables.prefix.shape[1],
            device=network.device,
        )
        self._uses_graphs = uses_graphs
        self._logits: Tensor | None = None
        self._graphs: dict[Size, tuple[torch.cuda.CUDAGraph, TritonRows]] = {}

    def capture_all(self) -> None:
        """Capture all sizes. If that fails, a warning is logged and steps are launched operation by operation."""
        if not self._uses_graphs:
            return
        device = self._network.device
        self._logits = torch.empty(self._capacity, self._network.dims.vocab, dtype=self._network.dtype, device=device)
        stream: torch.cuda.Stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        pool = torch.cuda.graph_pool_handle()
        try:
            for size in step_sizes(self._capacity, self._block_rows):
                self._graphs[size] = self._capture(size, stream, pool)
        except RuntimeError as error:  # a shortage of memory is one, too
            log.warning("steps could not be captured, so they take longer: %s", error)
            self._uses_graphs, self._logits = False, None
            self._graphs.clear()
            torch.cuda.empty_cache()

    def run(self, num_rows: int, num_blocks: int) -> Tensor:
        """Logits [num_rows, vocab], in a buffer that the next step overwrites."""
        size = rounded(num_rows, num_blocks, self._capacity)
        captured = self._graphs.get(size)
        if captured is None or self._logits is None:
            return self._step(size[0], self._attention(size))[:num_rows]
        captured[0].replay()
        return self._logits[:num_rows]

    def _attention(self, size: Size) -> TritonRows:
        network = self._network
        return TritonRows(
            self._cache,
            network.cos,
            network.sin,
            heads=network.dims.heads,
            tables=self._tables,
            num_rows=size[0],
            num_blocks=size[1],
            workspace=self._workspace,
        )

    def _step(self, num_rows: int, attention: TritonRows) -> Tensor:
        suffix, steps = self._tables.suffix[:num_rows], self._tables.steps[:num_rows]
        attention.slots = suffix.gather(1, steps[:, None].long())[:, 0]
        return self._network.step(self._tokens[:num_rows], self._positions[:num_rows], attention)

    def _capture(self, size: Size, stream: torch.cuda.Stream, pool: Any) -> tuple[torch.cuda.CUDAGraph, TritonRows]:
        """Run once, which compiles and chooses kernels, then capture. Replays overwrite whatever both write."""
        assert self._logits is not None
        attention = self._attention(size)
        current = torch.cuda.current_stream(stream.device)
        stream.wait_stream(current)
        with torch.cuda.stream(stream):
            self._step(size[0], attention)
        current.wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=pool, stream=stream, capture_error_mode="thread_local"):
            self._logits[: size[0]].copy_(self._step(size[0], attention))
        return graph, attention


def step_sizes(capacity: int, block_rows: int) -> list[Size]:
    """The sizes that steps of up to `capacity` rows are rounded up to, the largest first: the others reuse its memory.
    The rows of a prompt fill blocks of `block_rows`."""
    sizes = {
        rounded(rows, blocks, capacity)
        for rows in range(1, capacity + 1)
        for blocks in {-(-rows // block_rows), rows, *(size for size in _BLOCK_SIZES if size <= rows)}
        if blocks >= -(-rows // block_rows)
    }
    return sorted(sizes, reverse=True)


def rounded(num_rows: int, num_blocks: int, capacity: int) -> Size:
    """The size that so many rows and blocks are rounded up to."""
    return _up(num_rows, _ROW_SIZES, capacity), _up(num_blocks, _BLOCK_SIZES, capacity)


def _up(count: int, sizes: list[int], most: int) -> int:
    at = bisect_left(sizes, count)
    return min(sizes[at], most) if at < len(sizes) else most
