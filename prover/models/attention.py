"""Attention over packed prompts, and over rows that share their prompts.

`packed_attention` is causal attention of sequences laid end to end. In a decoding step (`TorchRows`, `TritonRows`) each
row attends to its group's prompt and to its own suffix. A prompt's keys are read once for all rows of its group, which
are folded into the query axis (Juravsky et al., Hydragen, 2024).
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor

from prover.models.kv_cache import KeyValues
from prover.models.ops import rope_and_store
from prover.models.row_tables import RowTables


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lengths of packed sequences, of their new tokens and in all. `starts` [2, sequences + 1] are the offsets of
    both, on the device."""

    new_lengths: Sequence[int]
    lengths: Sequence[int]
    starts: Tensor

    @staticmethod
    def of(new_lengths: Sequence[int], lengths: Sequence[int], device: torch.device) -> Bounds:
        """From the lengths."""
        starts = torch.tensor([[0, *new_lengths], [0, *lengths]], dtype=torch.int32).cumsum(1, dtype=torch.int32)
        return Bounds(new_lengths, lengths, starts.to(device, non_blocking=True))


def packed_attention(q: Tensor, k: Tensor, v: Tensor, bounds: Bounds) -> Tensor:
    """Causal attention of the new tokens' queries `q` to their sequences, both [new tokens, heads, head_dim].

    `k` and `v` [tokens, kv_heads, head_dim] hold all tokens of each sequence, its new ones last.
    """
    if _has_packed_kernel(q):
        from torch.nn.attention.varlen import varlen_attn

        attended = varlen_attn(
            q.contiguous(),
            k.contiguous(),
            v.contiguous(),
            bounds.starts[0],
            bounds.starts[1],
            max(bounds.new_lengths),
            max(bounds.lengths),
            window_size=(-1, 0),
            enable_gqa=True,
        )
        assert isinstance(attended, Tensor)
        return attended
    out = torch.empty_like(q)
    at_new = at = 0
    for num_new, length in zip(bounds.new_lengths, bounds.lengths, strict=True):
        part = slice(at_new, at_new + num_new)
        out[part] = _one(q[part], k[at : at + length], v[at : at + length])
        at_new, at = at_new + num_new, at + length
    return out


def _has_packed_kernel(q: Tensor) -> bool:
    """Whether PyTorch's `varlen_attn` takes these queries. It came with 2.10, and its present arguments later."""
    return (
        q.is_cuda
        and q.dtype in (torch.float16, torch.bfloat16)
        and q.shape[-1] <= 256
        and q.shape[-1] % 8 == 0
        and _knows_packed()
    )


@cache
def _knows_packed() -> bool:
    try:
        from torch.nn.attention.varlen import varlen_attn
    except ImportError:
        return False
    return {"window_size", "enable_gqa"} <= inspect.signature(varlen_attn).parameters.keys()


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
class _Layout:
    """Groups padded to the longest prompt and the largest number of rows.

    `members` [groups, most rows] are row indices, padded with row 0; `places` [rows] are the rows' flat indices in it;
    `mask` [groups, 1, longest] is minus infinity beyond a prompt's end; `keys` and `values` are, for each layer,
    [groups, kv_heads, longest, head_dim].
    """

    members: Tensor
    places: Tensor
    mask: Tensor
    keys: list[Tensor]
    values: list[Tensor]


