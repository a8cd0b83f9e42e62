"""The language server: menus from the text alone, and commands that start jobs of the workbench.

A command returns at once, since editors can't cancel one; its job shows progress, by which it is cancelled. What it
finds is put in place only if the judge accepted it and the theorem still reads as it did.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

import prover
from prover.errors import StepwiseError
from prover.lsp.buffers import Buffer, Found, Running, Suggested
from prover.lsp.menus import COMMANDS, actions
from prover.lsp.sketch import Anchor, Change, Open
from prover.workbench.bench import Bench
from prover.workbench.client import result_of
from prover.workbench.jobs import Json
from prover.workbench.requests import Prove, Request, Suggest

_SHOWN = 3
_NEWER_S = 2.0  # how long after an edit was refused its reason, a newer text, may come
_LOOK_EVERY_S = 0.02


class Server:
    """A server whose commands are jobs of `bench`."""

    def __init__(self, bench: Bench, *, time_limit_s: float = 30.0) -> None:
        self.language_server = LanguageServer("stepwise", prover.__version__)
        self._bench = bench
        self._time_limit_s = time_limit_s
        self._buffers: dict[str, Buffer] = {}
        self._register(self.language_server)

    def _register(self, server: LanguageServer) -> None:
        kinds = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
        server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(
            partial(self._changed)
        )  # a method can't be marked, a partial can
        server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(partial(self._closed))
        server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)(partial(self._actions))
        commands = (self._suggest, self._prove, self._best_effort, self._disprove, self._fill, self._stop)
        for name, command in zip(COMMANDS, commands, strict=True):
            server.command(name)(partial(command))

    # ------------------------------------------------------------------------------------------------- documents

    def _changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """Stop jobs whose theorem was changed, and take back what was said about such theorems."""
        self._publish(self._buffer(params.text_document.uri))

    def _closed(self, params: types.DidCloseTextDocumentParams) -> None:
        buffer = self._buffers.pop(params.text_document.uri, None)
        if buffer is not None:
            buffer.stop_all()

    def _buffer(self, uri: str) -> Buffer:
        """What is known of a document, as it reads now."""
        document = self.language_server.workspace.get_text_document(uri)
        buffer = self._buffers.get(uri)
        if buffer is None:
            buffer = self._buffers[uri] = Buffer(document)
        elif buffer.version != document.version:
            buffer.update(document)
        return buffer

    def _actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        return actions(self._buffer(params.text_document.uri), params)

    def _publish(self, buffer: Buffer) -> None:
        """Show what is known about theorems of a file."""
        self.language_server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(buffer.uri, buffer.diagnostics(), buffer.version)
        )

    # -------------------------------------------------------------------------------------------------- commands

    def _suggest(self, uri: str, offset: int) -> None:
        buffer = self._buffer(uri)
        theorem = buffer.sketch.at(offset, offset)
        if theorem is None:
            return self._say("there is nothing open here")
        number = next((n for n, (_, end) in enumerate(theorem.places) if offset <= end), 0)
        line, column = theorem.holes[number]
        request = Suggest(path=buffer.path, text=buffer.sketch.text, line=line, column=column)

        sketch = buffer.sketch

        def show(result: Json, found: Found) -> None:
            found.suggestions = tuple(
                Suggested(each["tactic"], _leaves(each["goals"]), tuple(sketch.changes(each["edits"])))
                for each in result["suggestions"]
            )
            best = [f"`{each['tactic']}`" + " (closes it)" * each["closes"] for each in result["suggestions"][:_SHOWN]]
            found.said = (
                "Lean accepts " + ", ".join(best) if best else "Lean accepts none of the tactics that were tried"
            )

        self._begin(buffer, theorem, theorem.places[number], f"suggestions for {theorem.name}", request, show)
        return None

    def _prove(self, uri: str, offset: int) -> None:
        buffer = self._buffer(uri)
        theorem = buffer.sketch.at(offset, offset)
        if theorem is None:
            return self._say("there is nothing open here")
        self._prove_one(buffer, theorem)
        return None

    def _best_effort(self, uri: str, offset: int) -> None:
        buffer = self._buffer(uri)
        theorem = buffer.sketch.at(offset, offset)
        if theorem is None:
            return self._say("there is nothing open here")
        self._prove_one(buffer, theorem, best_effort=True)
        return None

    def _fill(self, uri: str, _offset: int) -> None:
        buffer = self._buffer(uri)
        for theorem in buffer.sketch.theorems:
            self._prove_one(buffer, theorem)

    def _disprove(self, uri: str, offset: int) -> None:
        buffer = self._buffer(uri)
        theorem = buffer.sketch.at(offset, offset)
        if theorem is None:
            return self._say("there is nothing open here")

        def show(result: Json, found: Found) -> None:
            match result["status"]:
                case "disproved":
                    found.said, found.is_false = f"this is false, the judge accepts: {result['proof']}", True
                case "proved":
                    found.said = f"this is true, the judge accepts: {result['proof']}"
                case _:
                    found.said = f"neither proved nor disproved ({_reason(result)})"

        request = self._request(buffer, theorem, disprove=0.5)
        self._begin(buffer, theorem, theorem.places[0], f"is {theorem.name} false?", request, show)
        return None

    def _stop(self, uri: str, offset: int) -> None:
        for running in self._buffer(uri).running_at(offset):
            running.cancel()

    def _prove_one(self, buffer: Buffer, theorem: Open, *, best_effort: bool = False) -> None:
        sketch, anchor = buffer.sketch, Anchor.of(buffer.sketch.source, theorem.start, theorem.end)

        async def put(result: Json, found: Found) -> None:
            if not result["judged"] and not (best_effort and result["edits"]):
                found.said = f"no proof ({_reason(result)})"
                return
            if not await self._put(buffer, anchor, sketch.changes(result["edits"]), f"prove {theorem.name}"):
                self._say(f"{theorem.name}: its text was changed meanwhile, nothing was inserted")
            elif not result["judged"]:
                self._say(f"{theorem.name} is not proved: what is left is a `sorry`, and nothing is judged")

        request = self._request(buffer, theorem, best_effort=best_effort)
        self._begin(buffer, theorem, theorem.places[0], f"prove {theorem.name}", request, put)

    def _request(self, buffer: Buffer, theorem: Open, *, disprove: float = 0.0, best_effort: bool = False) -> Prove:
        line, column = theorem.holes[0]
        return Prove(
            path=buffer.path,
            text=buffer.sketch.text,
            line=line,
            column=column,
            time_limit_s=self._time_limit_s,
            disprove=disprove,
            best_effort=best_effort,
        )

    # ------------------------------------------------------------------------------------------------------ jobs

    def _begin(
        self,
        buffer: Buffer,
        theorem: Open,
        place: tuple[int, int],
        title: str,
        request: Request,
        show: Callable[[Json, Found], Awaitable[None] | None],
    ) -> None:
        """Start a job for a place of a theorem; `show` makes something of its result."""
        found = Found(Anchor.of(buffer.sketch.source, theorem.start, theorem.end), place)
        task = asyncio.create_task(self._work(buffer, found, title, request, show))
        running = Running(found.anchor, task.cancel)
        buffer.running.append(running)
        task.add_done_callback(lambda _: buffer.running.remove(running))

    async def _work(
        self,
        buffer: Buffer,
        found: Found,
        title: str,
        request: Request,
        show: Callable[[Json, Found], Awaitable[None] | None],
    ) -> None:
        async with _Progress(self.language_server, title) as progress:
            try:
                result = await result_of(self._bench, await self._bench.start(request), progress.tell)
            except StepwiseError as fault:
                return self._say(f"{title}: {fault}")
            shown = show(result, found)
            if shown is not None:
                await shown
        buffer.add(found)
        self._publish(buffer)
        return None

    async def _put(self, buffer: Buffer, anchor: Anchor, changes: list[Change], label: str) -> bool:
        """Have the editor make changes where the anchor is now. Returns whether it did; what it refused because its
        text was newer is tried again when that text has come."""
        until = asyncio.get_running_loop().time() + _NEWER_S
        while (moved := anchor.moved_in(buffer.sketch.source)) is not None:
            version, edit = buffer.version, buffer.edit([change.moved(moved) for change in changes])
            answer = await self.language_server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, label))
            if answer.applied:
                return True
            while buffer.version == version:
                if asyncio.get_running_loop().time() > until:
                    return False
                await asyncio.sleep(_LOOK_EVERY_S)
        return False

    def _say(self, text: str) -> None:
        self.language_server.window_show_message(types.ShowMessageParams(types.MessageType.Info, f"Stepwise: {text}"))


class _Progress:
    """The progress of a job in the editor, where the editor can show it. Cancelling it cancels the task around it."""

    def __init__(self, server: LanguageServer, title: str) -> None:
        window = server.client_capabilities.window
        self._server = server
        self._title = title
        self._token = uuid.uuid4().hex if window is not None and window.work_done_progress else ""

    async def __aenter__(self) -> _Progress:
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


def _leaves(goals: list[str]) -> str:
    return f"leaves {len(goals)} goal{'s' * (len(goals) != 1)}" if goals else "closes the goal"


def _reason(result: dict[str, Any]) -> str:
    still = f"{len(result['open'])} of its `sorry`s stay open; " if result["open"] and result["edits"] else ""
    return still + str(result["error"] or result["stop_reason"])
