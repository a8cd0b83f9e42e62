"""The tools over HTTP: the same, for hosts that connect to a server that runs."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import httpx2
import uvicorn
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from prover.assembly.warm import Warm
from prover.mcp.files import Files
from prover.mcp.http import guarded, token_in
from prover.mcp.server import make_server
from prover.workbench.bench import Workbench
from tests.fakes.graph import Endless, Picture
from tests.fakes.warm import opening, warm_with

PICTURE: Picture = {"p": {"done": []}}


TOKEN = "t"
KNOWN = {"authorization": f"Bearer {TOKEN}"}
HOST_THAT_PROVES = """
import asyncio, sys
from tests.process.mcp.test_http import host

async def main():
    async with host(sys.argv[1]) as client:
        await client.call_tool("prove", {"code": "theorem t : p := by sorry", "time_limit_s": 600})

asyncio.run(main())
"""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}


@asynccontextmanager
async def host(address: str) -> AsyncIterator[Client]:
    """A host that was told the token."""
    async with (
        httpx2.AsyncClient(headers=KNOWN) as http,
        Client(streamable_http_client(address, http_client=http)) as client,
    ):
        yield client


@asynccontextmanager
async def served(root: Path, warm: Warm | None = None) -> AsyncIterator[str]:
    """The tools at an address of this machine."""
    async with Workbench(opening(warm or warm_with(PICTURE))) as bench:
        app = guarded(make_server(bench, Files(root)), TOKEN)
        server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            server.should_exit = True
            await serving


async def test_two_hosts_prove_at_once(tmp_path: Path) -> None:
    code = {"code": "theorem t : p := by sorry"}
    async with served(tmp_path) as address, host(address) as one, host(address) as other:
        answers = await asyncio.gather(one.call_tool("prove", code), other.call_tool("prove", code))
    assert [(answer.structured_content or {})["status"] for answer in answers] == ["proved", "proved"]


async def test_a_host_that_is_killed_in_a_call_ends_its_search_and_no_other_host_notices(tmp_path: Path) -> None:
    endless = warm_with(PICTURE, environment=Endless(PICTURE))
    async with served(tmp_path, endless) as address, host(address) as other:
        killed = subprocess.Popen([sys.executable, "-c", HOST_THAT_PROVES, address], env=ENVIRONMENT)
        while (await other.call_tool("job", {"job": "job1", "wait_s": 0})).is_error:
            await asyncio.sleep(0.05)  # it has not begun
        killed.kill()
        killed.wait()
        answer = (await other.call_tool("job", {"job": "job1", "wait_s": 10})).structured_content
    assert answer is not None and answer["status"] == "stopped"


async def test_who_does_not_know_the_token_is_refused(tmp_path: Path) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    async with served(tmp_path) as address, httpx.AsyncClient() as client:
        nobody = await client.post(address, json=body)
        other = await client.post(address, json=body, headers={"authorization": "Bearer x"})
    assert [nobody.status_code, other.status_code] == [401, 401]


def test_a_token_is_kept_for_the_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "token"
    token = token_in(path)
    assert token_in(path) == token
    assert path.stat().st_mode & 0o077 == 0


async def test_pages_of_elsewhere_are_refused(tmp_path: Path) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accepts = {"accept": "application/json, text/event-stream"}
    async with served(tmp_path) as address, httpx.AsyncClient() as client:
        foreign = await client.post(address, json=body, headers={**accepts, **KNOWN, "origin": "https://example.org"})
        rebound = await client.post(address, json=body, headers={**accepts, **KNOWN, "host": "example.org"})
    assert foreign.status_code == 403
    assert rebound.status_code == 421
