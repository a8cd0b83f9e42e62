"""A file as an editor has it, read by its words alone: where something is open, and what may change without harm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from prover.tasks.document import document_of
from prover.tasks.record import TheoremTask
from prover.tasks.scanner import LineIndex, mask
from prover.tasks.text import commands, theorems

_EMPTY_BY = re.compile(r"\bby[ \t]*(?=\n|\Z)(?!\n(?:[ \t]*\n)*[ \t]+\S)")
_WORD = " sorry"


@dataclass(frozen=True, slots=True)
class Change:
    """The text from offset `start` up to `end` becomes `text`."""

    start: int
    end: int
    text: str

    def moved(self, by: int) -> Change:
        return Change(self.start + by, self.end + by, self.text)


@dataclass(frozen=True, slots=True)
class Open:
    """A theorem with something open: its name, its text from `start` up to `end`, and the places in it, as offsets of
    the source; `holes` are their lines and columns (from 1) in the text that Lean is given."""

    name: str
    start: int
    end: int
    places: tuple[tuple[int, int], ...]
    holes: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """A theorem that holds nothing open: its text goes from `start` to `end`, its body from `body` on; `line` is its
    keyword's, from 1."""

    name: str
    start: int
    end: int
    body: int
    line: int


class Sketch:
    """A text whose lines end with `\\n`. `text` is what Lean is given: the source with a `sorry` behind each `by` that
    nothing follows, and with the change `opened`, which puts one in the place of what is broken. Offsets count code
    points."""

    def __init__(self, source: str, opened: Change | None = None) -> None:
        self.source = source
        found = [match.start() + len("by") for match in _EMPTY_BY.finditer(mask(source))]
        changes = [Change(at, at, _WORD) for at in found] + ([opened] if opened is not None else [])
        self._given: list[tuple[int, Change]] = []  # each change, and where it begins in `text`
        self.text, done = "", 0
        for each in sorted(changes, key=lambda change: change.start):
            self.text += source[done : each.start]
            self._given.append((len(self.text), each))
            self.text += each.text
            done = each.end
        self.text += source[done:]

    @cached_property
    def theorems(self) -> list[Open]:
        """The theorems that hold something open, in order."""
        tasks = [task for task in theorems(document_of(self.text)) if isinstance(task, TheoremTask)]
        return [self._open(task) for task in tasks]

    @cached_property
    def finished(self) -> list[Finished]:
        """The theorems of the source that hold nothing open, in order."""
        return [
            Finished(
                each.name or "example",
                each.start,
                each.end,
                each.body.end,
                self.source.count("\n", 0, each.keyword_start) + 1,
            )
            for each in commands(self.source)
            if each.is_finished_theorem and each.body is not None
        ]

    def at(self, start: int, end: int) -> Open | None:
        """The open theorem that the stretch of the source touches."""
        return next((each for each in self.theorems if each.start <= end and start <= each.end), None)

    def finished_at(self, start: int, end: int) -> Finished | None:
        """The finished theorem that the stretch of the source touches."""
        return next((each for each in self.finished if each.start <= end and start <= each.end), None)

    def changes(self, edits: Sequence[dict[str, Any]]) -> list[Change]:
        """Edits of the text that Lean was given, as changes of the source."""
        index = LineIndex(self.text)
        found = []
        for edit in edits:
            start, end = (index.offset((edit[side]["line"], edit[side]["column"] - 1)) for side in ("start", "end"))
            kept = (self.text[at:start] for at, each in self._given if at <= start <= at + len(each.text))
            found.append(Change(self._to_source(start), self._to_source(end), next(kept, "") + edit["text"]))
        return found

    def _to_source(self, offset: int) -> int:
        by = 0
        for at, each in self._given:
            if offset <= at:
                break
            if offset < at + len(each.text):
                return each.start
            by = each.end - (at + len(each.text))
        return offset + by

    def _open(self, task: TheoremTask) -> Open:
        end = len(task.declaration) - (task.hole.start - task.document_hole.start)
        places = [(each.document_hole.start, each.document_hole.end) for each in task.places]
        return Open(
            task.name,
            self._to_source(task.document_start),
            self._to_source(end),
            tuple((self._to_source(start), self._to_source(end)) for start, end in places),
            tuple((line, column + 1) for line, column in (each.position for each in task.places)),
        )


@dataclass(frozen=True, slots=True)
class Anchor:
    """A stretch of a text by its content, which is found again when the text around it changes."""

    content: str
    start: int
    number: int
    count: int

    @classmethod
    def of(cls, source: str, start: int, end: int) -> Anchor:
        content = source[start:end]
        return cls(content, start, source.count(content, 0, start), source.count(content))

    def moved_in(self, source: str) -> int | None:
        """By how much it has moved; None if it was changed, or can't be told from another one that reads the same."""
        if source.count(self.content) != self.count:
            return None
        at = -1
        for _ in range(self.number + 1):
            at = source.find(self.content, at + 1)
        return at - self.start if at >= 0 else None
