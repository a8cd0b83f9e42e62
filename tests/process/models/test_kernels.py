"""The GPU kernels against their plain forms: in Triton's interpreter, and on a GPU where there is one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("triton", reason="Triton is not installed (it comes with PyTorch's GPU builds)")

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("device", ["interpreter", pytest.param("cuda", marks=pytest.mark.gpu)])
def test_kernels_compute_what_their_plain_forms_do(device: str) -> None:
    """In a process of its own: Triton decides at import whether it interprets."""
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("no GPU")
    environment = dict(os.environ, PYTHONPATH=str(ROOT))
    if device == "interpreter":
        environment["TRITON_INTERPRET"] = "1"
    script = Path(__file__).with_name("kernel_check.py")
    target = "cuda" if device == "cuda" else "cpu"
    done = subprocess.run(
        [sys.executable, str(script), target], env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
