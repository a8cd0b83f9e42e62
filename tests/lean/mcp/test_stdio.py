"""`stepwise mcp` with the embedded Lean, as a host starts it: by the SDK's client, over its standard input."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client

COMMAND = [sys.executable, "-m", "prover.cli.main", "mcp", "--workers", "1"]
ROOT = Path(__file__).resolve().parents[3]
TEXT = "theorem t (p q : Prop) (hp : p) (hq : q) : q ∧ p := by\n  sorry\n"


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.mark.long
async def test_an_agent_looks_proves_edits_and_has_it_checked(toolchain: object, tmp_path: Path) -> None:
    file = tmp_path / "mine.lean"
    file.write_text(TEXT, encoding="utf8")
    server = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=environment(), cwd=tmp_path)
    async with Client(stdio_client(server)) as client:
        goals = (await client.call_tool("goals", {"file_path": "mine.lean"})).structured_content
        proof = (await client.call_tool("prove", {"file_path": "mine.lean", "line": 2})).structured_content
        assert goals is not None and proof is not None
        assert goals["holes"][0]["goals"][0]["target"] == "q ∧ p"
        assert proof["status"] == "proved"
        (edit,) = proof["edits"]
        assert (edit["start"], edit["end"]) == ({"line": 2, "column": 3}, {"line": 2, "column": 8})
        file.write_text(TEXT.replace("sorry", edit["text"]), encoding="utf8")
        verdicts = (await client.call_tool("check", {"file_path": "mine.lean"})).structured_content
        assert verdicts is not None
        assert [each["verdict"] for each in verdicts["verdicts"]] == ["accepted"]
