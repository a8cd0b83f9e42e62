"""An editor with one document: it sends its text and changes, and does what a language server asks of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from cattrs import Converter
from lsprotocol import types
from pygls.lsp.client import LanguageClient
from pygls.protocol import default_converter
from pygls.workspace import PositionCodec, TextDocument

URI = "file:///project/mine.lean"
ROOT = Path(__file__).resolve().parents[2]


def _converter() -> Converter:
    """The library's, which takes every action for a command."""
    converter: Converter = default_converter()  # type: ignore[no-untyped-call]

    def action(value: dict[str, Any], _: object) -> object:
        is_command = isinstance(value.get("command"), str)
        return converter.structure(value, types.Command if is_command else types.CodeAction)

    converter.register_structure_hook(types.Command | types.CodeAction, action)
    return converter


class Editor:
    """`text` is the document; `messages`, `progress` and `diagnostics` are what was shown, `pages` what
    was opened; `errors` are those that Lean reports."""

    def __init__(self, text: str) -> None:
        self.client = LanguageClient("editor", "1", converter_factory=_converter)
        self.text = text
        self.version = 1
        self.edits: list[types.TextDocumentEdit] = []
        self.messages: list[str] = []
        self.progress: list[Any] = []
        self.diagnostics: list[types.Diagnostic] = []
        self.errors: list[types.Diagnostic] = []
        self.pages: list[str] = []
        self._changed = asyncio.Event()
        self._listen()

    def _listen(self) -> None:
        heard: dict[str, Callable[[Any], Any]] = {
            types.WORKSPACE_APPLY_EDIT: self._apply,
            types.WINDOW_WORK_DONE_PROGRESS_CREATE: lambda _: None,
            types.PROGRESS: lambda params: self._show(self.progress, (params.token, params.value)),
            types.WINDOW_SHOW_MESSAGE: lambda params: self._show(self.messages, params.message),
            types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS: self._diagnose,
            types.WINDOW_SHOW_DOCUMENT: self._open,
        }
        for name, hear in heard.items():
            self.client.feature(name)(partial(hear))

    def _apply(self, params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        """Make an edit, unless it is for another version of the text."""
        (edit,) = params.edit.document_changes or []
        assert isinstance(edit, types.TextDocumentEdit)
        is_current = edit.text_document.version == self.version
        if is_current:
            self.edits.append(edit)
            self.change(self._with(edit))
        return types.ApplyWorkspaceEditResult(applied=is_current)

    def _open(self, params: types.ShowDocumentParams) -> types.ShowDocumentResult:
        self._show(self.pages, params.uri)
        return types.ShowDocumentResult(success=True)

    def lean_says(self, what: str, message: str) -> None:
        """Have Lean report an error at a word."""
        where = types.Range(self.position(what), self.position(what))
        self.errors.append(types.Diagnostic(where, message, types.DiagnosticSeverity.Error, source="Lean 4"))

    def _diagnose(self, params: types.PublishDiagnosticsParams) -> None:
        self.diagnostics = list(params.diagnostics)
        self._changed.set()

    def _show(self, shown: list[Any], what: object) -> None:
        shown.append(what)
        self._changed.set()

    async def until(self, holds: Callable[[], object], *, within_s: float = 10.0) -> None:
        """Wait until something holds, for at most so many seconds."""
        async with asyncio.timeout(within_s):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    def change(self, text: str) -> None:
        """Replace the whole text."""
        self.text, self.version = text, self.version + 1
        document = types.VersionedTextDocumentIdentifier(uri=URI, version=self.version)
        whole = types.TextDocumentContentChangeWholeDocument(text=text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))
        self._changed.set()

    def position(self, what: str) -> types.Position:
        """Where this first stands in the text, in UTF-16."""
        before = self.text[: self.text.index(what)]
        line = before[before.rfind("\n") + 1 :]
        return types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)

    async def actions(self, what: str = "sorry") -> dict[str, types.CodeAction]:
        """The menu at the place of a word, by title."""
        where = types.Range(self.position(what), self.position(what))
        params = types.CodeActionParams(types.TextDocumentIdentifier(URI), where, types.CodeActionContext(self.errors))
        found = await self.client.text_document_code_action_async(params) or []
        return {each.title.removeprefix("Stepwise: "): each for each in found if isinstance(each, types.CodeAction)}

    async def do(self, title: str, what: str = "sorry") -> None:
        """Choose from the menu: the command is sent, an edit is made."""
        action = (await self.actions(what))[title]
        if action.edit is not None:
            (edit,) = action.edit.document_changes or []
            assert isinstance(edit, types.TextDocumentEdit)
            self.change(self._with(edit))
        if action.command is not None:
            await self.command(action.command.command, *(action.command.arguments or []))

    async def command(self, name: str, *arguments: Any) -> Any:
        """Send a command; its answer."""
        return await self.client.workspace_execute_command_async(types.ExecuteCommandParams(name, arguments=arguments))

    def _with(self, edit: types.TextDocumentEdit) -> str:
        codec = PositionCodec(types.PositionEncodingKind.Utf16)
        document, text = TextDocument(URI, self.text, position_codec=codec), self.text
        changes = [
            (document.offset_at_position(each.range.start), document.offset_at_position(each.range.end), each)
            for each in edit.edits
        ]
        for start, end, each in sorted(changes, key=lambda change: -change[0]):
            assert isinstance(each, types.TextEdit)
            text = text[:start] + each.new_text + text[end:]
        return text


@asynccontextmanager
async def editing(text: str, *server: str) -> AsyncIterator[Editor]:
    """An editor with this text, connected to a server that is started by these words."""
    editor = Editor(text)
    await editor.client.start_io(*server, cwd=str(ROOT))
    window = types.WindowClientCapabilities(
        work_done_progress=True, show_document=types.ShowDocumentClientCapabilities(support=True)
    )
    capabilities = types.ClientCapabilities(window=window)
    await editor.client.initialize_async(types.InitializeParams(capabilities=capabilities, process_id=None))
    editor.client.initialized(types.InitializedParams())
    document = types.TextDocumentItem(URI, "lean4", 1, text)
    editor.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
    try:
        yield editor
    finally:
        await editor.client.shutdown_async(None)
        editor.client.exit(None)
        await editor.client.stop()  # type: ignore[no-untyped-call]
