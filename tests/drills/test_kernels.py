"""Every head shape of the kernels in Triton's interpreter."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("triton", reason="Triton is not installed (it comes with PyTorch's GPU builds)")

from tests.process.models.test_kernels import check


def test_kernels_of_all_head_shapes_compute_what_their_plain_forms_do() -> None:
    check("cpu", "all", TRITON_INTERPRET="1")
