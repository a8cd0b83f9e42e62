"""Packed matrices. The embedding, the norms and the last projection keep their precision.

8 bits: floats (e4m3) with a scale for each output row and each token, multiplied without unpacking; half the bytes of
bfloat16 and up to twice its speed. 4 bits: integers with a scale for each group of inputs, unpacked for every product;
a quarter of the bytes, but slower.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor

from prover.errors import UsageError
from prover.models.network import Dense, Projection

_FLOAT8 = torch.float8_e4m3fn
_GROUP = 64
"""Inputs that share a scale of a 4-bit matrix."""


@dataclass(slots=True)
class Float8:
    """A matrix [out, in] in 8-bit floats. Activations are scaled token by token."""

    weight: Tensor
    scale: Tensor
    bias: Tensor | None = None

    @staticmethod
    def of(weight: Tensor, bias: Tensor | None = None) -> Float8:
        """Round a matrix to the nearest 8-bit floats."""
        scale = (weight.float().abs().amax(1, keepdim=True) / torch.finfo(_FLOAT8).max).clamp_(min=1e-12)
        return Float8((weight.float() / scale).to(_FLOAT8), scale, bias)

    def __call__(self, x: Tensor) -> Tensor:
        """x · weightᵀ + bias, in the dtype of x."""
        if not x.is_cuda:
            return F.linear(x, (self.weight.float() * self.scale).to(x.dtype), self.bias)
        from prover.models.kernels import quantize_rows

        values, scale = quantize_rows(x, _FLOAT8)
        out = torch._scaled_mm(
            values, self.weight.t(), scale_a=scale, scale_b=self.scale.t(), out_dtype=x.dtype, use_fast_accum=True
        )
        return out if self.bias is None else out + self.bias

    @property
    def num_bytes(self) -> int:
        return self.weight.numel()


@dataclass(slots=True)
class Int4:
    """A matrix [out, in] as signed 4-bit integers, two to a byte, with a scale per group."""

    packed: Tensor
    scale: Tensor
    bias: Tensor | None = None

    @staticmethod
    def of(weight: Tensor, bias: Tensor | None = None) -> Int4:
        """Round a matrix, whose number of inputs must be a multiple of 64. Raises UsageError otherwise."""
        rows, width = weight.shape
        if width % _GROUP:
            raise UsageError(f"4 bits need layers of a multiple of {_GROUP} inputs, not {width}")
        groups = weight.float().view(rows, width // _GROUP, _GROUP)
        scale = (groups.abs().amax(2, keepdim=True) / 7).clamp_(min=1e-12)
        levels = (groups / scale).round_().clamp_(-8, 7).add_(8).to(torch.uint8).view(rows, width)
        return Int4(levels[:, ::2] | (levels[:, 1::2] << 4), scale.to(weight.dtype), bias)

    def __call__(self, x: Tensor) -> Tensor:
        rows, half = self.packed.shape
        levels = torch.stack([self.packed & 15, self.packed >> 4], 2).view(rows, -1, _GROUP)
        weight = (levels.to(x.dtype) - 8) * self.scale.to(x.dtype)
        return F.linear(x, weight.view(rows, 2 * half), self.bias)

    @property
    def num_bytes(self) -> int:
        return self.packed.numel() + self.scale.numel() * self.scale.element_size()


def maker(
    bits: int, device: torch.device, dtype: torch.dtype = torch.bfloat16
) -> Callable[[Tensor, Tensor | None], Projection]:
    """The function that packs a matrix (weight, bias) into so many bits. Raises UsageError for a number of bits that is
    not known, or that the device or the precision does not allow."""
    if bits == 16:
        return Dense
    if bits == 4:
        return Int4.of
    if bits != 8:
        raise UsageError(f"bits takes 16, 8 or 4, not {bits}")
    if device.type == "cuda" and dtype is not torch.bfloat16:
        raise UsageError("bits=8 multiplies to bfloat16 alone: leave dtype out, or use bits=16 or bits=4")
    if device.type == "cuda" and torch.cuda.get_device_capability(device) < (8, 9):
        raise UsageError(f"{torch.cuda.get_device_name(device)} has no 8-bit float units: use bits=16 or bits=4")
    return Float8.of
