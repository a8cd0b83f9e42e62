"""Broken proofs at work: sketches of what still works, then searches with the old steps first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from prover.assembly.filling import FilledTheorem, Filling, Order, fill_orders
from prover.assembly.rebodied import Rebodied, bodies_broken_together, outlined, rebodied
from prover.assembly.together import NOT_TOGETHER
from prover.assembly.warm import Warm
from prover.driver.parts import Components
from prover.judge import VerdictStatus
from prover.policy.old_steps import OldStepsFirst
from prover.run.result import Status, in_words
from prover.tasks import Document
from prover.tasks.broken_proof import WHOLE, WHOLE_TERM, applied, cuts, emptied
from prover.tasks.proofs import Proof, proofs_of, with_bodies
from prover.tasks.scanner import mask
from prover.tasks.written_proof import old_steps, step_heads, written_proof

_WHERE = re.compile(r"(?<![\w.'!?«])where(?![\w'!?»])")
_MOST_ROUNDS = 8
"""So often a sketch is cut back where Lean still finds errors in it; then nothing of the proof is kept."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A proof that did not elaborate, and its `body` now: None if it keeps its own. It is `repaired` if the judge
    accepted it, else `reason` says why not, and a body is an unfinished one. Of the old proof's `steps` `kept` stand in
    it still."""

    proof: Proof
    body: str | None = None
    is_repaired: bool = False
    reason: str = ""
    steps: int = 0
    kept: int = 0

    @property
    def error(self) -> str:
        """Lean's first error in the old proof."""
        return self.proof.errors[0].text

    def to_json(self) -> dict[str, Any]:
        return {
            "theorem": self.proof.name,
            "line": self.proof.line,
            "error": self.error,
            "repaired": self.is_repaired,
            "reason": self.reason,
            "steps": self.steps,
            "kept": self.kept,
        }


