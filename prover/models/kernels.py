"""Triton kernels of the decoding step, imported only where they run. `ops` and `attention` have the same in PyTorch.

All compute in float32 and round once. Shapes are those of the PyTorch forms; the last axes have to be dense.
"""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

from prover.models.row_tables import RowTables

_LOG2_E = 1.4426950408889634


@triton.jit  # type: ignore[untyped-decorator,unused-ignore]
def _norm_kernel(x_ptr, residual_ptr, weight_ptr, out_ptr, width, eps, ADD: tl.constexpr, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, N803
    row = tl.program_id(0).to(tl.int64)
    at = tl.arange(0, BLOCK)
    inside = at < width
    x = tl.load(x_ptr + row * width + at, mask=inside, other=0.0).to(tl.float32)
    if ADD:
        x += tl.load(residual_ptr + row * width + at, mask=inside, other=0.0).to(tl.float32)
        tl.store(residual_ptr + row * width + at, x.to(residual_ptr.dtype.element_ty), mask=inside)
        x = x.to(residual_ptr.dtype.element_ty).to(tl.float32)
    scale = tl.rsqrt(tl.sum(x * x, 0) / width + eps)
    weight = tl.load(weight_ptr + at, mask=inside, other=0.0).to(tl.float32)
    tl.store(out_ptr + row * width + at, (x * scale * weight).to(out_ptr.dtype.element_ty), mask=inside)


def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """See `ops.rms_norm`."""
    out = torch.empty_like(x)
    width = x.shape[-1]
    _norm_kernel[(x.shape[0],)](x, x, weight, out, width, eps, ADD=False, BLOCK=triton.next_power_of_2(width))
    return out


def add_rms_norm(x: Tensor, residual: Tensor, weight: Tensor, eps: float) -> Tensor:
    """See `ops.add_rms_norm`."""
    out = torch.empty_like(x)
    width = x.shape[-1]
    _norm_kernel[(x.shape[0],)](x, residual, weight, out, width, eps, ADD=True, BLOCK=triton.next_power_of_2(width))
    return out


@triton.jit  # type: ignore[untyped-decorator,unused-ignore]
def _silu_mul_kernel(x_ptr, out_ptr, width, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, N803
    row = tl.program_id(0).to(tl.int64)
    at = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = at < width
    gate = tl.load(x_ptr + row * 2 * width + at, mask=inside, other=0.0).to(tl.float32)
    up = tl.load(x_ptr + row * 2 * width + width + at, mask=inside, other=0.0).to(tl.float32)
    tl.store(out_ptr + row * width + at, (gate * tl.sigmoid(gate) * up).to(out_ptr.dtype.element_ty), mask=inside)


def silu_mul(gate_up: Tensor) -> Tensor:
    """See `ops.silu_mul`."""
    rows, double = gate_up.shape
    width = double // 2
    out = gate_up.new_empty(rows, width)
    _silu_mul_kernel[(rows, triton.cdiv(width, 1024))](gate_up, out, width, BLOCK=1024)
    return out


@triton.jit  # type: ignore[untyped-decorator,unused-ignore]
def _rope_kernel(  # type: ignore[no-untyped-def]  # noqa: ANN202
    qkv_ptr, position_ptr, cos_ptr, sin_ptr, key_ptr, value_ptr, slot_ptr,  # noqa: ANN001
    HEADS: tl.constexpr, KV: tl.constexpr, DIM: tl.constexpr,  # noqa: N803
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1)
    half = tl.arange(0, DIM // 2)
    base = qkv_ptr + (row * (HEADS + 2 * KV) + head) * DIM
    left = tl.load(base + half)
    right = tl.load(base + DIM // 2 + half)
    slot = tl.load(slot_ptr + row).to(tl.int64)
    if head < HEADS + KV:
        position = tl.load(position_ptr + row).to(tl.int64)
        cos = tl.load(cos_ptr + position * (DIM // 2) + half)
        sin = tl.load(sin_ptr + position * (DIM // 2) + half)
        lower, upper = left.to(tl.float32), right.to(tl.float32)
        left = (lower * cos - upper * sin).to(qkv_ptr.dtype.element_ty)
        right = (upper * cos + lower * sin).to(qkv_ptr.dtype.element_ty)
        tl.store(base + half, left)
        tl.store(base + DIM // 2 + half, right)
        if head >= HEADS:
            target = key_ptr + (slot * KV + head - HEADS) * DIM
            tl.store(target + half, left)
            tl.store(target + DIM // 2 + half, right)
    else:
        target = value_ptr + (slot * KV + head - HEADS - KV) * DIM
        tl.store(target + half, left)
        tl.store(target + DIM // 2 + half, right)


def rope_and_store(
    qkv: Tensor, positions: Tensor, cos: Tensor, sin: Tensor, keys: Tensor, values: Tensor, slots: Tensor, heads: int
) -> None:
    """See `ops.rope_and_store`; rotates `qkv` in place."""
    rows, total, dim = qkv.shape
    args = (qkv, positions, cos, sin, keys, values, slots)
    _rope_kernel[(rows, total)](*args, HEADS=heads, KV=keys.shape[1], DIM=dim, num_warps=1)


@triton.jit  # type: ignore[untyped-decorator,unused-ignore]
def _prefix_kernel(  # type: ignore[no-untyped-def]  # noqa: ANN202
    q_ptr, key_ptr, value_ptr, group_rows_ptr, block_group_ptr, prefix_ptr, length_ptr,  # noqa: ANN001
    partial_ptr, stats_ptr, q_stride, prefix_stride, splits, split_length, scale,  # noqa: ANN001
    KV: tl.constexpr, PER: tl.constexpr, DIM: tl.constexpr, ROWS: tl.constexpr, M: tl.constexpr, N: tl.constexpr,  # noqa: N803
):  # fmt: skip
    block, head, split = tl.program_id(0), tl.program_id(1), tl.program_id(2)
    group = tl.load(block_group_ptr + block)
    length = tl.load(length_ptr + group)
    start = split * split_length
    if start < length:
        stop = tl.minimum(start + split_length, length)
        m = tl.arange(0, M)
        dim = tl.arange(0, DIM)
        row = tl.load(group_rows_ptr + block * ROWS + m // PER, mask=m // PER < ROWS, other=-1).to(tl.int64)
        live = row >= 0
        q_head = head * PER + m % PER
        q = tl.load(
            q_ptr + row[:, None] * q_stride + (q_head * DIM)[:, None] + dim[None, :], mask=live[:, None], other=0.0
        )
        best = tl.full((M,), float("-inf"), tl.float32)
        total = tl.zeros((M,), tl.float32)
        out = tl.zeros((M, DIM), tl.float32)
        for at in range(start, stop, N):
            n = at + tl.arange(0, N)
            slot = tl.load(prefix_ptr + group * prefix_stride + n, mask=n < stop, other=0).to(tl.int64)
            place = (slot * KV + head) * DIM
            k = tl.load(key_ptr + place[None, :] + dim[:, None])
            scores = tl.dot(q, k) * scale
            scores = tl.where((n < stop)[None, :], scores, float("-inf"))
            higher = tl.maximum(best, tl.max(scores, 1))
            weights = tl.exp2(scores - higher[:, None])
            keep = tl.exp2(best - higher)
            total = total * keep + tl.sum(weights, 1)
            v = tl.load(value_ptr + place[:, None] + dim[None, :])
            out = out * keep[:, None] + tl.dot(weights.to(v.dtype), v)
            best = higher
        cell = (row * (KV * PER) + q_head) * splits + split
        tl.store(partial_ptr + cell[:, None] * DIM + dim[None, :], out, mask=live[:, None])
        tl.store(stats_ptr + cell * 2, best, mask=live)
        tl.store(stats_ptr + cell * 2 + 1, total, mask=live)


def prefix_attention(
    q: Tensor,
    keys: Tensor,
    values: Tensor,
    tables: RowTables,
    partial: Tensor,
    stats: Tensor,
    *,
    num_blocks: int,
    split_length: int,
) -> None:
    """Attention of each row to the pieces of its group's prompt, not normalised, with each piece's maximum and total.

    A prompt's keys are read once for all rows of a block. Writes `partial` [rows, heads, splits, head_dim] and `stats`
    [rows, heads, splits, 2]; nothing for pieces beyond a prompt's end.
    """
    _, heads, dim = q.shape
    kv_heads, group_rows = keys.shape[1], tables.group_rows.shape[1]
    per, splits = heads // kv_heads, partial.shape[2]
    _prefix_kernel[(num_blocks, kv_heads, splits)](
        q, keys, values, tables.group_rows, tables.block_group, tables.prefix, tables.prefix_lengths,
        partial, stats, q.stride(0), tables.prefix.stride(0), splits, split_length, dim**-0.5 * _LOG2_E,
        KV=kv_heads, PER=per, DIM=dim, ROWS=group_rows, M=max(16, triton.next_power_of_2(group_rows * per)), N=64,
        num_warps=8, num_stages=2,
    )  # fmt: skip


@triton.jit  # type: ignore[untyped-decorator,unused-ignore]
def _suffix_kernel(  # type: ignore[no-untyped-def]  # noqa: ANN202
    q_ptr, key_ptr, value_ptr, suffix_ptr, step_ptr, row_group_ptr, length_ptr, partial_ptr, stats_ptr, out_ptr,  # noqa: ANN001
    q_stride, suffix_stride, splits, split_length, scale,  # noqa: ANN001
    KV: tl.constexpr, PER: tl.constexpr, DIM: tl.constexpr, M: tl.constexpr, N: tl.constexpr,  # noqa: N803
):  # fmt: skip
    row = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1)
    m = tl.arange(0, M)
    dim = tl.arange(0, DIM)
    live = m < PER
    q_head = head * PER + m
    q = tl.load(q_ptr + row * q_stride + (q_head * DIM)[:, None] + dim[None, :], mask=live[:, None], other=0.0)
    best = tl.full((M,), float("-inf"), tl.float32)
    total = tl.zeros((M,), tl.float32)
    out = tl.zeros((M, DIM), tl.float32)
    count = tl.load(step_ptr + row) + 1
    for at in range(0, count, N):
        n = at + tl.arange(0, N)
        slot = tl.load(suffix_ptr + row * suffix_stride + n, mask=n < count, other=0).to(tl.int64)
        place = (slot * KV + head) * DIM
        k = tl.load(key_ptr + place[None, :] + dim[:, None])
        scores = tl.where((n < count)[None, :], tl.dot(q, k) * scale, float("-inf"))
        higher = tl.maximum(best, tl.max(scores, 1))
        weights = tl.exp2(scores - higher[:, None])
        keep = tl.exp2(best - higher)
        total = total * keep + tl.sum(weights, 1)
        v = tl.load(value_ptr + place[:, None] + dim[None, :])
        out = out * keep[:, None] + tl.dot(weights.to(v.dtype), v)
        best = higher
    length = tl.load(length_ptr + tl.load(row_group_ptr + row))
    pieces = (length + split_length - 1) // split_length
    for piece in range(pieces):
        cell = (row * (KV * PER) + q_head) * splits + piece
        other_best = tl.load(stats_ptr + cell * 2, mask=live, other=float("-inf"))
        other_total = tl.load(stats_ptr + cell * 2 + 1, mask=live, other=0.0)
        other = tl.load(partial_ptr + cell[:, None] * DIM + dim[None, :], mask=live[:, None], other=0.0)
        higher = tl.maximum(best, other_best)
        keep, take = tl.exp2(best - higher), tl.exp2(other_best - higher)
        total = total * keep + other_total * take
        out = out * keep[:, None] + other * take[:, None]
        best = higher
    out = out / total[:, None]
    place = (row * (KV * PER) + q_head) * DIM
    tl.store(out_ptr + place[:, None] + dim[None, :], out.to(out_ptr.dtype.element_ty), mask=live[:, None])


def suffix_attention(
    q: Tensor, keys: Tensor, values: Tensor, tables: RowTables, partial: Tensor, stats: Tensor, *, split_length: int
) -> Tensor:
    """Each row's attention to its own suffix, merged with the pieces of its prompt: [rows, heads·head_dim]."""
    rows, heads, dim = q.shape
    kv_heads = keys.shape[1]
    per = heads // kv_heads
    out = q.new_empty(rows, heads * dim)
    args: tuple[Any, ...] = (q, keys, values, tables.suffix, tables.steps, tables.row_group, tables.prefix_lengths)
    _suffix_kernel[(rows, kv_heads)](
        *args, partial, stats, out,
        q.stride(0), tables.suffix.stride(0), partial.shape[2], split_length, dim**-0.5 * _LOG2_E,
        KV=kv_heads, PER=per, DIM=dim, M=max(16, triton.next_power_of_2(per)), N=32, num_warps=2, num_stages=2,
    )  # fmt: skip
    return out


@triton.jit  # type: ignore[untyped-decorator,unused-ignore]
def _quantize_kernel(x_ptr, out_ptr, scale_ptr, width, most, BLOCK: tl.constexpr):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, N803
    row = tl.program_id(0).to(tl.int64)
    at = tl.arange(0, BLOCK)
    inside = at < width
    x = tl.load(x_ptr + row * width + at, mask=inside, other=0.0).to(tl.float32)
    scale = tl.maximum(tl.max(tl.abs(x), 0) / most, 1e-12)
    tl.store(out_ptr + row * width + at, (x / scale).to(out_ptr.dtype.element_ty), mask=inside)
    tl.store(scale_ptr + row, scale)


def quantize_rows(x: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """The rows of `x` [rows, width], each scaled to an 8-bit float's range, and their scales [rows, 1]."""
    rows, width = x.shape
    out = torch.empty(rows, width, dtype=dtype, device=x.device)
    scale = torch.empty(rows, 1, dtype=torch.float32, device=x.device)
    most = torch.finfo(dtype).max
    block = triton.next_power_of_2(width)
    _quantize_kernel[(rows,)](x, out, scale, width, most, BLOCK=block, num_warps=8 if block > 4096 else 4)
    return out, scale
