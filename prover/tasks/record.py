"""The canonical record of a theorem to prove, whatever shape it came in, and the list that a run starts from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias, assert_never

from prover.tasks.document import Document
from prover.tasks.scanner import LineIndex, doc_start, mask
from search.base import Theorem


class HoleStyle(StrEnum):
    """How the `sorry` stands in the text, and so how a proof is written in its place."""

    BY = "by"  # `:= by sorry`: the whole proof
    TERM = "term"  # `:= sorry`: the whole proof, in term position
    INNER_TACTIC = "inner-tactic"  # inside a proof that somebody began
    INNER_TERM = "inner-term"


class TaskKind(StrEnum):
    """What the `sorry` stands in."""

    THEOREM = "theorem"
    EXAMPLE = "example"  # given a name, so that it can be judged
    DEFINITION = "definition"


@dataclass(frozen=True, slots=True)
class Hole:
    """The place of the word `sorry`, which is all that a proof replaces: offsets in code points, `end` exclusive."""

    start: int
    end: int
    style: HoleStyle

    def moved(self, by: int) -> Hole:
        """The same hole in a text in which it stands so many characters further on."""
        return replace(self, start=self.start + by, end=self.end + by)


@dataclass(frozen=True, slots=True)
class TheoremTask:
    """One theorem to prove, in its own place.

    `id` is unique in a run and stable over runs of the same input; `name` is the name that Lean gives it (with
    namespaces). The theorem's text is `context` (all of the document before it) followed by `declaration`, which holds
    the `sorry` at `hole` and, where somebody began the proof, `further` ones behind it, in order. `document_hole` is
    the first hole in the document itself, where an `example` still is one. `value` is the offset in the declaration of
    the `:=` before the body (of the first `|` of equations).
    """

    id: str
    name: str
    document: Document
    declaration: str
    hole: Hole
    document_start: int
    document_hole: Hole
    value: int
    further: tuple[Hole, ...] = ()
    kind: TaskKind = TaskKind.THEOREM
    source: str = ""
    line: int = 1
    split: str | None = None
    informal: str | None = None
    is_lean_file: bool = False
    meta: Mapping[str, str] = field(default_factory=dict)

    @property
    def context(self) -> str:
        """The text before the theorem: imports, `open`s, definitions, theorems that are proved already.

        Earlier theorems with a `sorry` are blanked out unless something mentions them; line numbers stay.
        """
        return self.document.before(self.document_start, self.places[-1].document_hole.end)

    @property
    def holes(self) -> tuple[Hole, ...]:
        """Every `sorry` of the declaration, in order."""
        return (self.hole, *self.further)

    @property
    def places(self) -> tuple[TheoremTask, ...]:
        """The task at each of its `sorry`s alone: a proof of it leaves the others as they are."""
        by = self.document_hole.start - self.hole.start
        return tuple(replace(self, hole=hole, document_hole=hole.moved(by), further=()) for hole in self.holes)

    @property
    def header(self) -> str:
        """The context without the theorem's own doc comment and the blank space around it."""
        context = self.context
        if context.rstrip().endswith("-/"):
            context = context[: doc_start(context, mask(context), len(context))]
        return context.strip()

    @property
    def statement(self) -> str:
        """The declaration up to `:= by`, as models were trained on it."""
        return self.declaration[: self.value].rstrip() + " := by"

    @property
    def challenge(self) -> str:
        """A whole file whose last declaration is this theorem, with its `sorry`."""
        return self.context + self.declaration + "\n"

    @property
    def file(self) -> str:
        """A hash of the whole text that the theorem stands in: the challenges of its theorems begin alike."""
        return hashlib.sha256(self.document.text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def hole_position(self) -> tuple[int, int]:
        """Line (from 1) and column (from 0, in code points) of the `sorry` in `challenge`, as Lean counts."""
        return LineIndex(self.challenge).position(len(self.context) + self.hole.start)

    @property
    def position(self) -> tuple[int, int]:
        """Line (from 1) and column (from 0, in code points) of the `sorry` in the document."""
        return LineIndex(self.document.text).position(self.document_hole.start)

    @property
    def fingerprint(self) -> str:
        """A hash of header and statement that ignores comments and white space."""
        return _fingerprint(self.context, self.declaration[: self.value])

    def theorem(self) -> Theorem:
        """The theorem as far as a policy may know it."""
        return Theorem(name=self.name, statement=self.statement, header=self.header)

    @property
    def column(self) -> int:
        """Where the declaration begins on its line."""
        return self.document_start - (self.document.text.rfind("\n", 0, self.document_start) + 1)

    def solution(self, *scripts: str) -> str:
        """The challenge with a script (tactics, one or more lines, unindented) in place of each `sorry`."""
        context = re.sub(r"\n{3,}", "\n\n", self.context)
        return f"{context}{self._solved(scripts)[0]}\n"

    def declared(self, scripts: Sequence[str | None]) -> str:
        """The declaration with these scripts in the places of its `sorry`s; None keeps one."""
        return self._solved(scripts)[0]

    def filled(self, scripts: Sequence[str | None]) -> TheoremTask:
        """The task that is left with these scripts in the places of its `sorry`s; None keeps a `sorry`, and one at
        least is kept. Its text is a document of its own."""
        context, (declaration, kept) = self.context, self._solved(scripts)
        return replace(
            self,
            document=Document(f"{context}{declaration}\n", self.document.path),
            declaration=declaration,
            hole=kept[0],
            further=tuple(kept[1:]),
            document_start=len(context),
            document_hole=kept[0].moved(len(context)),
        )

    def written(self, script: str) -> str:
        """`script` as it is written in the place of the (first) word `sorry`."""
        ((_, _, block),) = self._blocks([script])
        return block

    def parted(self, script: str) -> tuple[str, str]:
        """The solved declaration in two: up to its `:= by`, which ends its line, and the proof. Where the body does not
        begin so, it is the second part. Joined, both are a declaration that compiles if the solution does."""
        text, _ = self._solved([script])
        opening = _OPENING.match(text, self.value)
        if opening is None:
            return text[: self.value], text[self.value :]
        indent = "" if opening["end"] else "  "
        return f"{text[: self.value]}:= by\n", indent + text[opening.end() :]

    def _solved(self, scripts: Sequence[str | None]) -> tuple[str, list[Hole]]:
        """The declaration with the scripts in place, and the holes that it still has."""
        text, kept, done = "", list[Hole](), 0
        blocks = self._blocks(scripts)
        for hole, script in zip(self.holes, scripts, strict=True):
            if script is None:
                kept.append(hole.moved(len(text) - done))
                continue
            start, end, block = next(blocks)
            text += self.declaration[done:start] + block
            done = end
        return text + self.declaration[done:], kept

    def _blocks(self, scripts: Sequence[str | None]) -> Iterator[tuple[int, int, str]]:
        column = self.column
        text = " " * column + self.declaration
        for start, end, block in _blocks(text, _filled(self.holes, scripts, column), column):
            yield start - column, end - column, block


_LINE = 100  # columns, Mathlib's limit
_AHEAD = 2000  # characters behind a hole: enough to see the next line
_SORRY = re.compile(r"\bsorry\b")
_OPENING = re.compile(r":=\s*by(?:[ \t]*(?P<end>\n)|[ \t]+(?=[^\n]*\Z))")


def _filled(holes: Sequence[Hole], scripts: Sequence[str | None], by: int) -> list[tuple[Hole, str]]:
    """The holes that get a script, moved, each with it."""
    pairs = zip(holes, scripts, strict=False)
    return [(hole.moved(by), script) for hole, script in pairs if script is not None]


def _blocks(text: str, fills: Sequence[tuple[Hole, str]], column: int) -> Iterator[tuple[int, int, str]]:
    """What stands in the place of each hole, and the stretch of the text that it replaces. Where a hole begins depends
    on what was written before it on its line. `text` begins a line; `column` is that of the declaration."""
    before, done = "", 0
    for hole, script in fills:
        before += text[done : hole.start]
        is_last = hole.style is HoleStyle.INNER_TERM and _ends_its_term(before, text[hole.end :])
        kept, block = _written(before, HoleStyle.TERM if is_last else hole.style, script, column)
        yield hole.start - (len(before) - kept), hole.end, block
        before, done = before[:kept] + block, hole.end


def _ends_its_term(before: str, after: str) -> bool:
    """Whether a term in a hole is a whole body of its own, behind `:=` or `=>`, so that it needs no parentheses: its
    line ends with it, and the next line is no further in than its own."""
    if not before.rstrip().endswith((":=", "=>")):
        return False
    rest, _, below = mask(after[:_AHEAD]).partition("\n")
    next_line = next((each for each in below.split("\n") if each.strip()), "")
    return not rest.strip() and _indent(next_line) <= _indent(before[before.rfind("\n") + 1 :])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _written(before: str, style: HoleStyle, script: str, column: int) -> tuple[int, str]:
    """A proof as it is written behind the text `before` its hole, indented so that Lean reads its lines as one block,
    and how much of that text stays: all, or all but the blanks that would end their line.

    A proof of one line takes the place of the word `sorry`, if the line stays within 100 columns; a longer proof of a
    whole body is indented two further than its declaration or line, unless its `sorry` has a line of its own; any other
    stays in the column of its `sorry`.
    """
    lines = script.strip("\n").split("\n")
    line = before[before.rfind("\n") + 1 :]
    opens_line, here = not line.strip(), len(line)
    fits = len(lines) == 1 and here + len("by ") + len(lines[0]) <= _LINE
    match style:
        case HoleStyle.BY if fits:
            block = lines[0]
        case HoleStyle.TERM if fits:
            block = f"by {lines[0]}"
        case HoleStyle.BY if not opens_line:
            return len(before.rstrip(" ")), "\n" + _indented(lines, column + 2)
        case HoleStyle.TERM:
            block = "by\n" + _indented(lines, (here if opens_line else max(column, _indent(line))) + 2)
        case HoleStyle.BY | HoleStyle.INNER_TACTIC:
            is_joined = len(lines) > 1 and before.rstrip().endswith((";", "<;>"))
            block = f"({_indented(lines, here + 1).lstrip(' ')})" if is_joined else _indented(lines, here).lstrip(" ")
        case HoleStyle.INNER_TERM:
            block = f"(by {lines[0]})" if len(lines) == 1 else "(by\n" + _indented(lines, here + 2) + ")"
        case _:
            assert_never(style)
    return len(before), block


def _indented(lines: Sequence[str], width: int) -> str:
    return "\n".join(" " * width + line if line.strip() else "" for line in lines)


Filling: TypeAlias = "tuple[TheoremTask, Sequence[str | None]]"
"""A theorem with a script for each of its `sorry`s; None keeps one."""


def fill_document(document: Document, proofs: Sequence[Filling]) -> str:
    """The document's file with each theorem's scripts in the places of its `sorry`s. The rest is as it was, line ends
    and all."""
    return "".join(piece for piece, _ in _pieces(document, proofs))


def sorries_written(document: Document, proofs: Sequence[Filling]) -> dict[tuple[str, int], list[tuple[int, int]]]:
    """The lines (from 1) and columns (from 0) of the `sorry`s that scripts bring into the file, by the theorem's id and
    the number of its hole."""
    pieces = list(_pieces(document, proofs))
    index, places, done = LineIndex("".join(piece for piece, _ in pieces)), {}, 0
    for piece, owner in pieces:
        if owner is not None:
            places[owner] = [index.position(done + found.start()) for found in _SORRY.finditer(mask(piece))]
        done += len(piece)
    return places


def _pieces(document: Document, proofs: Sequence[Filling]) -> Iterator[tuple[str, tuple[str, int] | None]]:
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
    fills = _filled([place.document_hole for place in task.places], scripts, -begin)
    for start, end, block in _blocks(document.text[begin:], fills, task.column):
        yield begin + start, begin + end, block.replace("\n", document.newline)


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a document: what stands from `start` up to `end` becomes `text`. Both are a line and a column in code
    points, from 1; the text has the file's line ends."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str

    def to_json(self) -> dict[str, Any]:
        places = {"start": self.start, "end": self.end}
        return {name: {"line": line, "column": column} for name, (line, column) in places.items()} | {"text": self.text}


def edits_of(task: TheoremTask, scripts: Sequence[str | None]) -> list[Edit]:
    """The changes of the task's document that put a script in the place of each of its `sorry`s; None keeps one."""
    index = LineIndex(task.document.text)

    def place(offset: int) -> tuple[int, int]:
        line, column = index.position(offset)
        return line, column + 1

    changes = _changes(task.document, task, scripts)
    return [Edit(place(start), place(end), text) for start, end, text in changes]


def _fingerprint(header: str, statement: str) -> str:
    """Sixteen hexadecimal digits over header and statement, without comments and up to white space."""
    normal = "\0".join(" ".join(mask(part, literals=False).split()) for part in (header, statement))
    return hashlib.sha256(normal.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Refused:
    """An input record that is no theorem: it stays in the denominator, as an `invalid` result.

    `line` is 0 where the whole input is refused.
    """

    id: str
    reason: str
    source: str = ""
    line: int = 0

    def __str__(self) -> str:
        where = f"{self.source}:{self.line}" if self.line else self.source
        return f"{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Reading:
    """The content of a text: its theorems to prove, in order, and notes on other places that it leaves open."""

    records: tuple[TheoremTask | Refused, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def of_file(cls, records: Iterable[TheoremTask | Refused], notes: Iterable[str] = ()) -> Reading:
        """The content of a whole `.lean` file, which comes back with its `sorry`s filled in."""
        marked = (replace(each, is_lean_file=True) if isinstance(each, TheoremTask) else each for each in records)
        return cls(tuple(marked), tuple(notes))


@dataclass(frozen=True, slots=True)
class TaskList:
    """The input list of a run: its theorems and the refused records. Ids are unique over both.

    `notes` name other places that the inputs leave open."""

    tasks: tuple[TheoremTask, ...] = ()
    refused: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """The denominator of every score."""
        return len(self.tasks) + len(self.refused)

    @property
    def ids(self) -> tuple[str, ...]:
        return (*(task.id for task in self.tasks), *(refused.id for refused in self.refused))
