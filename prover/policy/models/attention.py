"""Attention over packed prompts, and over rows that share their prompts.

`packed_attention` is causal attention of sequences laid end to end. `TorchRows` and `TritonRows` serve one decoding
step: each row attends to its group's prompt, whose keys are read once for all rows of the group, and to its own suffix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor

from prover.policy.models.kv_cache import KeyValues
from prover.policy.models.ops import rope_and_store

GROUP_ROWS = 32
"""Rows of one group that the kernel handles together; a larger group takes several blocks."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Where each packed sequence's new tokens and all its tokens begin, on the device: [2, sequences + 1]."""

    new_lengths: Sequence[int]
    lengths: Sequence[int]
    starts: Tensor

    @staticmethod
    def of(new_lengths: Sequence[int], lengths: Sequence[int], device: torch.device) -> Bounds:
        """From the lengths, with one copy to the device."""
        starts = torch.tensor([[0, *new_lengths], [0, *lengths]], dtype=torch.int32).cumsum(1, dtype=torch.int32)
        return Bounds(new_lengths, lengths, starts.to(device, non_blocking=True))


def packed_attention(q: Tensor, k: Tensor, v: Tensor, bounds: Bounds) -> Tensor:
    """[new tokens, heads, head_dim]: each new token of a sequence sees the sequence up to itself.

    `k`, `v` hold all tokens of each sequence, [tokens, kv_heads, head_dim]; the last of them are the new ones.
    """
    if q.is_cuda and q.dtype in (torch.float16, torch.bfloat16):
        flash = torch.ops.aten._flash_attention_forward
        longest = (max(bounds.new_lengths), max(bounds.lengths))
        packed = (q.contiguous(), k.contiguous(), v.contiguous(), bounds.starts[0], bounds.starts[1], *longest)
        attended: Tensor = flash(*packed, 0.0, True, False)[0]
        return attended
    out = torch.empty_like(q)
    at_new = at = 0
    for num_new, length in zip(bounds.new_lengths, bounds.lengths, strict=True):
        part = slice(at_new, at_new + num_new)
        out[part] = _one(q[part], k[at : at + length], v[at : at + length])
        at_new, at = at_new + num_new, at + length
    return out


def _one(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    num_new, length = q.shape[0], k.shape[0]
    mask = None
    if num_new != length:
        mask = torch.ones(num_new, length, dtype=torch.bool, device=q.device).tril(length - num_new)
    heads_first = [x.transpose(0, 1)[None] for x in (q, k, v)]
    q, k, v = heads_first
    attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None, enable_gqa=True)
    return attended[0].transpose(0, 1)


@dataclass(slots=True)
class RowTables:
    """What one step needs to know of its rows, all on the device.

    `suffix` are each row's own slots, `steps` how many of them are written before this step, `row_group` its group.
    `group_rows` lists the rows of each block of up to GROUP_ROWS rows with one prompt (-1 for none) and `block_group`
    its group; `prefix` and `prefix_lengths` are the groups' prompts, the last of which is empty and for dead rows.
    """

    suffix: Tensor
    steps: Tensor
    row_group: Tensor
    group_rows: Tensor
    block_group: Tensor
    prefix: Tensor
    prefix_lengths: Tensor


@dataclass(slots=True)
class TorchGroup:
    """A group as the plain form sees it: its rows, tokens written before this step, and its prompt laid out.

    `keys` and `values` are per layer [kv_heads, length, head_dim].
    """

    rows: Tensor
    step: int
    keys: list[Tensor]
    values: list[Tensor]


