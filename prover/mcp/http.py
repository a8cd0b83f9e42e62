"""The tools over HTTP, for hosts that connect to a server that runs: whoever asks has to know its token."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import uvicorn
from mcp.server.mcpserver import MCPServer
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from prover.errors import UsageError

_HOST = "127.0.0.1"


class _Guarded:
    """An application that answers those who send the token as `Authorization: Bearer TOKEN`."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        given = Headers(scope=scope).get("authorization", "") if scope["type"] == "http" else ""
        if scope["type"] == "http" and not secrets.compare_digest(given.encode(), self._expected):
            refusal = {"error": "the token is missing: send what the command printed as `Authorization: Bearer TOKEN`"}
            await JSONResponse(refusal, 401, {"WWW-Authenticate": "Bearer"})(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def token_in(path: Path) -> str:
    """The token that a file holds, which is made for the user alone if it is not there: hosts that were told it once
    find it valid next time. Raises UsageError if it can't be read or made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="utf8").strip()
        token = secrets.token_urlsafe(32)
        with os.fdopen(handle, "w", encoding="utf8") as stream:
            stream.write(token + "\n")
    except OSError as error:
        raise UsageError(f"{path} can't hold the token: {error}") from error
    return token


def guarded(server: MCPServer[Any], token: str) -> ASGIApp:
    """The server's application for those who know the token. Requests that name another host, or come from a page of
    another origin, are refused by the library."""
    return _Guarded(server.streamable_http_app(host=_HOST), token)


async def serve(app: ASGIApp, port: int) -> None:
    """Serve until the process is told to end."""
    await uvicorn.Server(uvicorn.Config(app, host=_HOST, port=port, log_level="warning")).serve()
