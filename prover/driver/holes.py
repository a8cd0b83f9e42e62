"""One attempt at a theorem that holds several `sorry`s: each is searched in its place, and the whole is judged once.

A hole is opened in the text as it stands by then, with the scripts that were found for the others. A script counts as
found once Lean accepts the text with it. The time is shared: each open hole gets a part of half of what is left, then
of half of the rest, and so on, so that easy ones are filled first and what they leave goes to the hard ones. When every
hole had its turn, scripts are shortened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from prover.driver.job import Accepted, Ending, Fault, FaultKind, Job, JudgedProof, Rejected, Unjudged, Unproved
from prover.driver.parts import Components
from prover.driver.proof_attempt import MAX_REFUSED, Question, verdict_on
from prover.driver.refuter import Refuter
from prover.driver.searches import problem_of
from prover.driver.seeker import Seeker
from prover.errors import LeanFault
from prover.judge import VerdictStatus
from prover.lean.problem import OpenFailed
from prover.run.result import HoleResult
from prover.tasks import TheoremTask
from search.base import Candidate, Environment, ProofState, Proved, TacticCall
from search.budget import Spent, StopReason
from search.equivalents import renamed
from search.extract import Proof
from search.result import SearchResult, Statistics
from search.split import merge_key

_LEAST_S = 2.0
"""The least part of the time that a hole is searched for at once."""
_VALUES_S = 0.5
"""How long small values are tried for a hole before it is searched, and so long again after each part of its search."""
_POLISHING = 0.25
"""The part of the time that is left in which scripts are shortened."""
LIMITED = frozenset((StopReason.WALL_TIME, StopReason.LEAN_TIME))
"""A search that such a limit ended goes on when its hole gets another part."""


class MakeSeeker(Protocol):
    """Makes the search of a hole from its environment; `note` names its trace, and `extra` is tried at every state."""

    def __call__(self, environment: Environment, note: str, extra: tuple[Candidate, ...] = ()) -> Seeker: ...


@dataclass(slots=True)
class Place:
    """One `sorry`: its search once it is opened, and the forms of its proof once it has one, the best first.

    `reason` says why it is not proved; with `is_over` it will not be searched again."""

    index: int
    task: TheoremTask
    environment: Environment | None = None
    seeker: Seeker | None = None
    forms: list[Proof] = field(default_factory=list)
    script: str | None = None
    reason: str = StopReason.WALL_TIME
    is_over: bool = False
    is_polished: bool = False
    refuter: Refuter | None = None
    tried: set[str] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        return self.script is None and not self.is_over

    @property
    def root(self) -> ProofState | None:
        return None if self.environment is None else self.environment.root

    def end(self, reason: str) -> None:
        self.reason, self.is_over = reason, True

    def result(self) -> HoleResult:
        line, column = self.task.position
        goal = "" if self.root is None else self.root.pretty
        return HoleResult(line, column, goal, self.script, "" if self.script is not None else str(self.reason))


class HolesAttempt:
    """Fills the holes of a job's theorem by the time `until`. `first` is the environment of its first hole."""

    note = ""

    def __init__(self, parts: Components, job: Job, first: Environment, make: MakeSeeker, until: float) -> None:
        self._parts = parts
        self._job = job
        self._make = make
        self._until = until
        self._challenge, self._file = job.task.challenge, job.task.file
        self._places = [Place(index, place) for index, place in enumerate(job.task.places)]
        self._asked = self._places if job.holes is None else [self._places[number] for number in sorted(job.holes)]
        for place in self._places:
            if place not in self._asked:
                place.end("left out")
        self._enter(self._places[0], first)
        self._filled: list[Place] = []  # in the order in which they were
        self._fault: Fault | None = None
        self._judged: JudgedProof | None = None
        self._num_refused = 0
        self.judge_s = 0.0

    async def run(self) -> None:
        """Fill holes until the whole is accepted or nothing is left to do. Raises ModelError as a search does."""
        while await self._fill() and not await self._accepts_whole() and self._take_back():
            pass

    # ----------------------------------------------------------------------------------------------- what it came to

    @property
    def ending(self) -> Ending:
        """The ending of the attempt, or, while it runs, the one it would have now."""
        judged = self._judged
        if judged is not None and judged.verdict.status is VerdictStatus.ACCEPTED:
            return Accepted(judged)
        if judged is not None and judged.verdict.status is VerdictStatus.UNKNOWN:
            return Unjudged(judged, judged.verdict.reason)
        if judged is not None:
            return Rejected(judged)
        if self._fault is not None:
            return self._fault
        reasons = [place.reason for place in self._places if place.script is None]
        return Unproved(next((each for each in StopReason if each in reasons), StopReason.EXHAUSTED))

    @property
    def said(self) -> str:
        """The ending as a text for people."""
        return f"{len(self._filled)} of {len(self._places)} holes filled"

    @property
    def holes(self) -> tuple[HoleResult, ...]:
        return tuple(place.result() for place in self._places)

    @property
    def seekers(self) -> list[Seeker | None]:
        """The search of each hole that was opened and is one of those to be filled."""
        return [place.seeker if place in self._asked else None for place in self._places]

    @property
    def found(self) -> SearchResult:
        """The results of all searches together; the share of the holes that are filled is that of the proven states."""
        first, counts = self._seekers[0].search.result(), self.used()[1]
        share = len(self._filled) / len(self._places)
        return replace(first, stop_reason=None, proof=None, statistics=counts, value=None, proven_share=share)

    def open_states(self, limit: int) -> list[ProofState]:
        seekers = (place.seeker for place in self._places if place.script is None and place.seeker is not None)
        return [state for seeker in seekers for state in seeker.search.open_states(limit)][:limit]

    def used(self) -> tuple[Spent, Statistics]:
        spent, counts = Spent(), Statistics()
        for seeker in self._seekers:
            own, counted = seeker.used()
            spent.add(own)
            counts.add(counted)
        return spent, counts

    async def close(self) -> None:
        """Close what was opened beside the first hole, which is its owner's."""
        for seeker in self._seekers:
            seeker.observer.close()
        for place in self._places[1:]:
            if place.environment is not None:
                await place.environment.close()

    @property
    def _seekers(self) -> list[Seeker]:
        return [place.seeker for place in self._places if place.seeker is not None]

    # ---------------------------------------------------------------------------------------------------- searching

    async def _fill(self) -> bool:
        """Search the open holes in turn. Returns whether all are filled."""
        while (waiting := [place for place in self._places if place.is_open]) and self._has_time():
            for number, place in enumerate(waiting):
                among = 1 if len(waiting) == 1 else 2 * (len(waiting) - number)
                await self._work_at(place, 1 / among)
            await self._polish()
        return all(place.script is not None for place in self._places)

    def _has_time(self) -> bool:
        limit = self._job.budget.lean_s
        return self._left_s() > 0 and (limit is None or self.used()[0].lean_s < limit)

    def _left_s(self) -> float:
        return self._until - self._parts.clock()

    async def _work_at(self, place: Place, share: float) -> None:
        """Give a hole its share of the time that is left."""
        if place.seeker is None and not await self._open(place):
            return
        for script in self._known_for(place):
            place.tried.add(script)
            if await self._closes(place, script) and await self._takes(place, [Proof(script, [script])]):
                return
        earlier = next((other for other in self._asked if _are_twins(other, place)), None)
        if earlier is not None:
            place.reason, place.is_over = earlier.reason, earlier.is_over
        elif place.seeker is not None and not await self._is_refuted(place):
            await self._seek(place, place.seeker, share)

    async def _is_refuted(self, place: Place) -> bool:
        """Whether some more small values make the hole's goal false."""
        if place.environment is None:
            return False
        until = self._parts.clock() + min(_VALUES_S, self._left_s())
        if place.refuter is None:
            place.refuter = await Refuter.of(place.environment, self._parts.limits)
        found = await place.refuter.look(lambda: self._parts.clock() >= until)
        if found is not None:
            self._refute(place, found.script, found.values)
        return found is not None

    def _refute(self, place: Place, script: str, values: str) -> None:  # noqa: ARG002
        """A hole's goal is false, so that nothing fills it; `script` proves its negation."""
        place.end(f"false for {values}")

    async def _seek(self, place: Place, seeker: Seeker, share: float) -> None:
        seeker.shorten_s = self._parts.settings.shorten * self._allow(seeker, share)
        while proofs := await seeker.look(polishes=False):
            if await self._takes(place, proofs):
                return
            self._num_refused += 1
            if self._num_refused >= MAX_REFUSED:
                place.end("refused")
                return
            seeker.reject()
        place.reason = seeker.reason
        place.is_over = seeker.reason not in LIMITED
        await self._is_refuted(place)

    async def _polish(self) -> None:
        """Shorten the scripts that were found since; where the text takes a shorter one, it comes first."""
        until = self._parts.clock() + _POLISHING * self._left_s()
        for place in self._filled:
            if place.is_polished or place.seeker is None or self._parts.clock() >= until:
                continue
            place.is_polished = True
            shorter = await place.seeker.polished(place.forms[0], until)
            if shorter.script != place.script and await self._fits(place, shorter.script):
                place.forms, place.script = [shorter, *place.forms], shorter.script

    def _allow(self, seeker: Seeker, share: float, least_s: float = _LEAST_S) -> float:
        """Give a search its share of the time that is left, and of Lean's; returns its seconds, `least_s` at least."""
        share_s = max(min(least_s, self._left_s()), self._left_s() * share)
        seeker.until = self._parts.clock() + share_s
        budget, own = self._job.budget, seeker.search.spent
        if budget.lean_s is not None:
            left_s = max(0.0, budget.lean_s - self.used()[0].lean_s)
            budget = replace(budget, lean_s=own.lean_s + left_s * share)
        seeker.search.budget = budget.with_wall(own.wall_s + share_s)
        return share_s

    def _known_for(self, place: Place) -> Iterator[str]:
        """Scripts that may close the hole at once: an earlier attempt's, and those of holes with the same goal."""
        scripts = self._job.scripts[place.index : place.index + 1] if not place.tried else ()
        offered: list[str | None] = list(scripts)
        for other in self._filled:
            if _have_equal_keys(other, place) and other.script is not None:
                assert other.root is not None and place.root is not None
                offered += (renamed(other.script, other.root, place.root), other.script)
        yield from (script for script in dict.fromkeys(offered) if script is not None and script not in place.tried)

    async def _closes(self, place: Place, script: str) -> bool:
        """Whether the script closes the hole's goal, as Lean runs it."""
        assert place.environment is not None
        limits = self._parts.limits
        whole = replace(limits, heartbeats=limits.heartbeats * (script.count("\n") + 1))
        (outcome,) = await place.environment.apply((), [TacticCall(script, whole)])
        return isinstance(outcome, Proved)

    # ------------------------------------------------------------------------------------------------------ opening

    def _enter(self, place: Place, environment: Environment) -> None:
        place.environment = environment
        place.seeker = self._make(environment, f"hole{place.index + 1}")

    async def _open(self, place: Place) -> bool:
        """Open a hole in the text as it stands; it is over if that fails."""
        opened = await self._opened_in([each.script for each in self._places], place)
        if isinstance(opened, OpenFailed):
            place.end(opened.text)
        elif opened is not None:
            self._enter(place, opened)
        return place.seeker is not None

    async def _opened_in(self, scripts: Sequence[str | None], place: Place) -> Environment | OpenFailed | None:
        """A hole opened in the text with these scripts; None if Lean was lost."""
        task = self._job.task.filled(scripts)
        rank = sum(script is None for script in scripts[: place.index])
        try:
            return await self._parts.lean.open(problem_of(task.places[rank], max(_LEAST_S, self._left_s())))
        except LeanFault as fault:
            self._fault = Fault(FaultKind.LEAN, str(fault))
            place.end(FaultKind.LEAN)
            return None

    async def _takes(self, place: Place, proofs: list[Proof]) -> bool:
        """Keep the first of the proofs with which Lean accepts the text; of the last hole that is left to the judge."""
        for number, proof in enumerate(proofs):
            if await self._fits(place, proof.script):
                place.forms, place.script, place.is_polished = proofs[number:], proof.script, False
                self._filled.append(place)
                self._keep(place)
                return True
        return False

    def _keep(self, place: Place) -> None:
        """A hole was filled."""

    async def _fits(self, place: Place, script: str) -> bool:
        """Whether Lean accepts the text with the script in it; its next hole is opened by the way."""
        after = next((each for each in self._places if each.is_open and each is not place), None)
        if after is None:
            return True
        scripts = [each.script for each in self._places]
        opened = await self._opened_in([*scripts[: place.index], script, *scripts[place.index + 1 :]], after)
        if isinstance(opened, OpenFailed):
            return opened.is_late or not await self._is_readable(after)
        if opened is not None and after.seeker is None:
            self._enter(after, opened)
        elif opened is not None:
            await opened.close()
        return True

    async def _is_readable(self, place: Place) -> bool:
        """Whether the hole can be opened without the script that is tried; one that can't be says nothing about it."""
        return place.seeker is not None or await self._open(place)

    # ------------------------------------------------------------------------------------------------------ judging

    async def _accepts_whole(self) -> bool:
        """Have the whole judged, with the shortest form of each proof first. Returns whether it was accepted."""
        task, asked = self._job.task, set[str]()
        for form in range(max(len(place.forms) for place in self._places)):
            proofs = [place.forms[min(form, len(place.forms) - 1)] for place in self._places]
            scripts = [proof.script for proof in proofs]
            solution, script = self._whole(scripts)
            if solution in asked:
                continue
            asked.add(solution)
            verdict, took_s = await verdict_on(
                self._parts, Question(self._challenge, solution, task.name, self._file), self._until
            )
            self.judge_s += took_s
            steps = sum(len(proof.tactics) for proof in proofs)
            self._judged = JudgedProof(self._challenge, solution, script, steps, verdict)
            if verdict.status is VerdictStatus.ACCEPTED:
                for place, script in zip(self._places, scripts, strict=True):
                    place.script = script
                return True
        return False

    def _whole(self, scripts: Sequence[str]) -> tuple[str, str]:
        """The solved text with a script for each hole, and all scripts in one."""
        return self._job.task.solution(*scripts), "\n\n".join(scripts)

    def _take_back(self) -> bool:
        """Look for another proof of the hole that was filled last, with which nobody had checked the text. Returns
        whether there is time for one."""
        place = self._filled.pop()
        place.script, place.reason = None, "refused"
        self._num_refused += 1
        if self._num_refused >= MAX_REFUSED or self._left_s() <= 0 or place.seeker is None:
            return False
        place.seeker.reject()
        return True


def _have_equal_keys(one: Place, other: Place) -> bool:
    return one.root is not None and other.root is not None and merge_key(one.root) == merge_key(other.root)


def _are_twins(earlier: Place, place: Place) -> bool:
    """Whether an earlier hole that is not filled has the same goal: it is searched for both."""
    return earlier.index < place.index and earlier.script is None and _have_equal_keys(earlier, place)