class TorchRows:
    """The plain form, for the CPU and as the kernels' reference."""

    def __init__(self, cache: KeyValues, cos: Tensor, sin: Tensor, *, heads: int, suffix: Tensor) -> None:
        self._cache, self._cos, self._sin, self._heads = cache, cos, sin, heads
        self._suffix = suffix
        self.groups: list[TorchGroup] = []
        self.slots = suffix[:, 0]

    def group(self, prefix: Tensor) -> TorchGroup:
        """A group without rows, its prompt's keys and values laid out once for all steps."""
        keys = [k[prefix].transpose(0, 1).contiguous() for k in self._cache.keys]
        values = [v[prefix].transpose(0, 1).contiguous() for v in self._cache.values]
        return TorchGroup(prefix[:0], 0, keys, values)

    def attend(self, layer: int, qkv: Tensor, positions: Tensor) -> Tensor:
        """See `network.RowAttention`."""
        keys, values = self._cache.keys[layer], self._cache.values[layer]
        q, _, _ = rope_and_store(
            qkv, positions, self._cos, self._sin, keys=keys, values=values, slots=self.slots, heads=self._heads
        )
        num_rows, heads, dim = q.shape
        kv_heads = keys.shape[1]
        q = q.reshape(num_rows, kv_heads, heads // kv_heads, dim) * dim**-0.5
        out = torch.zeros_like(q)
        for group in self.groups:
            own = self._suffix[group.rows, : group.step + 1]
            out[group.rows] = _attend_group(
                q[group.rows], group.keys[layer], group.values[layer], keys[own], values[own]
            )
        return out.view(num_rows, heads * dim)


def _attend_group(q: Tensor, keys: Tensor, values: Tensor, own_keys: Tensor, own_values: Tensor) -> Tensor:
    """Rows [n, kv, per, dim] over a shared prompt [kv, length, dim] and their own tokens [n, t, kv, dim].

    The rows are folded into the query axis against the prompt, so that it is read once for all of them.
    """
    count, kv_heads, per, dim = q.shape
    length = keys.shape[1]
    folded = q.transpose(0, 1).reshape(kv_heads, count * per, dim)
    on_prompt = (folded @ keys.transpose(1, 2)).view(kv_heads, count, per, length).transpose(0, 1)
    scores = torch.cat([on_prompt, torch.einsum("nkgd,ntkd->nkgt", q, own_keys)], -1)
    weights = torch.softmax(scores.float(), -1).to(q.dtype)
    shared = weights[..., :length].transpose(0, 1).reshape(kv_heads, count * per, length) @ values
    attended = shared.view(kv_heads, count, per, dim).transpose(0, 1)
    return attended + torch.einsum("nkgt,ntkd->nkgd", weights[..., length:], own_values)


class TritonRows:
    """The kernels' form: every input is a table of fixed place, so a step can be captured in a CUDA graph.

    `num_rows` and `num_blocks` fix the grid; a long prompt is cut into pieces where there are too few blocks to fill
    the GPU.
    """

    def __init__(
        self,
        cache: KeyValues,
        cos: Tensor,
        sin: Tensor,
        *,
        heads: int,
        tables: RowTables,
        num_rows: int,
        num_blocks: int,
    ) -> None:
        self._cache, self._cos, self._sin, self._heads, self._tables = cache, cos, sin, heads, tables
        self._num_blocks = num_blocks
        self._split_length = 256 if num_blocks <= 8 else 1024
        splits = -(-tables.prefix.shape[1] // self._split_length)
        shape = (num_rows, heads, splits)
        self._partial = torch.zeros(*shape, cache.keys[0].shape[-1], dtype=torch.float32, device=cos.device)
        self._stats = torch.zeros(*shape, 2, dtype=torch.float32, device=cos.device)
        self.slots = tables.suffix[:num_rows, 0]

    def attend(self, layer: int, qkv: Tensor, positions: Tensor) -> Tensor:
        """See `network.RowAttention`."""
        from prover.policy.models.kernels import prefix_attention, suffix_attention

        keys, values = self._cache.keys[layer], self._cache.values[layer]
        q, _, _ = rope_and_store(
            qkv, positions, self._cos, self._sin, keys=keys, values=values, slots=self.slots, heads=self._heads
        )
        common = (q, keys, values, self._tables, self._partial, self._stats)
        prefix_attention(*common, num_blocks=self._num_blocks, split_length=self._split_length)
        return suffix_attention(*common, split_length=self._split_length)
