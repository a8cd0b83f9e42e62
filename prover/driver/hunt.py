"""The hunt for one proof that the judge accepts: search, shorten, have it judged, and go on if it was refused."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from prover.driver.loop import Observer, SearchLoop
from prover.driver.parts import Accepted, Components
from prover.driver.polish import polish
from prover.judge import Verdict, VerdictStatus
from search.base import Environment
from search.budget import Spent, StopReason
from search.extract import Proof
from search.side_by_side import AnySearch

log = logging.getLogger(__name__)

POLISH_S = 2.0
"""How long a found proof may be worked on to make it shorter."""
MAX_REFUSED = 8
"""So many proofs of one theorem are judged in vain, then no more are looked for."""
_FORMS = 3  # of one proof: shortened, as found, without bullets; so many are judged when the time is over


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be proved: where it is open, and how a script for it is judged. `opening` is a tactic that was run
    before its root and stands before every script."""

    environment: Environment
    challenge: str
    name: str
    solution: Callable[[str], str]
    opening: str = ""

    def script(self, proof: Proof) -> str:
        """The proof as it is judged and shown."""
        return f"{self.opening}\n{proof.script}" if self.opening else proof.script


@dataclass(slots=True)
class Found:
    """What a hunt came to. Without `accepted`, `verdict` and `script` are those of the last proof that was refused."""

    reason: StopReason
    accepted: Accepted | None = None
    verdict: Verdict | None = None
    script: str | None = None
    steps: int | None = None
    is_unjudged: bool = False
    judge_s: float = 0.0


@dataclass(slots=True)
class Hunt:
    """One search and its judgements. `until` is when the time is over, on the parts' clock; `shorten_s` is how long it
    may go on after its first proof to a shorter one."""

    parts: Components
    claim: Claim
    search: AnySearch
    observer: Observer
    until: float
    shorten_s: float = 0.0
    width: int = 2
    _before: tuple[Spent, dict[str, Any]] = field(init=False)
    _refused: set[str] = field(default_factory=set)
    _found: Found = field(init=False)

    def __post_init__(self) -> None:
        self._before = replace(self.search.spent), asdict(self.search.result().statistics)
        self._found = Found(StopReason.CANCELLED)

    async def run(self) -> Found:
        """Until a proof is accepted or the search is over. Raises ModelError if the policy or the critic fails."""
        while proofs := await self._look():
            for proof in proofs:
                is_over = self.parts.clock() >= self.until
                if len(self._refused) >= (_FORMS if is_over else MAX_REFUSED):
                    return self._found
                if await self._judge(proof):
                    return self._found
            if self._proof() is not None:
                self.search.reject()
        return self._found

    @property
    def ending(self) -> str:
        """How it ended, or stands, for people."""
        verdict = self._found.verdict
        return str(self._found.reason) if verdict is None else f"{verdict.status}: {verdict.reason[:200]}".rstrip(": ")

    def used(self) -> tuple[Spent, dict[str, Any]]:
        """What this hunt has used and what its search counted, without what the search brought along."""
        spent, counts = replace(self.search.spent), asdict(self.search.result().statistics)
        earlier, known = self._before
        spent.expansions -= earlier.expansions
        spent.tactics -= earlier.tactics
        spent.tokens -= earlier.tokens
        spent.lean_s -= earlier.lean_s
        return spent, {name: _minus(value, known[name]) if name != "depth" else value for name, value in counts.items()}

    # ------------------------------------------------------------------------------------------------- searching

    async def _look(self) -> list[Proof]:
        """The proofs to be judged, the shortest first; none if the search ended without one."""
        await self._drive()
        first = self._proof()
        if first is None:
            return []
        known = [first]
        if self.shorten_s and len(first.tactics) > 1:
            known += await self._others(first)
        known.sort(key=lambda proof: (len(proof.tactics), len(proof.script)))
        forms = [await self._polished(known[0])]
        for proof in known:
            forms += (proof, proof.in_words())
        return list({proof.script: proof for proof in forms}.values())

    async def _drive(self) -> None:
        parts = self.parts
        loop = SearchLoop(
            self.search,
            self.claim.environment,
            parts.policy,
            parts.critic,
            width=self.width,
            observe=self.observer,
            clock=parts.clock,
        )
        await loop.run()
        self._found.reason = self.search.done or StopReason.CANCELLED

    async def _others(self, first: Proof) -> list[Proof]:
        """Further proofs that come up in the time for shortening, from states that a shorter one can go through."""
        whole = self.search.budget
        left_s = min(self.until, self.parts.clock() + self.shorten_s) - self.parts.clock()
        self.search.budget = whole.with_wall(self.search.spent.wall_s + max(0.0, left_s))
        found: list[Proof] = []
        proof: Proof | None = first
        shortest = len(first.tactics)
        while proof is not None:
            shortest = min(shortest, len(proof.tactics))
            self.search.reject()
            self.search.want_below(shortest)
            await self._drive()
            proof = self._proof()
            found += [proof] if proof is not None else []
        self.search.want_below(None)
        self.search.budget = whole
        return found

    def _proof(self) -> Proof | None:
        return self.search.result().proof

    async def _polished(self, proof: Proof) -> Proof:
        """The proof made shorter, if that is wanted and time is left."""
        if not self.parts.settings.minimise:
            return proof
        clock, limits = self.parts.clock, self.parts.limits
        end = min(self.until, clock() + POLISH_S)
        limits = replace(limits, wall_s=min(limits.wall_s, POLISH_S))
        return await polish(proof, self.claim.environment, limits=limits, is_over=lambda: clock() >= end)

    # --------------------------------------------------------------------------------------------------- judging

    async def _judge(self, proof: Proof) -> bool:
        """Whether the judge accepts; what it says is kept in any case."""
        claim, found = self.claim, self._found
        script = claim.script(proof)
        if script in self._refused:
            return False
        solution = claim.solution(script)
        began = self.parts.clock()
        verdict = await self.parts.judge.judge(claim.challenge, solution, claim.name)
        found.judge_s += self.parts.clock() - began
        found.verdict, found.script, found.steps = verdict, script, len(proof.tactics) + bool(claim.opening)
        found.reason = StopReason.PROVED
        if verdict.status is VerdictStatus.ACCEPTED:
            found.accepted = Accepted(claim.challenge, solution, verdict)
            return True
        log.info("%s: a proof was not accepted (%s): %s", claim.name, verdict.status, verdict.reason)
        found.is_unjudged = found.is_unjudged or verdict.status is VerdictStatus.UNKNOWN
        self._refused.add(script)
        return False


def _minus(value: Any, earlier: Any) -> Any:
    """Counts that were added since."""
    if isinstance(value, dict):
        return {key: count - earlier.get(key, 0) for key, count in value.items()}
    return value - earlier
