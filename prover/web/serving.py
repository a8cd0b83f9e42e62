"""Listens on this machine for the page's requests, inside an event loop that somebody else runs."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn

from prover.errors import UsageError
from prover.web.app import Viewer

_HOST = "127.0.0.1"


@asynccontextmanager
async def serving(viewer: Viewer, port: int = 0) -> AsyncIterator[str]:
    """Serve the page while the block lasts; gives the address to open, token and all. Port 0 leaves the choice to the
    system. Raises UsageError if the port is taken."""
    try:
        listening = socket.create_server((_HOST, port))
    except (OSError, OverflowError) as error:
        raise UsageError(f"can't listen on {_HOST}:{port}: {error}") from error
    token, port = secrets.token_urlsafe(24), listening.getsockname()[1]
    config = uvicorn.Config(
        viewer.app(token, port), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://{_HOST}:{port}/#{token}"
    finally:
        viewer.is_closing = server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """Leaves the signals to the command that it is a part of."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing."""
        yield
