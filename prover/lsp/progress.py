"""The progress of a job as the editor shows it."""

from __future__ import annotations

import asyncio
import uuid

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from prover.workbench.jobs import Json


class Progress:
    """The progress of a job in the editor, where the editor can show it. Cancelling it cancels the task around it."""

    def __init__(self, server: LanguageServer, title: str) -> None:
        window = server.client_capabilities.window
        self._server = server
        self._title = title
        self._token = uuid.uuid4().hex if window is not None and window.work_done_progress else ""

    async def __aenter__(self) -> Progress:
        if not self._token:
            return self
        progress, task, loop = self._server.work_done_progress, asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        await progress.create_async(self._token)
        progress.tokens[self._token].add_done_callback(lambda _: loop.call_soon_threadsafe(task.cancel))
        progress.begin(
            self._token, types.WorkDoneProgressBegin(f"Stepwise: {self._title}", cancellable=True, message="begun")
        )
        return self

    def tell(self, event: Json) -> None:
        """Show how far it is."""
        if self._token and (said := _progress_in(event)):
            self._server.work_done_progress.report(self._token, types.WorkDoneProgressReport(message=said))

    async def __aexit__(self, *_: object) -> None:
        if self._token:
            self._server.work_done_progress.end(self._token, types.WorkDoneProgressEnd())


def _progress_in(event: Json) -> str:
    match event["event"]:
        case "expansion":
            totals = event["totals"]
            return f"{totals['expansions']} states, {totals['tactics']} tactics, {event['at_s']:.1f} s"
        case "suggestion":
            return str(event["tactic"])
        case "note":
            return str(event["text"])
        case _:
            return ""
