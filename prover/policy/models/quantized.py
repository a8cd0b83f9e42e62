"""Matrices in fewer bits, for GPUs that multiply them directly.

8-bit floats with one scale per output row and per token: half the bytes of bf16 and, where the GPU has the units, twice
its rate. The embedding, the norms and the last projection stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from prover.errors import UsageError

FLOAT8 = torch.float8_e4m3fn


@dataclass(slots=True)
class Float8:
    """A matrix [out, in] in 8-bit floats; activations are scaled per token as they come."""

    weight: Tensor
    scale: Tensor
    bias: Tensor | None = None

    @staticmethod
    def of(weight: Tensor, bias: Tensor | None = None) -> Float8:
        """Round a matrix to the nearest 8-bit floats."""
        scale = (weight.float().abs().amax(1, keepdim=True) / torch.finfo(FLOAT8).max).clamp_(min=1e-12)
        return Float8((weight.float() / scale).to(FLOAT8), scale, bias)

    def __call__(self, x: Tensor) -> Tensor:
        """x · weightᵀ + bias in bf16; in the plain dtype of `x` where there is no GPU to do it."""
        if not x.is_cuda:
            out = torch.nn.functional.linear(x, (self.weight.float() * self.scale).to(x.dtype))
            return out if self.bias is None else out + self.bias
        from prover.policy.models.kernels import quantize_rows

        values, scale = quantize_rows(x, FLOAT8)
        out = torch._scaled_mm(
            values, self.weight.t(), scale_a=scale, scale_b=self.scale.t(), out_dtype=x.dtype, use_fast_accum=True
        )
        return out if self.bias is None else out + self.bias

    @property
    def num_bytes(self) -> int:
        """Bytes of the weights."""
        return self.weight.numel()


def check_float8(device: torch.device) -> None:
    """Raises UsageError where 8-bit floats are not multiplied in hardware."""
    if device.type == "cuda" and torch.cuda.get_device_capability(device) < (8, 9):
        raise UsageError(f"{torch.cuda.get_device_name(device)} has no 8-bit float units: use bfloat16")
