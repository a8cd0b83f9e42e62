"""The community REPL's protocol on two streams, served by the step server.

Requests are handed on as they are and answers come back as they are, so a client of the community REPL sees what it
knows, and everything of `docs/protocol.md` besides. Two things are served here: `cancel`, while another request runs,
and files, of which the server sees none. A server that dies is started again: the request it died under is answered
with an error that says so, and ids from before are unknown from then on.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prover.confine.lines import json_object
from prover.errors import StepwiseError, UsageError, WorkerDied
from prover.lean.pickles import Recipes, below, read_limited, read_pickle, write_pickle
from prover.lean.toolchain import Toolchain
from prover.lean.transport import LeanProcess
from prover.lean.upstream import start_server

MAX_REQUEST = 64 * 1024 * 1024
Answer = dict[str, Any]
_MAX_WAITING = 1024
_TOO_LONG = b"\x00a line too long\n"  # JSON has no such line


class Repl:
    """Serves requests until the input ends. `timeout_s` bounds each; the server is replaced when it is exceeded. Files
    that requests name have to lie in `folder`."""

    def __init__(
        self, toolchain: Toolchain, folder: Path, *, timeout_s: float = 600.0, ready_timeout_s: float = 120.0
    ) -> None:
        self._toolchain = toolchain
        self._folder = folder
        self._recipes = Recipes()
        self._timeout_s = timeout_s
        self._ready_timeout_s = ready_timeout_s
        self._process: LeanProcess | None = None
        self._running: tuple[Any, asyncio.Future[Answer]] | None = None  # the request's own id, and its answer

    async def serve(self, requests: asyncio.StreamReader, write: Callable[[str], None]) -> None:
        """One answer for each request, in order, but for `cancel`, which is answered at once. Raises WorkerStartFailed
        if the server can't be started at all."""
        texts: asyncio.Queue[str | None] = asyncio.Queue(_MAX_WAITING)
        reading = asyncio.create_task(self._take(requests, texts, write))
        try:
            self._process = await self._start()
            while (text := await texts.get()) is not None:
                write(_line(await self.answer(text)))
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            if self._process is not None:
                await self._process.close()

    async def _take(
        self, requests: asyncio.StreamReader, texts: asyncio.Queue[str | None], write: Callable[[str], None]
    ) -> None:
        """Reads while a request runs, so that it can be cancelled."""
        while (text := await _read(requests)) is not None:
            if text.startswith(("#", "--")):  # a comment, to the community's REPL
                continue
            cancel = _cancel_request(text)
            if cancel is None:
                await texts.put(text)
            else:
                number = {"id": cancel["id"]} if "id" in cancel else {}
                write(_line({"cancelled": self._cancel(cancel["cancel"]), **number}))
        await texts.put(None)

    def _cancel(self, number: object) -> bool:
        if self._running is None or self._process is None or self._running[0] != number:
            return False
        self._process.cancel(self._running[1])
        return True

    async def answer(self, text: str) -> Answer:
        """The answer to one request; a fault of ours or of the server is an answer, too."""
        if _TOO_LONG.decode() in text:
            return {"message": f"Could not parse JSON:\na line is longer than {MAX_REQUEST >> 20} MiB"}
        try:
            request = _parsed(text)
        except (ValueError, RecursionError) as fault:
            return {"message": f"Could not parse JSON:\n{fault}"}
        if not isinstance(request, dict):
            return {"message": "a request is a JSON object"}
        number = {"id": request["id"]} if "id" in request else {}
        if self._process is None or not self._process.is_alive:
            self._process = await self._start()
        try:
            return {**await self._served(self._process, request), **number}
        except WorkerDied as death:
            await self._process.close()
            return {"message": f"the Lean server was restarted and its states are lost: {death}", **number}
        except StepwiseError as refusal:
            return {"message": str(refusal), **number}
        finally:
            self._running = None

    async def _served(self, process: LeanProcess, request: Answer) -> Answer:
        """The server's answer. Raises WorkerDied, or UsageError or RunFolderError for a file."""
        asked = request
        if not self._toolchain.launch().is_upstream:
            asked = self._without_files(request)
            if "pickleTo" in asked:
                return {"env": asked["env"]}
        future = process.submit(asked, timeout_s=self._timeout_s)
        self._running = (request.get("id"), future)
        answer = await future
        self._recipes.note(asked, answer)
        return answer

    def _without_files(self, request: Answer) -> Answer:
        """The request with the content of the file that it names. A pickle is written here; of an environment nothing
        is left to ask then."""
        if "tactics" in request or "cmd" in request:
            return request
        if "path" in request:
            others = {key: value for key, value in request.items() if key != "path"}
            return {"cmd": read_limited(below(self._folder, request["path"])), **others}
        if "pickleTo" in request:
            recipe = self._recipes.of(request)
            if recipe is None:
                raise UsageError("Unknown environment." if "env" in request else "Unknown proof state.")
            write_pickle(below(self._folder, request["pickleTo"]), recipe)
            return request if "env" in request else {"rerun": recipe.steps()}
        for key in ("unpickleEnvFrom", "unpickleProofStateFrom"):
            if key in request:
                return {"rerun": read_pickle(below(self._folder, request[key]))}
        return request

    async def _start(self) -> LeanProcess:
        self._recipes = Recipes()
        return await start_server(self._toolchain.launch(), ready_timeout_s=self._ready_timeout_s)


def _line(answer: Answer) -> str:
    return json.dumps(answer, ensure_ascii=False) + "\n\n"


def _cancel_request(text: str) -> Answer | None:
    """`{"cancel": ID}` with an id of its own or without; None if it is another request."""
    request = json_object(text.encode()) if len(text) <= 1000 else None
    if request is None:
        return None
    return request if "cancel" in request and request.keys() <= {"cancel", "id"} else None


def _parsed(text: str) -> Any:
    """The request as it stands, or else with its lines joined, as the community's REPL reads it: a string may go over
    several. Raises ValueError or RecursionError."""
    try:
        return json.loads(text)
    except ValueError:
        joined = "".join(line.rstrip() for line in text.split("\n"))
        if joined == text:
            raise
        return json.loads(joined)


async def _read(requests: asyncio.StreamReader) -> str | None:
    """One request: lines up to a blank one, or a first line that is complete JSON by itself. None at the end."""
    lines: list[bytes] = []
    while True:
        try:
            line = await requests.readline()
        except ValueError:  # longer than the reader's limit; what came of it is dropped
            lines.append(_TOO_LONG)
            continue
        if not line:
            return _text(lines) if lines else None
        if line.strip():
            lines.append(line)
            if len(lines) == 1 and json_object(line.lstrip()) is not None:
                return _text(lines)
        elif lines:
            return _text(lines)


def _text(lines: list[bytes]) -> str:
    return b"".join(lines).decode("utf-8", "replace")
