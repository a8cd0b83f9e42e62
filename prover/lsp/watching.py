"""The page of the jobs of an editor: served by the language server, opened by the editor."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from prover.errors import MissingExtra, StepwiseError
from prover.lsp.buffers import Running
from prover.workbench.bench import Bench

if TYPE_CHECKING:
    from prover.web.jobs import JobsView


class Watching:
    """The page, which is served from the first time that somebody wants to see it until the server ends."""

    def __init__(self, server: LanguageServer, bench: Bench) -> None:
        self._server = server
        self._bench = bench
        self._jobs: JobsView | None = None
        self._address = ""
        self._opening = asyncio.Lock()
        self._stack = contextlib.AsyncExitStack()

    async def show(self, running: Running) -> None:
        """Have the editor open the page of a job; one that can't open pages shows the address."""
        try:
            job = await asyncio.shield(running.job)
            async with self._opening:
                jobs = self._jobs or await self._open()
        except StepwiseError as fault:
            self._say(f"nothing to watch: {fault}")
            return
        jobs.follow(job)
        page, _, token = self._address.partition("#")
        address = f"{page}?theorem={job}#{token}"
        window = self._server.client_capabilities.window
        if window is not None and window.show_document is not None and window.show_document.support:
            shown = types.ShowDocumentParams(address, external=True)
            if (await self._server.window_show_document_async(shown)).success:
                return
        self._say(f"the page is at {address}")

    async def _open(self) -> JobsView:
        try:
            from prover.web.app import Viewer
            from prover.web.jobs import JobsView
            from prover.web.serving import serving
        except ImportError as error:
            raise MissingExtra("to watch a search", "web") from error
        jobs = self._jobs = JobsView(self._bench)
        self._address = await self._stack.enter_async_context(serving(Viewer(jobs)))
        return jobs

    def _say(self, text: str) -> None:
        self._server.window_show_message(types.ShowMessageParams(types.MessageType.Info, f"Stepwise: {text}"))
