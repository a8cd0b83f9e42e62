"""The language server: menus from the text alone, and commands that start jobs of the workbench.

A command returns at once, since editors can't cancel one; its job shows progress, by which it is cancelled. What it
finds is put in place only if the judge accepted it and the theorem still reads as it did.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

import prover
from prover.errors import StepwiseError
from prover.lsp.buffers import Buffer, Found, Running
from prover.lsp.menus import COMMANDS, actions
from prover.lsp.outlet import Outlet
from prover.lsp.progress import Progress
from prover.lsp.sketch import Anchor, Change, Open, Sketch
from prover.lsp.watching import Watching
from prover.workbench.bench import Bench
from prover.workbench.client import result_of
from prover.workbench.jobs import Json
from prover.workbench.requests import Mend, Prove, Request, Suggest

log = logging.getLogger(__name__)

_NEWER_S = 2.0  # how long after an edit was refused its reason, a newer text, may come
_LOOK_EVERY_S = 0.02


_Opened = list[Any]
"""The change that opens a `sorry` at an error (start, end, text); empty where there is one already."""
_Show = Callable[[Json, Found], Awaitable[None] | None]
_Hear = Callable[[Json, Found], None]


@dataclass(frozen=True, slots=True)
class _Target:
    """The theorem that a command is about, in the text that Lean is to read."""

    buffer: Buffer
    sketch: Sketch
    theorem: Open

    @property
    def anchor(self) -> Anchor:
        return Anchor.of(self.sketch.source, self.theorem.start, self.theorem.end)


class Server:
    """A server whose commands are jobs of `bench`."""

    def __init__(self, bench: Bench, *, time_limit_s: float = 30.0) -> None:
        self.language_server = _Quiet("stepwise", prover.__version__)
        self._bench = bench
        self._time_limit_s = time_limit_s
        self._buffers: dict[str, Buffer] = {}
        self._watching = Watching(self.language_server, bench)
        self._tasks: set[asyncio.Task[None]] = set()
        self._register(self.language_server)

    def serve(self) -> None:
        """Serve the editor at the other end of standard input and output until it closes them."""
        self.language_server.start_io(stdout=Outlet())

    def _register(self, server: LanguageServer) -> None:
        kinds = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
        server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(
            partial(self._changed)
        )  # a method can't be marked, a partial can
        server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(partial(self._closed))
        server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)(partial(self._actions))
        commands = (
            *(self._suggest, self._prove, self._best_effort, self._disprove),
            *(self._watch, self._shorten, self._repair, self._fill, self._stop),
        )
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

    def _at(self, uri: str, offset: int, opened: _Opened) -> _Target | None:
        """What is open there, or is opened by a change; the user is told if nothing is."""
        buffer = self._buffer(uri)
        sketch = Sketch(buffer.sketch.source, Change(*opened)) if opened else buffer.sketch
        theorem = sketch.at(offset, offset)
        if theorem is None:
            self._say("there is nothing open here")
            return None
        return _Target(buffer, sketch, theorem)

    def _suggest(self, uri: str, offset: int, opened: _Opened) -> None:
        if (target := self._at(uri, offset, opened)) is None:
            return
        buffer, sketch, theorem = target.buffer, target.sketch, target.theorem
        number = next((n for n, (_, end) in enumerate(theorem.places) if offset <= end), 0)
        line, column = theorem.holes[number]
        request = Suggest(path=buffer.path, text=sketch.text, line=line, column=column)

        known: list[Json] = []

        def hear(event: Json, found: Found) -> None:
            if event["event"] == "suggestion":
                known.append(event)
                known.sort(key=lambda each: (len(each["goals"]), -each["log_prob"]))
                found.offer(sketch, known)
                self._found(buffer, found)

        def show(result: Json, found: Found) -> None:
            found.offer(sketch, result["suggestions"])

        title = f"suggestions for {theorem.name}"
        self._begin(buffer, target.anchor, theorem.places[number], title, request, show, hear)

    def _prove(self, uri: str, offset: int, opened: _Opened) -> None:
        if (target := self._at(uri, offset, opened)) is not None:
            self._prove_one(target)

    def _best_effort(self, uri: str, offset: int, opened: _Opened) -> None:
        if (target := self._at(uri, offset, opened)) is not None:
            self._prove_one(target, best_effort=True)

    def _watch(self, uri: str, offset: int, opened: _Opened) -> None:
        """Show the page of the work there; where there is none, prove the theorem."""
        running = self._buffer(uri).running_at(offset)
        if not running and (target := self._at(uri, offset, opened)) is not None:
            running = [self._prove_one(target)]
        for each in running[:1]:
            self._keep(asyncio.create_task(self._watching.show(each)))

    def _shorten(self, uri: str, offset: int, _opened: _Opened) -> None:
        self._mend(uri, offset, repairs=False)

    def _repair(self, uri: str, offset: int, _opened: _Opened) -> None:
        self._mend(uri, offset, repairs=True)

    def _mend(self, uri: str, offset: int, *, repairs: bool) -> None:
        """Put another proof in the place of a finished one."""
        buffer = self._buffer(uri)
        sketch, theorem = buffer.sketch, buffer.sketch.finished_at(offset, offset)
        if theorem is None:
            return self._say("there is no finished proof here")
        place, title = (theorem.start, theorem.body), f"{'repair' if repairs else 'shorten'} {theorem.name}"
        request = Mend(
            path=buffer.path,
            text=sketch.text,
            line=theorem.line,
            repairs=repairs,
            time_limit_s=self._time_limit_s,
        )
        anchor = Anchor.of(sketch.source, theorem.start, theorem.end)

        async def put(result: Json, found: Found) -> None:
            if not result["judged"]:
                found.said = f"{title}: {result['reason']}"
            elif not await self._put(buffer, anchor, sketch.changes(result["edits"]), title):
                self._say(f"{theorem.name}: its text was changed meanwhile, nothing was inserted")

        self._begin(buffer, anchor, place, title, request, put)
        return None

    def _fill(self, uri: str, _offset: int, _opened: _Opened) -> None:
        buffer = self._buffer(uri)
        for theorem in buffer.sketch.theorems:
            self._prove_one(_Target(buffer, buffer.sketch, theorem))

    def _disprove(self, uri: str, offset: int, opened: _Opened) -> None:
        if (target := self._at(uri, offset, opened)) is None:
            return

        def show(result: Json, found: Found) -> None:
            match result["status"]:
                case "disproved":
                    found.said, found.is_false = f"this is false, the judge accepts: {result['proof']}", True
                case "proved":
                    found.said = f"this is true, the judge accepts: {result['proof']}"
                case _:
                    found.said = f"neither proved nor disproved ({_reason(result)})"

        theorem = target.theorem
        request = self._request(target, disprove=0.5)
        self._begin(target.buffer, target.anchor, theorem.places[0], f"is {theorem.name} false?", request, show)

    def _stop(self, uri: str, offset: int, _opened: _Opened) -> None:
        for running in self._buffer(uri).running_at(offset):
            running.cancel()

    def _prove_one(self, target: _Target, *, best_effort: bool = False) -> Running:
        buffer, sketch, theorem, anchor = target.buffer, target.sketch, target.theorem, target.anchor

        async def put(result: Json, found: Found) -> None:
            if not result["judged"] and not (best_effort and result["edits"]):
                found.said = f"no proof ({_reason(result)})"
                return
            if not await self._put(buffer, anchor, sketch.changes(result["edits"]), f"prove {theorem.name}"):
                self._say(f"{theorem.name}: its text was changed meanwhile, nothing was inserted")
            elif not result["judged"]:
                self._say(f"{theorem.name} is not proved: what is left is a `sorry`, and nothing is judged")

        request = self._request(target, best_effort=best_effort)
        return self._begin(buffer, target.anchor, theorem.places[0], f"prove {theorem.name}", request, put)

    def _request(self, target: _Target, *, disprove: float = 0.0, best_effort: bool = False) -> Prove:
        line, column = target.theorem.holes[0]
        return Prove(
            path=target.buffer.path,
            text=target.sketch.text,
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
        anchor: Anchor,
        place: tuple[int, int],
        title: str,
        request: Request,
        show: _Show,
        hear: _Hear = lambda *_: None,
    ) -> Running:
        """Start a job for a place of a theorem; `show` makes something of its result, `hear` of its events."""
        found = Found(anchor, place)
        job = asyncio.create_task(self._bench.start(request))
        task = asyncio.create_task(self._work(buffer, found, title, job, show, hear))
        running = Running(found.anchor, job, task.cancel)
        buffer.running.append(running)
        task.add_done_callback(lambda _: buffer.running.remove(running))
        task.add_done_callback(lambda _: self._end(job))
        return running

    async def _work(
        self, buffer: Buffer, found: Found, title: str, job: asyncio.Task[str], show: _Show, hear: _Hear
    ) -> None:
        def heard(event: Json) -> None:
            progress.tell(event)
            hear(event, found)

        try:
            async with Progress(self.language_server, title) as progress:
                result = await result_of(self._bench, await job, heard)
                shown = show(result, found)
                if shown is not None:
                    await shown
        except StepwiseError as fault:
            return self._say(f"{title}: {fault}")
        self._found(buffer, found)
        return None

    def _found(self, buffer: Buffer, found: Found) -> None:
        """Keep and show what is known of a place by now."""
        buffer.add(found)
        self._publish(buffer)

    def _end(self, job: asyncio.Task[str]) -> None:
        """Stop a job that that nobody waits for any more, though it may run still, or not have begun."""
        if not job.done():
            job.cancel()
        elif not job.cancelled() and job.exception() is None:
            self._bench.stop(job.result())

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

    def _keep(self, task: asyncio.Task[None]) -> None:
        """Keep a task that nobody waits for until it is done."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _say(self, text: str) -> None:
        self.language_server.window_show_message(types.ShowMessageParams(types.MessageType.Info, f"Stepwise: {text}"))


class _Quiet(LanguageServer):
    """Logs faults, which the library shows in the editor, over and over if it is the editor that is gone."""

    def report_server_error(self, error: Exception, source: object) -> None:
        log.warning("%s: %r", source, error)


def _reason(result: dict[str, Any]) -> str:
    still = f"{len(result['open'])} of its `sorry`s stay open; " if result["open"] and result["edits"] else ""
    return still + str(result["error"] or result["stop_reason"])
