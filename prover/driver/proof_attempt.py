"""One attempt at a proof that the judge accepts: look for one, have it judged, and continue if it was refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from prover.driver.job import Accepted, JudgedProof, Rejected, Unjudged, Unproved
from prover.driver.parts import Components
from prover.driver.seeker import Seeker
from prover.driver.small_values import Counterexample, refuting
from prover.judge import Reason, Verdict, VerdictStatus
from prover.run.result import Status
from prover.tasks import TheoremTask
from search.base import Candidate, Environment, ProofState, Theorem
from search.budget import Spent
from search.extract import Proof
from search.result import SearchResult, Statistics

log = logging.getLogger(__name__)

_JUDGING_S = 5.0
"""How long after the end of the time the judge may still take with a proof that was found in time."""
MAX_REFUSED = 8
"""So many proofs of one theorem are judged in vain, then no more are looked for."""
_FORMS = 3  # of one proof: shortened, as found, without bullets; so many are judged when the time is over


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement to be proved, the environment in which it is open, and the task against which a script is judged:
    its challenge, which is a part of `file`.

    A proof settles the statement as `settles`. `note` names an alternative to the statement's own proof ("" for that),
    `opening` is a tactic that was run before the root and stands before every script, `extra` is tried at every state,
    and `counterexamples` before the search.
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
    counterexamples: tuple[Counterexample, ...] = ()
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
    """One search for proofs of a claim, and their judgements. The seeker's time is the attempt's."""

    parts: Components
    claim: Claim
    seeker: Seeker
    judge_s: float = 0.0
    _judged: JudgedProof | None = None
    _is_unjudged: bool = False
    _refused: set[str] = field(default_factory=set)

    @property
    def note(self) -> str:
        return self.claim.note

    @property
    def found(self) -> SearchResult:
        return self.seeker.search.result()

    def open_states(self, limit: int) -> list[ProofState]:
        return self.seeker.search.open_states(limit)

    def used(self) -> tuple[Spent, Statistics]:
        return self.seeker.used()

    async def close(self) -> None:
        self.seeker.observer.close()

    async def run(self) -> None:
        """Run until a proof is accepted or the search is over. Raises ModelError if the policy or the critic fails,
        RequestFault if it is over one request."""
        if await self._is_refuted():
            return
        while proofs := await self.seeker.look():
            for proof in proofs:
                is_over = self.parts.clock() >= self.seeker.ends_at
                if len(self._refused) >= (_FORMS if is_over else MAX_REFUSED):
                    return
                if await self._judge(proof):
                    return
            self.seeker.reject()

    def is_over(self) -> bool:
        """Whether its search has ended."""
        return self.seeker.search.done is not None

    @property
    def ending(self) -> Accepted | Rejected | Unjudged | Unproved:
        """The ending of the attempt, or, while it runs, the one it would have now."""
        judged = self._judged
        if judged is None:
            return Unproved(self.seeker.reason)
        if judged.verdict.status is VerdictStatus.ACCEPTED:
            return Accepted(judged, self.claim.settles)
        if judged.verdict.status is VerdictStatus.UNKNOWN:
            return Unjudged(judged, judged.verdict.reason)
        return Unjudged(judged, "not for an earlier proof") if self._is_unjudged else Rejected(judged)

    @property
    def said(self) -> str:
        """The ending as a text for people."""
        if self._judged is None:
            return str(self.seeker.reason)
        verdict = self._judged.verdict
        return f"{verdict.status}: {verdict.reason[:200]}".rstrip(": ")

    # --------------------------------------------------------------------------------------------------- judging

    async def _is_refuted(self) -> bool:
        """Whether the judge accepts one of the claim's counterexamples."""
        claim, seeker = self.claim, self.seeker

        def is_over() -> bool:
            return self.parts.clock() >= seeker.ends_at

        async for found in refuting(claim.counterexamples, claim.environment, is_over):
            if await self._judge(Proof(found.script, [found.script])):
                return True
        return False

    async def _judge(self, proof: Proof) -> bool:
        """Have the proof judged and keep the verdict. Returns whether the judge accepts it."""
        claim = self.claim
        script = claim.script(proof)
        if script in self._refused:
            return False
        solution = claim.solution(script)
        text = Question(claim.challenge, solution, claim.name, claim.file)
        verdict, took_s = await verdict_on(self.parts, text, self.seeker.ends_at)
        self.judge_s += took_s
        steps = len(proof.tactics) + bool(claim.opening)
        self._judged = JudgedProof(claim.challenge, solution, script, steps, verdict)
        if verdict.status is VerdictStatus.ACCEPTED:
            return True
        log.info("%s: a proof was not accepted (%s): %s", claim.name, verdict.status, verdict.reason)
        self._is_unjudged = self._is_unjudged or verdict.status is VerdictStatus.UNKNOWN
        self._refused.add(script)
        return False


@dataclass(frozen=True, slots=True)
class Question:
    """A proof for the judge: two whole files, the theorem's name, and the file that the challenge is a part of."""

    challenge: str
    solution: str
    name: str
    file: str


async def verdict_on(parts: Components, question: Question, until: float) -> tuple[Verdict, float]:
    """The judge's verdict and its seconds; unknown where the theorem's time (`until`, and a little more) is over. What
    was no part of that time before the search is none here."""
    left_s = max(0.0, until - parts.clock()) + _JUDGING_S + parts.before.judge_s(question.challenge)
    await parts.judge.ready()  # the start of a judging process is not the theorem's time
    began = parts.clock()
    try:
        async with asyncio.timeout(left_s):
            verdict = await parts.judge.judge(question.challenge, question.solution, question.name, file=question.file)
    except TimeoutError:
        verdict = Verdict(VerdictStatus.UNKNOWN, question.name, Reason.TIME, "the theorem's time was over")
    return verdict, parts.clock() - began
