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


def check(*arguments: str, **variables: str) -> None:
    """In a process of its own: Triton decides at import whether it interprets."""
    environment = dict(os.environ, PYTHONPATH=str(ROOT), **variables)
    command = [sys.executable, str(Path(__file__).with_name("kernel_check.py")), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_kernels_compute_in_the_interpreter_what_their_plain_forms_do() -> None:
    """For some head shapes; the drills have them all."""
    check("cpu", TRITON_INTERPRET="1")


@pytest.mark.gpu
def test_kernels_compute_on_a_gpu_what_their_plain_forms_do() -> None:
    if not torch.cuda.is_available():
        pytest.skip("no GPU")
    check("cuda")
