"""Capabilities of a device. Each thread has a current GPU of its own, on which Triton launches its kernels."""

from __future__ import annotations

import importlib.util
from functools import cache

import torch

_ACCUMULATORS = 16384
"""Sums (rows × queries × head size) that a block of the attention kernel may hold in registers."""
_MOST_ROWS = 32


def enter(device: torch.device) -> None:
    """Make a GPU the calling thread's current one. Does nothing for the CPU."""
    if device.type == "cuda":
        torch.cuda.set_device(device)


def has_triton(device: torch.device) -> bool:
    """Whether the Triton kernels can run there."""
    return device.type == "cuda" and _is_triton_installed()


def fits_kernels(head_dim: int) -> bool:
    """Whether the attention kernels take heads of that size. Others are computed in PyTorch, from the first step on."""
    return 16 <= head_dim <= 256 and head_dim & (head_dim - 1) == 0


def rows_a_block(heads: int, kv_heads: int, head_dim: int) -> int:
    """Rows of one prompt in a block of the attention kernel: as many as fit into registers, at most 32."""
    queries = heads // kv_heads
    return max(1, min(_MOST_ROWS, _ACCUMULATORS // head_dim // queries))


@cache
def _is_triton_installed() -> bool:
    return importlib.util.find_spec("triton") is not None
