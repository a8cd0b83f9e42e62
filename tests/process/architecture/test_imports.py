"""What starting the command line loads: heavy libraries are imported where they are used."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@cache
def loaded_by_the_command_line() -> frozenset[str]:
    code = "import sys, prover.cli.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True)
    return frozenset(done.stdout.split())


@pytest.mark.parametrize(
    "library", ["torch", "transformers", "ray", "pyarrow", "matplotlib", "lean_dojo", "datasets", "mcp", "pygls"]
)
def test_heavy_libraries_are_not_imported_by_the_command_line(library: str) -> None:
    assert "prover.cli.main" in loaded_by_the_command_line()
    assert library not in loaded_by_the_command_line()


def test_endpoints_need_neither_torch_nor_a_tokenizer() -> None:
    code = """
import sys
for missing in ("torch", "transformers", "tokenizers", "sentencepiece", "safetensors", "jinja2"):
    sys.modules[missing] = None
import asyncio
from contextlib import AsyncExitStack
from prover.assembly.planning import open_planners
from prover.config import Config, PlanConfig
from prover.policy.registry import open_policy

async def main():
    url = "openai:http://localhost:1/v1?model=some-chat-model"
    await (await open_policy(url)).close()
    async with AsyncExitStack() as stack:
        await open_planners(Config(plan=PlanConfig(planners=(url,))), None, stack)

asyncio.run(main())
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