class Mending:
    """The broken proofs of a document; `ended` are those whose end is known."""

    def __init__(self, document: Document, warm: Warm, at_once: int, on_mended: Callable[[Mended], None]) -> None:
        self.ended: list[Mended] = []
        self._document = document
        self._warm = warm
        self._at_once = at_once
        self._on_mended = on_mended
        self._bodies: dict[Proof, str] = {}
        self._partial: dict[Proof, str] = {}
        self._reasons: dict[Proof, str] = {}

    async def take_back(self) -> None:
        """Leave the proofs as they were that Lean refuses where all of the mended ones stand in the file together."""
        while bodies := [(each.proof, each.body) for each in self.ended if each.is_repaired and each.body is not None]:
            broken = await bodies_broken_together(self._document, bodies, self._warm)
            if not broken:
                return
            self.ended = [each for each in self.ended if each.proof not in broken]
            for proof in broken:
                self.end(self._mended(proof, None, NOT_TOGETHER))

    def end(self, mended: Mended) -> None:
        self.ended.append(mended)
        self._on_mended(mended)

    async def mend(self, given: Sequence[Proof]) -> None:
        """Mend proofs whose errors are all in their bodies, in the order of the text. One with declarations of its own
        behind `where` is left alone: what stands behind it may use them."""
        text = self._document.text
        proofs = [each for each in given if not _WHERE.search(mask(text[each.body : each.end]))]
        for each in given:
            if each not in proofs:
                self.end(self._mended(each, None, "it has declarations of its own, behind `where`"))
        await self._sketch(proofs)
        limit_s = self._warm.parts.time_limit_s
        nothing_kept = [proof for proof in proofs if self._bodies[proof] in (WHOLE, WHOLE_TERM)]
        open_ = [proof for proof in proofs if "sorry" in mask(self._bodies[proof]) and proof not in nothing_kept]
        await self._judge([proof for proof in proofs if "sorry" not in mask(self._bodies[proof])])
        await self._search(open_, limit_s / 2)
        anew = [proof for proof in self._left(proofs) if proof not in nothing_kept]
        self._bodies |= {proof: emptied(self._document.text, proof.block(self._document.text)) for proof in anew}
        await self._search(anew, limit_s / 2)
        await self._search(nothing_kept, limit_s)
        for proof in self._left(proofs):
            self.end(self._mended(proof, self._partial.get(proof), self._reasons.get(proof, "it can't be opened")))

    def _left(self, proofs: Sequence[Proof]) -> list[Proof]:
        ended = {each.proof for each in self.ended}
        return [proof for proof in proofs if proof not in ended]

    # ----------------------------------------------------------------------------------------------------- sketches

    async def _sketch(self, proofs: Sequence[Proof]) -> None:
        """Make the body of each proof one that Lean takes, with a `sorry` for what does not work."""
        text = self._document.text
        self._bodies = {proof: _cut_back(text, proof) for proof in proofs}
        for number in reversed(range(_MOST_ROUNDS)):
            tried, places = with_bodies(text, list(self._bodies.items()))
            outline = await outlined(replace(self._document, text=tried), self._warm)
            read = {each.start: each for each in proofs_of(tried, outline) if each.errors}
            if not any(place.start in read for place in places):
                return
            for proof, place in zip(proofs, places, strict=True):
                if (now := read.get(place.start)) is not None:
                    whole = emptied(text, proof.block(text))
                    self._bodies[proof] = _cut_back(tried, replace(place, errors=now.errors)) if number > 1 else whole

    # --------------------------------------------------------------------------------------------------------- work

    async def _judge(self, proofs: Sequence[Proof]) -> None:
        """Have sketches judged that leave nothing open."""
        opened = {each.proof: each for each in await self._opened(dict.fromkeys(proofs, WHOLE))} if proofs else {}
        for proof, each in opened.items():
            if each.task is not None and proof in proofs:
                verdict = await each.judged(self._bodies[proof], self._warm)
                if verdict.status is VerdictStatus.ACCEPTED:
                    self.end(self._mended(proof, self._bodies[proof]))

    async def _search(self, proofs: Sequence[Proof], limit_s: float) -> None:
        """Search the sketches of these proofs, each for so many seconds."""
        if not proofs:
            return
        opened = [each for each in await self._opened({}) if each.proof in proofs]
        self._reasons |= {each.proof: each.reason for each in opened if each.task is None}
        by_id = {each.task.id: each for each in opened if each.task is not None}
        orders = [Order(each.task, frozenset(range(len(each.task.holes)))) for each in by_id.values() if each.task]
        steps = {order.task.name: self._old(by_id[order.task.id].proof) for order in orders}
        begun = Filling(self._document)

        def tell(filling: Filling) -> None:
            self._take(by_id[filling.theorems[-1].order.task.id], filling.theorems[-1])

        await fill_orders(begun, orders, self._parts(steps, limit_s), at_once=self._at_once, on_filled=tell)

    def _parts(self, steps: dict[str, list[str]], limit_s: float) -> Components:
        """The components, with the old steps first; what was found is not made shorter, so that they stay."""
        parts = self._warm.parts
        return replace(
            parts,
            policy=OldStepsFirst(parts.policy, steps),
            time_limit_s=limit_s,
            settings=replace(parts.settings, minimise=False, attempts=parts.settings.attempts + 1),
        )

    async def _opened(self, others: dict[Proof, str]) -> list[Rebodied]:
        return await rebodied(self._document, list((self._bodies | others).items()), self._warm)

    def _take(self, opened: Rebodied, filled: FilledTheorem) -> None:
        """Keep what became of a sketch. Of unfinished forms the first is kept: it has more of the old proof."""
        proof, result = opened.proof, filled.result
        if result.status is Status.PROVED:
            self.end(self._mended(proof, opened.filled(result.scripts)))
            return
        self._reasons[proof] = result.error or in_words(result.stop_reason)
        if self._warm.parts.settings.best_effort:
            self._partial.setdefault(proof, opened.filled(result.written))

    # ---------------------------------------------------------------------------------------------------- old steps

    def _old(self, proof: Proof) -> list[str]:
        """The steps of a proof, those first that no longer work."""
        text, block = self._document.text, proof.block(self._document.text)
        first = [step for cut in cuts(text, block, proof.errors) or () for step in cut.steps]
        return [*first, *old_steps(text, block)]

    def _mended(self, proof: Proof, body: str | None, reason: str = "") -> Mended:
        """What became of a proof; without a reason it is repaired."""
        text = self._document.text
        old = Counter(step_heads(text, proof.block(text)))
        new = Counter(step_heads(body, written_proof(body, 0, len(body)))) if body is not None else old
        return Mended(proof, body, not reason, reason, steps=old.total(), kept=(old & new).total())


def _cut_back(text: str, proof: Proof) -> str:
    """The proof's body without what its errors say does not work."""
    assert proof.body is not None
    is_inside = all(error.offset >= proof.body for error in proof.errors)
    made = cuts(text, proof.block(text), proof.errors) if is_inside else None
    return emptied(text, proof.block(text)) if made is None else applied(text, proof.body, proof.end, made)
