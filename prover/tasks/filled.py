"""A document with scripts in the places of its `sorry`s: as a file, or as changes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from prover.tasks.document import Document
from prover.tasks.holes import blocks, chosen
from prover.tasks.record import TheoremTask
from prover.tasks.scanner import LineIndex, mask

_SORRY = re.compile(r"\bsorry\b")

Fill: TypeAlias = "tuple[TheoremTask, Sequence[str | None]]"
"""A theorem with a script for each of its `sorry`s; None keeps one."""


def fill_document(document: Document, proofs: Sequence[Fill]) -> str:
    """The document's file with each theorem's scripts in the places of its `sorry`s. The rest is as it was, line ends
    and all."""
    return "".join(piece for piece, _ in _pieces(document, proofs))


def sorries_written(document: Document, proofs: Sequence[Fill]) -> dict[tuple[str, int], list[tuple[int, int]]]:
    """The lines (from 1) and columns (from 0) of the `sorry`s that scripts bring into the file, by the theorem's id and
    the number of its hole."""
    pieces = list(_pieces(document, proofs))
    index, places, done = LineIndex("".join(piece for piece, _ in pieces)), {}, 0
    for piece, owner in pieces:
        if owner is not None:
            places[owner] = [index.position(done + found.start()) for found in _SORRY.finditer(mask(piece))]
        done += len(piece)
    return places


def _pieces(document: Document, proofs: Sequence[Fill]) -> Iterator[tuple[str, tuple[str, int] | None]]:
    """The file in pieces; those that a script made with the theorem's id and the number of its hole."""
    yield "\ufeff" if document.bom else "", None
    done = 0
    for task, scripts in sorted(proofs, key=lambda pair: pair[0].document_hole.start):
        numbers = (number for number, script in enumerate(scripts) if script is not None)
        for number, (start, end, block) in zip(numbers, _changes(document, task, scripts), strict=True):
            yield document.original(done, start), None
            yield block, (task.id, number)
            done = end
    yield document.original(done, len(document.text)), None


def _changes(document: Document, task: TheoremTask, scripts: Sequence[str | None]) -> Iterator[tuple[int, int, str]]:
    """The stretches of the document that the scripts replace, and what stands there then, with the file's line ends."""
    begin = task.document_start - task.column
    fills = chosen([place.document_hole for place in task.places], scripts, -begin)
    for start, end, block in blocks(document.text[begin:], fills, task.column):
        yield begin + start, begin + end, block.replace("\n", document.newline)


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a document: what stands from `start` up to `end` becomes `text`. Both are a line and a column in code
    points, from 1; the text has the file's line ends."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str

    @classmethod
    def at(cls, index: LineIndex, start: int, end: int, text: str) -> Edit:
        """The change of a stretch that is given by its offsets."""
        (line, column), (last_line, last_column) = index.position(start), index.position(end)
        return cls((line, column + 1), (last_line, last_column + 1), text)

    def to_json(self) -> dict[str, Any]:
        places = {"start": self.start, "end": self.end}
        return {name: {"line": line, "column": column} for name, (line, column) in places.items()} | {"text": self.text}


def edits_of(task: TheoremTask, scripts: Sequence[str | None]) -> list[Edit]:
    """The changes of the task's document that put a script in the place of each of its `sorry`s; None keeps one."""
    index = LineIndex(task.document.text)
    return [Edit.at(index, *change) for change in _changes(task.document, task, scripts)]
