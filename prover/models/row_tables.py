"""The inputs of a decoding step."""

from __future__ import annotations

from dataclasses import dataclass

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
