"""The tools over HTTP: the same, for hosts that connect to a server that runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import uvicorn
from mcp.client.client import Client

from prover.mcp.files import Files
from prover.mcp.server import make_server
from prover.workbench.bench import Workbench
from tests.fakes.graph import Picture
from tests.fakes.warm import opening, warm_with

PICTURE: Picture = {"p": {"done": []}}


@asynccontextmanager
async def served(root: Path) -> AsyncIterator[str]:
    """The tools at an address of this machine."""
    async with Workbench(opening(warm_with(PICTURE))) as bench:
        app = make_server(bench, Files(root)).streamable_http_app()
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
    async with served(tmp_path) as address, Client(address) as one, Client(address) as other:
        answers = await asyncio.gather(one.call_tool("prove", code), other.call_tool("prove", code))
    assert [(answer.structured_content or {})["status"] for answer in answers] == ["proved", "proved"]


async def test_pages_of_elsewhere_are_refused(tmp_path: Path) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accepts = {"accept": "application/json, text/event-stream"}
    async with served(tmp_path) as address, httpx.AsyncClient() as client:
        foreign = await client.post(address, json=body, headers={**accepts, "origin": "https://example.org"})
        rebound = await client.post(address, json=body, headers={**accepts, "host": "example.org"})
    assert foreign.status_code == 403
    assert rebound.status_code == 421
