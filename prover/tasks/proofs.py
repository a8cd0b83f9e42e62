"""The theorems of a text with the bodies that somebody wrote for them, and what Lean finds wrong in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from prover.lean.outline import Outline
from prover.tasks.broken import Located, located
from prover.tasks.broken_proof import ErrorAt
from prover.tasks.document import Document
from prover.tasks.elaborated import KINDS
from prover.tasks.filled import Edit
from prover.tasks.scanner import LineIndex, mask
from prover.tasks.written_proof import WrittenBlock, written_proof


@dataclass(frozen=True, slots=True)
class Proof:
    """A theorem of a text: `start` and `end` of its command, `body` where its proof begins (with `:=`, or the first `|`
    of equations; None if it has none), as offsets, and Lean's `errors` in it. `line` is that of its beginning, from
    1."""

    name: str
    line: int
    start: int
    body: int | None
    end: int
    errors: tuple[ErrorAt, ...]
    has_sorry: bool

    def block(self, text: str) -> WrittenBlock:
        """The proof's own text, read. It must have a body."""
        assert self.body is not None
        return written_proof(text, self.body, self.end)


def proofs_of(text: str, outline: Outline) -> list[Proof]:
    """The theorems and examples of a text, in order."""
    code, index = mask(text), LineIndex(text)
    commands, _ = located(outline, code)
    return [_proof(each, code, index) for each in commands if each.said.kind in KINDS]


def otherwise_broken(text: str, outline: Outline) -> list[tuple[int, str]]:
    """What else of a text Lean refuses: the line of each command that is no theorem or example (a definition, a
    `mutual` block), from 1, and its name with the first error in it."""
    commands, _ = located(outline, mask(text))
    broken = [each for each in commands if each.errors and each.said.kind not in KINDS]
    return [(each.said.span.start[0], f"{each.name}: {each.errors[0].text}") for each in broken]


def _proof(command: Located, code: str, index: LineIndex) -> Proof:
    said = command.said
    names = [each.name for each in said.declares if each.is_theorem]
    own = (name for name in names if name == said.name or name.endswith(f".{said.name}"))
    errors = (ErrorAt(index.offset((each.line, each.column)), each.text) for each in command.errors)
    line = (said.keyword or said.span.start)[0]
    return Proof(
        name=next(own, next(iter(names), said.name)) or f"example at line {line}",
        line=line,
        start=command.start,
        body=None if said.body is None else index.offset(said.body),
        end=command.start + len(code[command.start : command.end].rstrip()),
        errors=tuple(errors),
        has_sorry=command.has_sorry,
    )


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A stretch of a document's text, and what is to stand there."""

    start: int
    end: int
    text: str


def replacing(text: str, proof: Proof, body: str) -> Rewriting:
    """The change of the text that gives a theorem another body. One in the place of equations stands on the line above
    them, behind the statement."""
    assert proof.body is not None
    above = text[: proof.body].rstrip()
    is_moved = body.startswith(":=") and text[proof.body] == "|" and len(above) == len(mask(above).rstrip())
    return Rewriting(len(above), proof.end, f" {body}") if is_moved else Rewriting(proof.body, proof.end, body)


def rewritten(document: Document, changes: Sequence[Rewriting]) -> str:
    """The document's file with the changes made. The rest is as it was, line ends and all."""
    pieces, done = ["\ufeff" if document.bom else ""], 0
    for change in sorted(changes, key=lambda each: each.start):
        pieces += document.original(done, change.start), change.text.replace("\n", document.newline)
        done = change.end
    return "".join((*pieces, document.original(done, len(document.text))))


def edits(document: Document, changes: Sequence[Rewriting]) -> list[Edit]:
    """The changes as an editor takes them."""
    index, ordered = LineIndex(document.text), sorted(changes, key=lambda each: each.start)
    return [Edit.at(index, each.start, each.end, each.text.replace("\n", document.newline)) for each in ordered]


def with_bodies(text: str, bodies: Sequence[tuple[Proof, str]]) -> tuple[str, list[Proof]]:
    """The text with these bodies for the theorems' own, in the order of the text; and the theorems where they stand in
    it then, without their errors."""
    pieces, moved, done, length = list[str](), list[Proof](), 0, 0
    for proof, body in bodies:
        assert proof.body is not None
        by = length - done
        pieces += text[done : proof.body], body
        length = proof.body + by + len(body)
        at = replace(proof, start=proof.start + by, body=proof.body + by, end=length, errors=())
        moved.append(at)
        done = proof.end
    return "".join((*pieces, text[done:])), moved
