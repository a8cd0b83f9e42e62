"""`stepwise mcp` with the embedded Lean, as a host starts it: by the SDK's client, over its standard input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from mcp import StdioServerParameters
from mcp.client.client import Client
from mcp.client.stdio import stdio_client

from tests.processes import gone

COMMAND = [sys.executable, "-m", "prover.cli.main", "mcp", "--workers", "1"]
ROOT = Path(__file__).resolve().parents[3]
TEXT = "theorem t (p q : Prop) (hp : p) (hq : q) : q ∧ p := by\n  sorry\n"
HARD = "theorem hard (f : Nat → Nat) (h : ∀ n, f (f n) < f (n + 1)) : ∀ n, f n = n := by\n  sorry\n"


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


def test_nothing_is_left_three_seconds_after_the_host_was_killed_in_a_search(toolchain: object, tmp_path: Path) -> None:
    (tmp_path / "hard.lean").write_text(HARD, encoding="utf8")
    script = f"""
import subprocess, sys, time
server = subprocess.Popen({COMMAND!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
server.stdin.write(sys.stdin.buffer.read())
server.stdin.flush()
for line in server.stdout:
    print(line.decode(), flush=True)
"""
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "host", "version": "1"}}
    prove = {
        "name": "prove",
        "arguments": {"file_path": "hard.lean", "time_limit_s": 600},
        "_meta": {"progressToken": 1},
    }
    said = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": prove},
    ]
    host = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env=environment()
    )
    assert host.stdin is not None and host.stdout is not None
    host.stdin.write("".join(json.dumps(each) + "\n" for each in said).encode())
    host.stdin.close()
    while b"states" not in host.stdout.readline():
        pass
    below = psutil.Process(host.pid).children(recursive=True)
    assert any("workbench" in " ".join(each.cmdline()) for each in below)
    os.kill(host.pid, signal.SIGKILL)
    began = time.monotonic()
    host.wait()
    host.stdout.close()
    assert gone(*(each.pid for each in below), within_s=3.0), time.monotonic() - began
