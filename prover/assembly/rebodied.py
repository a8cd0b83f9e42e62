"""Theorems of a file with other bodies than their own: read as tasks, and judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from prover.assembly.together import broken_together
from prover.assembly.warm import Warm
from prover.driver.proof_attempt import Question, verdict_on
from prover.errors import UsageError
from prover.judge import Verdict
from prover.lean.outline import AskOutline, Outline, Unread
from prover.tasks import Document, Refused, TheoremTask, fill_document
from prover.tasks.filled import Edit
from prover.tasks.proofs import Proof, Rewriting, edits, replacing, rewritten, with_bodies

_READ_S = 120.0
"""How long Lean may take with a whole file."""


class _NewBody(Protocol):
    @property
    def proof(self) -> Proof: ...

    @property
    def body(self) -> str | None: ...


T = TypeVar("T", bound=_NewBody)


@dataclass(frozen=True, slots=True)
class NewBodies(Generic[T]):
    """A file with what became of some of its theorems, in order: each has a new body, or None and keeps its own."""

    document: Document
    theorems: tuple[T, ...] = ()

    @property
    def text(self) -> str:
        """The file with the new bodies, all else as it was."""
        return rewritten(self.document, self._changes)

    @property
    def edits(self) -> list[Edit]:
        """The same as changes of the file."""
        return edits(self.document, self._changes)

    @property
    def _changes(self) -> list[Rewriting]:
        new = ((each.proof, each.body) for each in self.theorems if each.body is not None)
        return [replacing(self.document.text, proof, body) for proof, body in new]


async def outlined(document: Document, warm: Warm) -> Outline:
    """What Lean makes of a file. Raises UsageError if it can't read it."""
    outline = await warm.outline(AskOutline(document.text, _READ_S))
    if isinstance(outline, Unread):
        raise UsageError(f"{document.path}: {outline.reason}")
    return outline


async def bodies_broken_together(document: Document, bodies: Sequence[tuple[Proof, str]], warm: Warm) -> list[Proof]:
    """The theorems whose new bodies Lean refuses where all of these stand in the file."""
    text, _ = with_bodies(document.text, sorted(bodies, key=lambda each: each[0].start))
    broken = await broken_together(document, text, [proof.start for proof, _ in bodies], warm.outline)
    return [proof for proof, _ in bodies if proof.start in broken]


@dataclass(frozen=True, slots=True)
class Rebodied:
    """A theorem whose body is another one, with `sorry`s: the task that it is in `document`, the text with all such
    bodies, where it stands at `place`; or the reason why it is none."""

    proof: Proof
    place: Proof
    document: Document
    task: TheoremTask | None
    reason: str = ""

    def filled(self, scripts: Sequence[str | None]) -> str:
        """The body with these scripts in the places of its `sorry`s; None keeps one."""
        assert self.task is not None and self.place.body is not None
        whole = fill_document(self.document, [(self.task, scripts)])
        return whole[self.place.body : len(whole) - (len(self.document.text) - self.place.end)]

    async def judged(self, body: str, warm: Warm) -> Verdict:
        """The judge's verdict on the theorem with this body, within the time of a theorem."""
        task, parts = self.task, warm.parts
        assert task is not None
        solution = f"{task.context}{task.declaration[: task.value]}{body}\n"
        question = Question(task.challenge, solution, task.name, task.file)
        verdict, _ = await verdict_on(parts, question, parts.clock() + parts.time_limit_s)
        return verdict


async def rebodied(document: Document, bodies: Sequence[tuple[Proof, str]], warm: Warm) -> list[Rebodied]:
    """Theorems of a document with these bodies, in the order of the text."""
    text, places = with_bodies(document.text, bodies)
    whole = replace(document, text=text, newline="\n", bom=False, others=(), open_spans=())
    reading = await warm.read(whole)
    found = []
    for (proof, _), place in zip(bodies, places, strict=True):
        tasks = (each for each in reading.records if isinstance(each, TheoremTask))
        task = next((each for each in tasks if place.start <= each.document_start < place.end), None)
        refused = (each for each in reading.records if isinstance(each, Refused) and each.id == proof.name)
        reason = "" if task else next((each.reason for each in refused), "it can't be opened")
        found.append(Rebodied(proof, place, whole, task, reason))
    return found
