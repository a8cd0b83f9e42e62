"""Fused operations of a decoder layer: Triton kernels on a GPU, PyTorch elsewhere and for sizes that they don't take.

Both compute in float32 and round once, at the end; a test compares them.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor

from prover.models.device import fits_kernels, has_triton


def rms_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    """Root-mean-square norm over the last axis (Zhang and Sennrich, 2019)."""
    if has_triton(x.device) and x.dim() == 2:
        from prover.models.kernels import rms_norm as fused

        return fused(x, weight, eps)
    return _plain_norm(x, weight, eps)


def add_rms_norm(x: Tensor, residual: Tensor, weight: Tensor, eps: float) -> Tensor:
    """Add `x` to `residual` in place. Returns the norm of the sum."""
    if has_triton(x.device):
        from prover.models.kernels import add_rms_norm as fused

        return fused(x, residual, weight, eps)
    residual.add_(x)
    return _plain_norm(residual, weight, eps)


def silu_mul(gate_up: Tensor) -> Tensor:
    """silu(gate) · up, where `gate_up` [rows, 2·width] is gate, then up."""
    if has_triton(gate_up.device):
        from prover.models.kernels import silu_mul as fused

        return fused(gate_up)
    gate, up = gate_up.chunk(2, dim=-1)
    return F.silu(gate) * up


def rope_and_store(
    qkv: Tensor,
    positions: Tensor,
    cos: Tensor,
    sin: Tensor,
    *,
    keys: Tensor,
    values: Tensor,
    slots: Tensor,
    heads: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """Rotate queries and keys by their positions, and write keys and values to their slots.

    `qkv` is [tokens, heads + 2·kv_heads, head_dim]; `cos`, `sin` are [positions, head_dim / 2]; `keys`, `values` are
    [slots, kv_heads, head_dim]. Returns the queries, keys and values of the tokens.
    """
    kv_heads = keys.shape[1]
    if has_triton(qkv.device) and fits_kernels(qkv.shape[-1]):
        from prover.models.kernels import rope_and_store as fused

        fused(qkv, positions, cos, sin, keys, values, slots, heads)
        return qkv[:, :heads], qkv[:, heads : heads + kv_heads], qkv[:, heads + kv_heads :]
    rotated = rotate(qkv[:, : heads + kv_heads], cos[positions], sin[positions])
    q, k, v = rotated[:, :heads], rotated[:, heads:], qkv[:, heads + kv_heads :]
    keys[slots], values[slots] = k, v
    return q, k, v


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding (Su et al., RoFormer, 2021) on the halves of the last axis; `cos`, `sin` are [tokens,
    head_dim / 2]."""
    left, right = x.float().chunk(2, dim=-1)
    cos, sin = cos[:, None], sin[:, None]
    return torch.cat([left * cos - right * sin, right * cos + left * sin], -1).to(x.dtype)


def _plain_norm(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    return F.rms_norm(x.float(), (x.shape[-1],), weight.float(), eps).to(x.dtype)
