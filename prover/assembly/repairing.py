"""Mends proofs of a file that no longer elaborate: what still works stays, and searches fill the rest.

Each broken proof becomes a sketch with a `sorry` for what does not work (`prover.tasks.broken_proof`). It is searched
as any half-finished theorem is, with the old steps as first candidates; then, in the other half of the time, the whole
proof is searched for anew with them. The statement stays as it is, and only the judge makes a proof repaired.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from prover.assembly.components import Own
from prover.assembly.filling import Part
from prover.assembly.listener import Listener
from prover.assembly.mending import Mended, Mending
from prover.assembly.reading import lean_file
from prover.assembly.rebodied import NewBodies, outlined
from prover.assembly.warm import Warm, open_warm
from prover.config import Config
from prover.tasks import Document
from prover.tasks.proofs import Proof, otherwise_broken, proofs_of


@dataclass(frozen=True, slots=True)
class Repair(NewBodies[Mended]):
    """A file with its broken proofs, in order, and the number of proofs that elaborate as they are (`working`); `notes`
    name what else is broken in it, to which nothing is done."""

    working: int = 0
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The object that `stepwise repair --json` prints."""
        theorems = [each.to_json() for each in self.theorems]
        return {"theorems": theorems, "working": self.working, "notes": list(self.notes), "text": self.text}


async def repair(
    place: str,
    config: Config,
    listener: Listener | None = None,
    *,
    own: Own | None = None,
    on_mended: Callable[[Mended], None] = lambda _: None,
) -> Repair:
    """Mend the proofs of FILE, or of those that stand on FILE:LINE or FILE:A-B, each within the settings' time. Nothing
    is written. With `search.best_effort` a proof that could not be mended is given as far as it goes.

    `on_mended` hears of each proof as soon as its end is known. Raises UsageError if there is no such file, or Lean
    can't read it.
    """
    part = Part.parse(place)
    document = lean_file(part.name)
    async with open_warm(config, listener or Listener(), own) as warm:
        return await repair_document(document, part, warm, at_once=config.lean.workers, on_mended=on_mended)


async def repair_document(
    document: Document,
    part: Part,
    warm: Warm,
    *,
    at_once: int = 1,
    on_mended: Callable[[Mended], None] = lambda _: None,
) -> Repair:
    """The same with a Lean that is open already."""
    outline = await outlined(document, warm)
    proofs = [each for each in proofs_of(document.text, outline) if is_in(part, each, document)]
    others = [(line, said) for line, said in otherwise_broken(document.text, outline) if line in part]
    broken = [each for each in proofs if each.errors]
    mending = Mending(document, warm, at_once, on_mended)
    for each in broken:
        if not _is_in_its_proof(each):
            mending.end(Mended(each, reason="the error is in its statement, to which nothing is done"))
    await mending.mend([each for each in broken if _is_in_its_proof(each)])
    await mending.take_back()
    theorems = sorted(mending.ended, key=lambda each: each.proof.start)
    notes = tuple(f"{document.path}:{line}: no theorem of its own, and left as it is: {said}" for line, said in others)
    return Repair(document, tuple(theorems), len(proofs) - len(broken), notes)


def is_in(part: Part, proof: Proof, document: Document) -> bool:
    """Whether a theorem stands on lines of the part."""
    last = document.text.count("\n", 0, proof.end) + 1
    return any(line in part for line in range(document.text.count("\n", 0, proof.start) + 1, last + 1))


def _is_in_its_proof(proof: Proof) -> bool:
    return proof.body is not None and all(error.offset >= proof.body for error in proof.errors)
