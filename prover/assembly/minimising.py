"""Makes proofs shorter that people wrote: block by block, with Lean asked about each form, and judged at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from prover.assembly.components import Own
from prover.assembly.filling import Part
from prover.assembly.listener import Listener
from prover.assembly.reading import lean_file
from prover.assembly.rebodied import NewBodies, Rebodied, bodies_broken_together, outlined, rebodied
from prover.assembly.repairing import is_in
from prover.assembly.together import NOT_TOGETHER
from prover.assembly.warm import Warm, open_warm
from prover.config import Config
from prover.driver.searches import problem_of
from prover.errors import LeanFault, UsageError
from prover.judge import VerdictStatus
from prover.lean.problem import OpenFailed
from prover.tasks import Document
from prover.tasks.broken_proof import WHOLE
from prover.tasks.proofs import Proof, proofs_of
from prover.tasks.written_proof import WrittenBlock, as_script, spliced, written_proof
from search.base import Environment, Proved, TacticCall
from search.minimise import Minimiser

_MOST_TRIES = 40
"""So many forms of one block are tried."""


@dataclass(frozen=True, slots=True)
class Shortened:
    """A proof and its shorter `body`, which the judge accepted; None if it keeps its own, with the `reason`."""

    proof: Proof
    body: str | None = None
    reason: str = ""
    before: int = 0
    after: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "theorem": self.proof.name,
            "line": self.proof.line,
            "shortened": self.body is not None,
            "reason": self.reason,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True)
class Minimised(NewBodies[Shortened]):
    """A file with its finished proofs, in order. `before` and `after` of each count its characters."""

    def to_json(self) -> dict[str, Any]:
        """The object that `stepwise minimise --json` prints."""
        return {"theorems": [each.to_json() for each in self.theorems], "text": self.text}


async def minimise(
    place: str,
    config: Config,
    listener: Listener | None = None,
    *,
    own: Own | None = None,
    on_shortened: Callable[[Shortened], None] = lambda _: None,
) -> Minimised:
    """Make the proofs of FILE shorter, or those that stand on FILE:LINE or FILE:A-B, each within the settings' time.
    Nothing is written.

    `on_shortened` hears of each proof. Raises UsageError if there is no such file or no finished proof in it.
    """
    part = Part.parse(place)
    document = lean_file(part.name)
    async with open_warm(config, listener or Listener(), own) as warm:
        return await minimise_document(document, part, warm, on_shortened=on_shortened)


async def minimise_document(
    document: Document, part: Part, warm: Warm, *, on_shortened: Callable[[Shortened], None] = lambda _: None
) -> Minimised:
    """The same with a Lean that is open already."""
    proofs = [each for each in proofs_of(document.text, await outlined(document, warm)) if is_in(part, each, document)]
    finished = [each for each in proofs if each.body is not None and not each.errors and not each.has_sorry]
    if not finished:
        raise UsageError(f"{part}: there is no finished proof to make shorter")
    done = []
    for each in await rebodied(document, [(proof, WHOLE) for proof in finished], warm):
        done.append(await _shortened(document.text, each, warm))
        on_shortened(done[-1])
    while bodies := [(each.proof, each.body) for each in done if each.body is not None]:
        broken = await bodies_broken_together(document, bodies, warm)
        if not broken:
            break
        for number, shortened in enumerate(done):
            if shortened.proof in broken:
                done[number] = replace(shortened, body=None, after=shortened.before, reason=NOT_TOGETHER)
                on_shortened(done[number])
    return Minimised(document, tuple(done))


async def _shortened(text: str, opened: Rebodied, warm: Warm) -> Shortened:
    proof = opened.proof
    assert proof.body is not None
    body = text[proof.body : proof.end]
    kept = Shortened(proof, before=len(body), after=len(body))
    if written_proof(body, 0, len(body)).is_term:
        return replace(kept, reason="its proof is a term")
    if opened.task is None:
        return replace(kept, reason=opened.reason)
    try:
        environment = await warm.parts.lean.open(problem_of(opened.task))
    except LeanFault as fault:
        return replace(kept, reason=str(fault))
    if isinstance(environment, OpenFailed):
        return replace(kept, reason=environment.text)
    try:
        shorter = await _Shortening(environment, warm).whole(body)
    finally:
        await environment.close()
    if len(shorter) >= len(body):
        return replace(kept, reason="no shorter form was found")
    verdict = await opened.judged(shorter, warm)
    if verdict.status is not VerdictStatus.ACCEPTED:
        return replace(kept, reason=f"the judge does not accept the shorter form: {verdict.reason}")
    return replace(kept, body=shorter, after=len(shorter))


class _Shortening:
    """The blocks of one proof, each made shorter in its turn."""

    def __init__(self, environment: Environment, warm: Warm) -> None:
        self._environment = environment
        self._clock = warm.parts.clock
        self._until = self._clock() + warm.parts.time_limit_s
        self._limits = warm.parts.limits

    async def whole(self, body: str) -> str:
        """The body with every block made shorter, outer ones first; itself if Lean does not run it as one script."""
        if not await self._proves(body):
            return body
        number = 0
        while number < len(blocks := list(written_proof(body, 0, len(body)).walk())):
            body = await self._block(body, blocks[number])
            number += 1
        return body

    async def _block(self, body: str, block: WrittenBlock) -> str:
        if not block.steps:
            return body
        minimiser, best = Minimiser(as_script(body, block), max_tries=_MOST_TRIES), body
        while self._clock() < self._until and (shorter := minimiser.propose()) is not None:
            tried = spliced(body, block, shorter.script)
            is_good = len(tried) < len(best) and await self._proves(tried)
            minimiser.tell(is_good)
            best = tried if is_good else best
        return best

    async def _proves(self, body: str) -> bool:
        """Whether Lean takes the body's tactics as a proof."""
        block = written_proof(body, 0, len(body))
        script = as_script(body, block).script
        limits = replace(self._limits, heartbeats=self._limits.heartbeats * (script.count("\n") + 1))
        (outcome,) = await self._environment.apply((), [TacticCall(script, limits)])
        return isinstance(outcome, Proved)
