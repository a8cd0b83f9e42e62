"""One attempt at a proof that the judge accepts: search, shorten, have it judged, and continue if it was refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace

from prover.driver.job import Accepted, JudgedProof, Rejected, Unjudged, Unproved
from prover.driver.loop import Observer, SearchLoop
from prover.driver.parts import Components
from prover.driver.polish import polish
from prover.judge import Reason, Verdict, VerdictStatus
from prover.run.result import Status
from prover.tasks import TheoremTask
from search.base import Candidate, Environment, Theorem
from search.budget import Spent, StopReason
from search.extract import Proof
from search.result import Statistics
from search.side_by_side import AnySearch

log = logging.getLogger(__name__)

_POLISH_S = 2.0
"""How long a found proof may be worked on to make it shorter."""
_JUDGING_S = 5.0
"""How long after the end of the time the judge may still take with a proof that was found in time."""
_MAX_REFUSED = 8
"""So many proofs of one theorem are judged in vain, then no more are looked for."""
_FORMS = 3  # of one proof: shortened, as found, without bullets; so many are judged when the time is over


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement to be proved, the environment in which it is open, and the task against which a script is judged:
    its challenge, which is a part of `file`.

    A proof settles the statement as `settles`. `note` names an alternative to the statement's own proof ("" for that),
    `opening` is a tactic that was run before the root and stands before every script, `extra` is tried at every state.
    """

    theorem: Theorem
    environment: Environment
    challenge: str
    file: str
    name: str
    solution: Callable[[str], str]
    settles: Status = Status.PROVED
    note: str = ""
    opening: str = ""
    extra: tuple[Candidate, ...] = ()

    @classmethod
    def of(cls, task: TheoremTask, environment: Environment) -> Claim:
        """The statement itself."""
        return cls(task.theorem(), environment, task.challenge, task.file, task.name, task.solution)

    def script(self, proof: Proof) -> str:
        """The proof as it is judged and shown."""
        return f"{self.opening}\n{proof.script}" if self.opening else proof.script


@dataclass(slots=True)
class ProofAttempt:
    """One search and its judgements. `until` is the end of its time on the components' clock; `shorten_s` are the
    seconds for which it may search for shorter proofs after its first; at most `width` expansions are in flight."""

    parts: Components
    claim: Claim
    search: AnySearch
    observer: Observer
    until: float
    shorten_s: float = 0.0
    width: int = 2
    judge_s: float = 0.0
    _before: tuple[Spent, Statistics] = field(init=False)
    _reason: StopReason = StopReason.CANCELLED
    _judged: JudgedProof | None = None
    _is_unjudged: bool = False
    _refused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        counts = self.search.result().statistics
        self._before = replace(self.search.spent), replace(counts, refused=dict(counts.refused))

    async def run(self) -> None:
        """Run until a proof is accepted or the search is over. Raises ModelError if the policy or the critic fails."""
        while proofs := await self._look():
            for proof in proofs:
                is_over = self.parts.clock() >= self.until
                if len(self._refused) >= (_FORMS if is_over else _MAX_REFUSED):
                    return
                if await self._judge(proof):
                    return
            if self._proof() is not None:
                self.search.reject()

    @property
    def ending(self) -> Accepted | Rejected | Unjudged | Unproved:
        """The ending of the attempt, or, while it runs, the one it would have now."""
        judged = self._judged
        if judged is None:
            return Unproved(self._reason)
        if judged.verdict.status is VerdictStatus.ACCEPTED:
            return Accepted(judged, self.claim.settles)
        if judged.verdict.status is VerdictStatus.UNKNOWN:
            return Unjudged(judged, judged.verdict.reason)
        return Unjudged(judged, "not for an earlier proof") if self._is_unjudged else Rejected(judged)

    @property
    def said(self) -> str:
        """The ending as a text for people."""
        if self._judged is None:
            return str(self._reason)
        verdict = self._judged.verdict
        return f"{verdict.status}: {verdict.reason[:200]}".rstrip(": ")

    def used(self) -> tuple[Spent, Statistics]:
        """The usage and counts of this attempt, without those of earlier attempts of a resumed search."""
        spent, counts = self.search.spent, self.search.result().statistics
        earlier, known = self._before
        own = Spent(**{item.name: getattr(spent, item.name) - getattr(earlier, item.name) for item in fields(Spent)})
        return own, _minus(counts, known)

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
        self._reason = self.search.done or StopReason.CANCELLED

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
        """The shortened proof, if shortening is wanted and time is left; else the proof itself."""
        if not self.parts.settings.minimise:
            return proof
        clock, limits = self.parts.clock, self.parts.limits
        end = min(self.until, clock() + _POLISH_S)
        limits = replace(limits, wall_s=min(limits.wall_s, _POLISH_S))
        return await polish(proof, self.claim.environment, limits=limits, is_over=lambda: clock() >= end)

    # --------------------------------------------------------------------------------------------------- judging

    async def _judge(self, proof: Proof) -> bool:
        """Have the proof judged and keep the verdict. Returns whether the judge accepts it."""
        claim = self.claim
        script = claim.script(proof)
        if script in self._refused:
            return False
        solution = claim.solution(script)
        left_s = max(0.0, self.until - self.parts.clock()) + _JUDGING_S
        await self.parts.judge.ready()  # the start of a judging process is not the theorem's time
        began = self.parts.clock()
        try:
            async with asyncio.timeout(left_s):
                verdict = await self.parts.judge.judge(claim.challenge, solution, claim.name, file=claim.file)
        except TimeoutError:
            verdict = Verdict(VerdictStatus.UNKNOWN, claim.name, Reason.TIME, "the theorem's time was over")
        self.judge_s += self.parts.clock() - began
        steps = len(proof.tactics) + bool(claim.opening)
        self._judged = JudgedProof(claim.challenge, solution, script, steps, verdict)
        if verdict.status is VerdictStatus.ACCEPTED:
            return True
        log.info("%s: a proof was not accepted (%s): %s", claim.name, verdict.status, verdict.reason)
        self._is_unjudged = self._is_unjudged or verdict.status is VerdictStatus.UNKNOWN
        self._refused.add(script)
        return False


def _minus(counts: Statistics, earlier: Statistics) -> Statistics:
    """The counts added since `earlier`; `depth` stays that of the whole search."""
    refused = {kind: count - earlier.refused.get(kind, 0) for kind, count in counts.refused.items()}
    others = (item.name for item in fields(Statistics) if item.name not in ("refused", "depth"))
    added = {name: getattr(counts, name) - getattr(earlier, name) for name in others}
    return Statistics(**added, refused=refused, depth=counts.depth)