class TorchRows:
    """`network.RowAttention` in PyTorch: for the CPU, for heads that kernels don't take, and to test kernels."""

    def __init__(self, cache: KeyValues, cos: Tensor, sin: Tensor, *, heads: int, suffix: Tensor) -> None:
        self._cache, self._cos, self._sin, self._heads = cache, cos, sin, heads
        self._suffix = suffix
        self._layout: _Layout | None = None
        self._own = suffix
        self._own_mask = suffix
        self._slots = suffix

    def lay_out(self, groups: Sequence[tuple[Sequence[int], Tensor]]) -> None:
        """Set the groups, each with its rows and its prompt's slots. Prompts' keys and values are gathered here, once
        for all steps."""
        device = self._suffix.device
        width = max(len(rows) for rows, _ in groups)
        lengths = torch.tensor([len(prompt) for _, prompt in groups], device=device)
        padded = [[*rows, *[0] * (width - len(rows))] for rows, _ in groups]
        flat = {row: index * width + at for index, (rows, _) in enumerate(groups) for at, row in enumerate(rows)}
        prompts = torch.nn.utils.rnn.pad_sequence([prompt for _, prompt in groups], batch_first=True)
        beyond = torch.arange(prompts.shape[1], device=device)[None] >= lengths[:, None]
        self._layout = _Layout(
            torch.tensor(padded, device=device),
            torch.tensor([flat[row] for row in range(len(flat))], device=device),
            torch.zeros(beyond.shape, device=device).masked_fill_(beyond, float("-inf"))[:, None],
            [keys[prompts].transpose(1, 2).contiguous() for keys in self._cache.keys],
            [values[prompts].transpose(1, 2).contiguous() for values in self._cache.values],
        )

    def begin(self, steps: Tensor) -> None:
        """Begin a step. `steps` [rows] are the numbers of tokens that the rows have behind their prompts."""
        longest = int(steps.max()) + 1
        self._own = self._suffix[: len(steps), :longest].long()
        beyond = torch.arange(longest, device=steps.device)[None] > steps[:, None]
        self._own_mask = torch.zeros(beyond.shape, device=steps.device).masked_fill_(beyond, float("-inf"))
        self._slots = self._own.gather(1, steps[:, None].long())[:, 0]

    def attend(self, layer: int, qkv: Tensor, positions: Tensor) -> Tensor:
        """See `network.RowAttention`. The rows of a group are folded into the query axis against its prompt."""
        assert self._layout is not None, "lay_out comes first"
        keys, values = self._cache.keys[layer], self._cache.values[layer]
        q, _, _ = rope_and_store(
            qkv, positions, self._cos, self._sin, keys=keys, values=values, slots=self._slots, heads=self._heads
        )
        count, heads, dim = q.shape
        kv_heads, longest = keys.shape[1], self._layout.mask.shape[-1]
        groups, width = self._layout.members.shape
        q = q.reshape(count, kv_heads, heads // kv_heads, dim) * dim**-0.5
        folded = q[self._layout.members].transpose(1, 2).reshape(groups, kv_heads, -1, dim)
        scores = folded @ self._layout.keys[layer].transpose(2, 3) + self._layout.mask[:, None].to(q.dtype)
        on_prompt = scores.view(groups, kv_heads, width, -1, longest).transpose(1, 2).flatten(0, 1)[self._layout.places]
        own_keys, own_values = (x[self._own].transpose(1, 2) for x in (keys, values))  # [rows, kv, tokens, dim]
        on_own = q @ own_keys.transpose(2, 3) + self._own_mask[:, None, None].to(q.dtype)
        weights = torch.softmax(torch.cat([on_prompt, on_own], -1).float(), -1).to(q.dtype)
        spread = weights.new_zeros(groups * width, kv_heads, heads // kv_heads, longest)
        spread[self._layout.places] = weights[..., :longest]
        spread = spread.view(groups, width, kv_heads, -1, longest).transpose(1, 2).flatten(2, 3)
        shared = (spread @ self._layout.values[layer]).view(groups, kv_heads, width, -1, dim)
        attended = shared.transpose(1, 2).flatten(0, 1)[self._layout.places]
        return (attended + weights[..., longest:] @ own_values).reshape(count, heads * dim)


def _split_length(num_blocks: int) -> int:
    """Tokens in a piece of a prompt: fewer for few blocks, so that the pieces fill the GPU."""
    return 256 if num_blocks <= 8 else 1024


class Workspace:
    """Memory for the partial attention of rows to the pieces of their prompts, shared by steps of all sizes."""

    def __init__(
        self, *, rows: int, heads: int, head_dim: int, block_rows: int, max_prompt: int, device: torch.device
    ) -> None:
        few = min(rows, 8 * block_rows)
        cells = heads * max(few * -(-max_prompt // 256), rows * -(-max_prompt // 1024))
        self._head_dim = head_dim
        self._partial = torch.zeros(cells * head_dim, dtype=torch.float32, device=device)
        self._stats = torch.zeros(cells * 2, dtype=torch.float32, device=device)

    def pieces(self, rows: int, heads: int, splits: int) -> tuple[Tensor, Tensor]:
        """Partial sums [rows, heads, splits, head_dim], with their maxima and totals [rows, heads, splits, 2]."""
        shape = (rows, heads, splits)
        cells = rows * heads * splits
        partial = self._partial[: cells * self._head_dim].view(*shape, self._head_dim)
        return partial, self._stats[: cells * 2].view(*shape, 2)


class TritonRows:
    """`network.RowAttention` in Triton. All inputs are tables at fixed addresses, so that a CUDA graph can capture it.

    `num_rows` and `num_blocks` fix the grid. Long prompts are cut into pieces that run in parallel, and the partial
    results are merged (Dao et al., Flash-Decoding, 2023).
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
        workspace: Workspace,
    ) -> None:
        self._cache, self._cos, self._sin, self._heads, self._tables = cache, cos, sin, heads, tables
        self._num_blocks = num_blocks
        self._split_length = _split_length(num_blocks)
        splits = -(-tables.prefix.shape[1] // self._split_length)
        self._partial, self._stats = workspace.pieces(num_rows, heads, splits)
        self.slots = tables.suffix[:num_rows, 0]

    def attend(self, layer: int, qkv: Tensor, positions: Tensor) -> Tensor:
        """See `network.RowAttention`."""
        from prover.models.kernels import prefix_attention, suffix_attention

        keys, values = self._cache.keys[layer], self._cache.values[layer]
        q, _, _ = rope_and_store(
            qkv, positions, self._cos, self._sin, keys=keys, values=values, slots=self.slots, heads=self._heads
        )
        common = (q, keys, values, self._tables, self._partial, self._stats)
        prefix_attention(*common, num_blocks=self._num_blocks, split_length=self._split_length)
        return suffix_attention(*common, split_length=self._split_length)
