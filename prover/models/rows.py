"""The rows of a running batch, one for each unfinished sample, dense in tables on the device.

Rows join in groups with one prompt and leave singly; the last row then moves into the gap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from prover.models.attention import TorchRows
from prover.models.device import fits_kernels, has_triton, rows_a_block
from prover.models.kv_cache import KeyValues
from prover.models.network import Network
from prover.models.row_tables import RowTables
from prover.models.sampling import draw


@dataclass(slots=True, eq=False)
class RowGroup:
    """The rows with one prompt. `index` is its place in the tables, `prefix` the prompt's slots."""

    index: int
    prefix: Tensor
    owners: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Heat:
    """The temperature of a group's samples, and the probability mass `top_p` that they are drawn from."""

    temperature: float = 1.0
    top_p: float = 1.0


Steer = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
"""From logits [rows, vocab] and drawn tokens [rows] to each row's parent row and token, both [rows]."""


class Rows:
    """At most `capacity` rows, each with up to `max_new` tokens behind a prompt of up to `max_prompt`.

    They own the first `capacity · max_new` slots of the cache. `uses_kernels` None stands for kernels if Triton runs;
    heads of a size that the kernels don't take are computed in PyTorch in any case.
    """

    def __init__(
        self,
        network: Network,
        cache: KeyValues,
        *,
        capacity: int,
        max_new: int,
        max_prompt: int,
        uses_graphs: bool = True,
        uses_kernels: bool | None = None,
    ) -> None:
        self.capacity, self.max_new = capacity, max_new
        self.owners: list[tuple[RowGroup, Any]] = []
        self._groups: list[RowGroup] = []
        self._free_groups = list(range(capacity))
        self._network = network
        self._device = device = network.device
        dims = network.dims
        runs_kernels = has_triton(device) if uses_kernels is None else uses_kernels
        self._kernels = runs_kernels and fits_kernels(dims.head_dim)
        self._block_rows = rows_a_block(dims.heads, dims.kv_heads, dims.head_dim)
        self._tables = RowTables.empty(
            capacity, max_new, max_prompt if self._kernels else 1, block_rows=self._block_rows, device=device
        )
        self._own = self._tables.suffix.clone()
        self._tokens = torch.zeros(capacity, dtype=torch.int64, device=device)
        self._positions = torch.zeros(capacity, dtype=torch.int64, device=device)
        self._temperature = torch.ones(capacity, device=device)
        self._top_p = torch.ones(capacity, device=device)
        self._uniform = torch.zeros(capacity, max_new, device=device)
        self._has_nucleus = self._has_greedy = False
        self._is_stale = False
        self._num_blocks = 0
        self._plain = TorchRows(cache, network.cos, network.sin, heads=dims.heads, suffix=self._tables.suffix)
        self._captured = self._kernel_steps(cache, uses_graphs=uses_graphs) if self._kernels else None

    def _kernel_steps(self, cache: KeyValues, *, uses_graphs: bool) -> Any:
        from prover.models.captured import CapturedSteps

        tables, tokens, positions = self._tables, self._tokens, self._positions
        return CapturedSteps(self._network, cache, tables, tokens, positions, uses_graphs=uses_graphs)

    def prepare(self) -> None:
        """Compile and capture the steps of all sizes. To be called in the thread that will run them."""
        if self._captured is not None:
            self._captured.capture_all()

    @property
    def num_free(self) -> int:
        """How many rows can still join."""
        return self.capacity - len(self.owners)

    def join(
        self, prefix: Sequence[int], owners: Sequence[Any], tokens: Tensor, *, uniform: Tensor, heat: Heat
    ) -> RowGroup:
        """Add a row for each owner, with its first token in `tokens` [rows] and the random numbers `uniform` [rows,
        steps] of its tokens. Returns their group."""
        slots = torch.tensor(prefix, dtype=torch.int64).to(self._device)
        group = RowGroup(self._free_groups.pop(), slots, list(owners))
        span = slice(len(self.owners), len(self.owners) + len(owners))
        self.owners += [(group, owner) for owner in owners]
        self._groups.append(group)
        self._tokens[span] = tokens
        self._positions[span] = len(prefix)
        self._tables.steps[span] = 0
        self._tables.row_group[span] = group.index
        self._tables.suffix[span] = self._own[span]
        self._temperature[span], self._top_p[span] = heat.temperature, heat.top_p
        self._has_nucleus |= heat.top_p < 1
        self._has_greedy |= heat.temperature == 0
        self._uniform[span, : uniform.shape[1]] = uniform.to(self._device)
        if self._kernels:
            self._tables.prefix[group.index, : len(prefix)] = slots.int()
            self._tables.prefix_lengths[group.index] = len(prefix)
        self._is_stale = True
        return group

    def leave(self, gone: Sequence[int]) -> list[RowGroup]:
        """Remove rows by index, which may change the indices of others. Returns the groups that are empty now."""
        ended: list[RowGroup] = []
        order = list(range(self.capacity))
        for row in sorted(gone, reverse=True):
            group, owner = self.owners[row]
            group.owners.remove(owner)
            if not group.owners:
                ended.append(group)
                self._groups.remove(group)
                self._free_groups.append(group.index)
            last = len(self.owners) - 1
            self.owners[row] = self.owners[last]
            self.owners.pop()
            order[row], order[last] = order[last], order[row]
        self._rearrange([row for row in range(self.capacity) if order[row] != row], order)
        if not self.owners:
            self._has_nucleus = self._has_greedy = False
        self._is_stale = True
        return ended

    def logits(self) -> Tensor:
        """Logits [rows, vocab] after every row's latest token, in a buffer that the next step reuses."""
        if self._is_stale:
            self._lay_out()
        count = len(self.owners)
        if self._captured is not None:
            logits: Tensor = self._captured.run(count, self._num_blocks)
            return logits
        self._plain.begin(self._tables.steps[:count])
        return self._network.step(self._tokens[:count], self._positions[:count], self._plain)

    def step(self, steer: Steer | None = None) -> tuple[Tensor, Tensor]:
        """Draw one more token for every row: (tokens, log-probabilities), both [rows], on the device.

        With `steer` the rows continue with the parent rows and tokens that it chooses instead.
        """
        count = len(self.owners)
        logits = self.logits()
        at = (self._tables.steps[:count].long() + 1).clamp_(max=self.max_new - 1)
        uniform = self._uniform[:count].gather(1, at[:, None])[:, 0]
        top_p = self._top_p[:count] if self._has_nucleus else None
        tokens, log_probs = draw(logits, uniform, self._temperature[:count], top_p, any_greedy=self._has_greedy)
        if steer is not None:
            parents, tokens = steer(logits, tokens)
            self.inherit(parents)
        self.feed(tokens)
        return tokens, log_probs

    def feed(self, tokens: Tensor) -> None:
        """Append a token to each row."""
        count = len(self.owners)
        self._tokens[:count] = tokens
        self._positions[:count] += 1
        self._tables.steps[:count] += 1

    def inherit(self, parents: Tensor) -> None:
        """Replace the tokens of each row r by those of row `parents[r]`, by reference. New tokens go to the row's own
        slots."""
        count = len(self.owners)
        suffix, steps = self._tables.suffix, self._tables.steps[:count]
        written = torch.arange(self.max_new, device=self._device)[None] <= steps[:, None]
        suffix[:count] = torch.where(written, suffix[parents], self._own[:count])

    def _rearrange(self, changed: list[int], order: list[int]) -> None:
        if not changed:
            return
        to = torch.tensor(changed, device=self._device)
        source = torch.tensor([order[row] for row in changed], device=self._device)
        tables = self._tables
        for table in (
            self._own,
            tables.suffix,
            tables.steps,
            tables.row_group,
            self._tokens,
            self._positions,
            self._temperature,
            self._top_p,
            self._uniform,
        ):
            table[to] = table[source]

    def _lay_out(self) -> None:
        """Write groups and blocks into the tables. Rows beyond the last get the empty group."""
        rows_of: dict[int, list[int]] = {group.index: [] for group in self._groups}
        for row, (group, _) in enumerate(self.owners):
            rows_of[group.index].append(row)
        if self._captured is None:
            self._plain.lay_out([(rows_of[group.index], group.prefix) for group in self._groups])
        else:
            blocks = [
                (index, rows[at : at + self._block_rows])
                for index, rows in rows_of.items()
                for at in range(0, len(rows), self._block_rows)
            ]
            table = [[index, *rows, *[-1] * (self._block_rows - len(rows))] for index, rows in blocks]
            packed = torch.tensor(table, dtype=torch.int32).to(self._device)
            self._num_blocks = len(blocks)
            self._tables.block_group.fill_(self.capacity)
            self._tables.block_group[: len(blocks)] = packed[:, 0]
            self._tables.group_rows[: len(blocks)] = packed[:, 1:]
            count = len(self.owners)
            self._tables.row_group[count:] = self.capacity
            self._tables.steps[count:] = 0
            self._tables.suffix[count:] = self._own[count:]
            self._positions[count:] = 0
        self._is_stale = False
