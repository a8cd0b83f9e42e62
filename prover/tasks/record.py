"""The canonical record of a theorem to prove, whatever shape it came in, and the list that a run starts from."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from prover.tasks.document import Document
from prover.tasks.holes import Hole, blocks, chosen
from prover.tasks.scanner import LineIndex, doc_start, mask
from search.base import Theorem


class TaskKind(StrEnum):
    """What the `sorry` stands in."""

    THEOREM = "theorem"
    EXAMPLE = "example"  # given a name, so that it can be judged
    DEFINITION = "definition"


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
        return self.restated(self.context, *self._solved(scripts))

    def restated(self, context: str, declaration: str, holes: Sequence[Hole]) -> TheoremTask:
        """The task with this text for its declaration, in which its `holes` (one at least) are, behind this context:
        both are a document of their own."""
        hole, *further = holes
        return replace(
            self,
            document=Document(f"{context}{declaration}\n", self.document.path),
            declaration=declaration,
            hole=hole,
            further=tuple(further),
            document_start=len(context),
            document_hole=hole.moved(len(context)),
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
        written = self._blocks(scripts)
        for hole, script in zip(self.holes, scripts, strict=True):
            if script is None:
                kept.append(hole.moved(len(text) - done))
                continue
            start, end, block = next(written)
            text += self.declaration[done:start] + block
            done = end
        return text + self.declaration[done:], kept

    def _blocks(self, scripts: Sequence[str | None]) -> Iterator[tuple[int, int, str]]:
        column = self.column
        text = " " * column + self.declaration
        for start, end, block in blocks(text, chosen(self.holes, scripts, column), column):
            yield start - column, end - column, block


_OPENING = re.compile(r":=\s*by(?:[ \t]*(?P<end>\n)|[ \t]+(?=[^\n]*\Z))")


def _fingerprint(header: str, statement: str) -> str:
    """Sixteen hexadecimal digits over header and statement, without comments and up to white space."""
    normal = "\0".join(" ".join(mask(part, literals=False).split()) for part in (header, statement))
    return hashlib.sha256(normal.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Refused:
    """An input record that is no theorem: it stays in the denominator, as an `invalid` result.

    `line` is 0 where the whole input is refused; `at` is the line and column of an error in it.
    """

    id: str
    reason: str
    source: str = ""
    line: int = 0
    at: tuple[int, int] | None = None

    def __str__(self) -> str:
        """Where, which, and why."""
        named = f"{self.id}: " if self.line and self.id not in ("", f"line{self.line}") else ""
        return f"{self._place}: {named}{self.reason}"

    @property
    def error(self) -> str:
        """The reason, with the place of an error in the input."""
        return self.reason if self.at is None else f"{self._place}: {self.reason}"

    @property
    def _place(self) -> str:
        line = self.line if self.at is None else f"{self.at[0]}:{self.at[1]}"
        return f"{self.source}:{line}" if line else self.source


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
