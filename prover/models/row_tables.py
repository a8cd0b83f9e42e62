"""What one decoding step needs to know of its rows."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(slots=True)
class RowTables:
    """What one step needs to know of its rows, all on the device.

    `suffix` are each row's own slots, `steps` how many of them are written before this step, `row_group` its group.
    `group_rows` [blocks, rows a block] lists the rows of each block with one prompt (-1 for none) and `block_group`
    its group; `prefix` and `prefix_lengths` are the groups' prompts, the last of which is empty and for dead rows.
    """

    suffix: Tensor
    steps: Tensor
    row_group: Tensor
    group_rows: Tensor
    block_group: Tensor
    prefix: Tensor
    prefix_lengths: Tensor
