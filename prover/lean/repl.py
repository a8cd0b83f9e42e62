"""The community REPL's protocol on two streams, served by the step server.

Requests are handed on as they are and answers come back as they are, so a client of the community REPL sees what it
knows, and everything of `docs/protocol.md` besides. A server that dies is started again: the request it died under is
answered with an error that says so, and ids from before are unknown from then on.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from prover.errors import WorkerDied
from prover.lean.toolchain import Toolchain
from prover.lean.transport import LeanProcess

MAX_REQUEST = 64 * 1024 * 1024
Answer = dict[str, Any]


class Repl:
    """Serves requests until the input ends. `timeout_s` bounds each; the server is replaced when it is exceeded."""

    def __init__(self, toolchain: Toolchain, *, timeout_s: float = 600.0, ready_timeout_s: float = 120.0) -> None:
        self._toolchain = toolchain
        self._timeout_s = timeout_s
        self._ready_timeout_s = ready_timeout_s
        self._process: LeanProcess | None = None

    async def serve(self, requests: asyncio.StreamReader, write: Callable[[str], None]) -> None:
        """One answer for each request, in order. Raises WorkerStartFailed if the server can't be started at all."""
        try:
            self._process = await self._start()
            while (text := await _read(requests)) is not None:
                write(json.dumps(await self.answer(text), ensure_ascii=False) + "\n\n")
        finally:
            if self._process is not None:
                await self._process.close()

    async def answer(self, text: str) -> Answer:
        """The answer to one request; a fault of ours or of the server is an answer, too."""
        try:
            request = json.loads(text)
        except (ValueError, RecursionError) as fault:
            return {"message": f"Could not parse JSON:\n{fault}"}
        if not isinstance(request, dict):
            return {"message": "a request is a JSON object"}
        number = {"id": request["id"]} if "id" in request else {}
        if self._process is None or not self._process.is_alive:
            self._process = await self._start()
        try:
            return {**await self._process.submit(request, timeout_s=self._timeout_s), **number}
        except WorkerDied as death:
            await self._process.close()
            return {"message": f"the Lean server was restarted and its states are lost: {death}", **number}

    async def _start(self) -> LeanProcess:
        return await LeanProcess.start(self._toolchain.launch(), ready_timeout_s=self._ready_timeout_s)


async def _read(requests: asyncio.StreamReader) -> str | None:
    """One request: lines up to a blank one, or a first line that is complete JSON by itself. None at the end."""
    lines: list[bytes] = []
    while True:
        try:
            line = await requests.readline()
        except ValueError:  # longer than the reader's limit; what came of it is dropped
            lines.append(b"a line too long\n")
            continue
        if not line:
            return _text(lines) if lines else None
        if line.strip():
            lines.append(line)
            if len(lines) == 1 and _is_complete(line):
                return _text(lines)
        elif lines:
            return _text(lines)


def _is_complete(line: bytes) -> bool:
    if not line.lstrip().startswith(b"{"):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _text(lines: list[bytes]) -> str:
    return b"".join(lines).decode("utf-8", "replace")
