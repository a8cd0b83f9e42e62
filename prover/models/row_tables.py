"""The inputs of a decoding step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(slots=True)
class RowTables:
    """The rows of a decoding step, as integer tables on the device.

    For each row: `suffix` [rows, max_new] are its own slots, `steps` [rows] how many of them are written, `row_group`
    [rows] its group. Blocks are rows with one prompt: `group_rows` [blocks, rows a block] are their rows (-1 for none),
    `block_group` [blocks] their groups. `prefix` [groups, max_prompt] and `prefix_lengths` [groups] are the slots of
    the groups' prompts; the last group is empty, for rows that are not in use.
    """

    suffix: Tensor
    steps: Tensor
    row_group: Tensor
    group_rows: Tensor
    block_group: Tensor
    prefix: Tensor
    prefix_lengths: Tensor

    @classmethod
    def empty(cls, capacity: int, max_new: int, max_prompt: int, *, block_rows: int, device: torch.device) -> RowTables:
        """The tables without rows: the first `max_new` slots are for row 0, the next ones for row 1, and so on."""
        integers: dict[str, Any] = {"dtype": torch.int32, "device": device}
        return cls(
            suffix=torch.arange(capacity * max_new, **integers).view(capacity, max_new),
            steps=torch.zeros(capacity, **integers),
            row_group=torch.full((capacity,), capacity, **integers),
            group_rows=torch.full((capacity, block_rows), -1, **integers),
            block_group=torch.full((capacity,), capacity, **integers),
            prefix=torch.zeros(capacity + 1, max_prompt, **integers),
            prefix_lengths=torch.zeros(capacity + 1, **integers),
        )
