"""What the server knows of a file that is open in the editor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from lsprotocol import types
from pygls.workspace import TextDocument

from prover.lsp.sketch import Anchor, Change, Sketch
from prover.tasks.scanner import LineIndex
from prover.workbench.jobs import Json

_SHOWN = 3


@dataclass(frozen=True, eq=False)
class Running:
    """Work at a theorem, its job's name as soon as there is one, and how it is stopped."""

    anchor: Anchor
    job: asyncio.Task[str]
    cancel: Callable[[], object]


@dataclass(frozen=True)
class Suggested:
    """A tactic that Lean accepts, what it leaves, in words, and the changes that put it in place."""

    tactic: str
    leaves: str
    changes: tuple[Change, ...]


@dataclass
class Found:
    """What was found out about a place of a theorem, which holds as long as the theorem reads as it did."""

    anchor: Anchor
    place: tuple[int, int]
    said: str = ""
    is_false: bool = False
    suggestions: tuple[Suggested, ...] = ()

    def offer(self, sketch: Sketch, suggestions: Sequence[Json]) -> None:
        """Take in tactics that Lean accepts in the text that it was given of `sketch`."""
        self.suggestions = tuple(
            Suggested(each["tactic"], _leaves(each["goals"]), tuple(sketch.changes(each["edits"])))
            for each in suggestions
        )
        best = [f"`{each['tactic']}`" + " (closes it)" * each["closes"] for each in suggestions[:_SHOWN]]
        self.said = "Lean accepts " + ", ".join(best) if best else "Lean accepts none of the tactics that were tried"


def _leaves(goals: Sequence[str]) -> str:
    return f"leaves {len(goals)} goal{'s' * (len(goals) != 1)}" if goals else "closes the goal"


class Buffer:
    """The text of a document with what was found in it. Offsets count code points of the text with `\\n`s."""

    def __init__(self, document: TextDocument) -> None:
        self.uri = document.uri
        self.running: list[Running] = []
        self.found: list[Found] = []
        self._take(document)

    @property
    def path(self) -> str:
        """The file's name, for messages."""
        return PurePath(self._document.path or self.uri).name

    def _take(self, document: TextDocument) -> None:
        self._document = document
        self.version = document.version
        self.sketch = Sketch(document.source.replace("\r\n", "\n"))
        self._index = LineIndex(self.sketch.source)

    def update(self, document: TextDocument) -> None:
        """Take the changed text. Work at theorems that were changed is stopped, and what was said about them is
        forgotten."""
        self._take(document)
        self.found = [each for each in self.found if self._moved(each.anchor) is not None]
        for each in self.running:
            if self._moved(each.anchor) is None:
                each.cancel()

    def stop_all(self) -> None:
        """Stop the work at every theorem."""
        for each in self.running:
            each.cancel()

    def running_at(self, offset: int) -> list[Running]:
        """The work at the theorem there."""
        found = []
        for each in self.running:
            moved = self._moved(each.anchor)
            start = each.anchor.start + (moved or 0)
            if moved is not None and start <= offset <= start + len(each.anchor.content):
                found.append(each)
        return found

    def _moved(self, anchor: Anchor) -> int | None:
        return anchor.moved_in(self.sketch.source)

    def add(self, found: Found) -> None:
        """Keep what was found, in place of what was known of that theorem before."""
        if found.said and self._moved(found.anchor) is not None:
            self.found = [each for each in self.found if each.anchor != found.anchor] + [found]

    def diagnostics(self) -> list[types.Diagnostic]:
        """What was found, at its places."""
        shown = []
        for each in self.found:
            moved = self._moved(each.anchor)
            if moved is not None:
                severity = types.DiagnosticSeverity.Information if each.is_false else types.DiagnosticSeverity.Hint
                start, end = each.place
                where = self.range(start + moved, end + moved)
                shown.append(types.Diagnostic(where, f"Stepwise: {each.said}", severity, source="stepwise"))
        return shown

    # ----------------------------------------------------------------------------------------------- positions

    def range(self, start: int, end: int) -> types.Range:
        """A stretch of the text in the editor's units."""
        return types.Range(self._position(start), self._position(end))

    def offset(self, position: types.Position) -> int:
        """A position of the editor as an offset."""
        found = self._document.position_from_client_units(position)
        return self._index.offset((found.line + 1, found.character))

    def edit(self, changes: Sequence[Change]) -> types.WorkspaceEdit:
        """Changes as the editor makes them, with the file's line ends, if its text is still this version."""
        newline = "\r\n" if "\r\n" in self._document.source else "\n"
        edits: list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit] = [
            types.TextEdit(self.range(each.start, each.end), each.text.replace("\n", newline)) for each in changes
        ]
        document = types.OptionalVersionedTextDocumentIdentifier(self.uri, self.version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, edits)])

    def _position(self, offset: int) -> types.Position:
        line, column = self._index.position(offset)
        text = self.sketch.source.split("\n")[line - 1][:column]
        return types.Position(line - 1, self._document.position_codec.client_num_units(text))
