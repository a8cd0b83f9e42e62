"""Clients and hosts that hold a workbench are killed, and Lean workers of it: nothing is left, and no job is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from prover.workbench.address import Spot
from prover.workbench.client import Client, attached, events_of, result_of
from prover.workbench.jobs import Json
from prover.workbench.requests import Prove
from tests.lean.conftest import toolchain
from tests.lean.mcp.test_stdio import COMMAND, environment
from tests.lean.workbench.test_attached import CONFIG, ENDLESS, HARD, TEXT, hold_nothing_left
from tests.processes import gone

__all__ = ["toolchain"]  # a fixture

# the embedded Lean is made ready before: what is timed here is what is left
pytestmark = [pytest.mark.timeout(600), pytest.mark.usefixtures("toolchain")]


def test_nothing_is_left_of_a_workbench_that_starts_as_its_only_client_is_killed() -> None:
    hold_nothing_left("started", seed="10")


async def test_a_lean_worker_that_is_killed_costs_a_job_no_more_than_time() -> None:
    config = replace(CONFIG, seed=9)
    async with attached(config, linger_s=0.0) as client:
        job = await client.start(ENDLESS)
        begun = [each async for each in _until_expanded(client, job)]
        address = Spot.of(config).read()
        assert address is not None
        _deepest(psutil.Process(address.pid)).kill()
        proved = await result_of(client, await client.start(Prove(path="t.lean", text=TEXT, line=2)))
        await anext(each async for each in events_of(client, job, len(begun)) if each["event"] == "expansion")
    assert proved["status"] == "proved"


async def _until_expanded(client: Client, job: str) -> AsyncIterator[Json]:
    async for event in events_of(client, job):
        yield event
        if event["event"] == "expansion":
            return


def _deepest(process: psutil.Process) -> psutil.Process:
    """The last process of a chain of them, which is a Lean."""
    while children := process.children():
        process = children[0]
    return process


def test_nothing_is_left_three_seconds_after_the_host_was_killed_in_a_search(tmp_path: Path) -> None:
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
