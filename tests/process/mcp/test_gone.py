"""`stepwise mcp` when its host is gone: nothing is left, and nobody is told of a fault."""

from __future__ import annotations

import json
import subprocess
import sys

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "host", "version": "1"}}
ASKED = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO}


def test_a_host_that_is_gone_before_its_answer_is_no_fault() -> None:
    command = (sys.executable, "-m", "prover.cli.main", "mcp")
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as server:
        assert server.stdin is not None and server.stdout is not None and server.stderr is not None
        server.stdout.close()
        server.stdin.write(json.dumps(ASKED).encode() + b"\n")
        server.stdin.close()
        assert (server.wait(20.0), server.stderr.read()) == (0, b"")
