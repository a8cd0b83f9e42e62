"""Packed weights compute nearly the same, in fewer bytes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the models extra is not installed")

from prover.errors import UsageError  # noqa: E402
from prover.models.network import Dense  # noqa: E402
from prover.models.quantized import Float8, Int4, maker  # noqa: E402


# A float of 8 bits has 3 of mantissa: 2^-4 at worst, about 2.6 % of the spread; 4-bit integers round to a 15th of a
# group's range, about 10 %.
@pytest.mark.parametrize(("kind", "most", "share"), [(Float8, 0.04, 0.25), (Int4, 0.12, 0.16)])
def test_a_packed_matrix_is_close_and_small(kind: type[Float8] | type[Int4], most: float, share: float) -> None:
    torch.manual_seed(0)
    weight, bias, x = torch.randn(96, 128), torch.randn(96), torch.randn(10, 128)
    packed, plain = kind.of(weight, bias), Dense(weight, bias)
    error = (packed(x) - plain(x)).norm() / plain(x).norm()
    assert 0 < error < most
    assert packed.num_bytes <= share * plain.num_bytes
    assert kind.of(torch.zeros(64, 64))(x[:, :64]).abs().max() == 0


def test_what_cannot_be_packed_is_refused() -> None:
    with pytest.raises(UsageError, match="not 100"):
        Int4.of(torch.zeros(4, 100))
    with pytest.raises(UsageError, match="16, 8 or 4"):
        maker(3, torch.device("cpu"))


def test_eight_bits_on_a_gpu_multiply_to_bfloat16_and_to_nothing_else() -> None:
    with pytest.raises(UsageError, match="bits=8 multiplies to bfloat16 alone"):
        maker(8, torch.device("cuda"), torch.float16)
