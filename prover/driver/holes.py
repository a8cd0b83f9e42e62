"""One attempt at a theorem that holds several `sorry`s: each is searched in its hole, and the whole is judged once.

A hole is opened in the text as it stands by then, with the scripts that were found for the others. A script counts as
found once Lean accepts the text with it. The time is shared: each open hole gets a part of half of what is left, then
of half of the rest, and so on, so that easy ones are filled first and what they leave goes to the hard ones. When every
hole had its turn, scripts are shortened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from prover.driver.hole_search import HoleSearch, MakeSeeker
from prover.driver.hole_text import HoleText
from prover.driver.job import Accepted, Ending, Job, JudgedProof, Rejected, Unjudged, Unproved
from prover.driver.parts import Components
from prover.driver.proof_attempt import MAX_REFUSED, Question, verdict_on
from prover.driver.refuter import Refuter
from prover.driver.seeker import Seeker
from prover.driver.values import Values, small_values, stands_for_value
from prover.judge import VerdictStatus
from prover.run.result import FALSE_FOR, HoleResult
from prover.tasks import TheoremTask
from search.base import Environment, ProofState
from search.budget import Spent, StopReason
from search.equivalents import renamed
from search.extract import Proof
from search.result import SearchResult, Statistics

_LEAST_SEARCH_S = 2.0
"""The least part of the time that a hole is searched for at once."""
_VALUES_S = 0.5
"""How long small values are tried for a hole before it is searched, and so long again after each part of its search."""
_WITH_VALUE = 0.1
"""The part of the time that is left in which a hole is searched for with one of the values that it depends on."""
_POLISHING = 0.25
"""The part of the time that is left in which scripts are shortened."""
LIMITED = frozenset((StopReason.WALL_TIME, StopReason.LEAN_TIME))
"""A search that such a limit ended goes on when its hole gets another part."""


class HolesAttempt:
    """Fills the holes of a job's theorem by the time `until`. `first` is the environment of its first hole.

    A kind of attempt of its own (a sketch's) may spend the time in another order (`fill`), know further scripts
    (`known_for`), hear of what becomes of a hole (`closes`, `keep`, `refute`, `take_back`), and have another theorem
    judged (`posed`, `whole`).
    """

    note = ""

    def __init__(self, parts: Components, job: Job, first: Environment, make: MakeSeeker, until: float) -> None:
        self.parts = parts
        self.job = job
        self.until = until
        self.searches = [HoleSearch(index, hole) for index, hole in enumerate(job.task.places)]
        self._asked = self.searches if job.holes is None else [self.searches[number] for number in sorted(job.holes)]
        for hole in self.searches:
            if hole not in self._asked:
                hole.end("left out")
        self.text = HoleText(job.task, self.searches, parts.lean, make, self.left_s)
        self.text.enter(self.searches[0], first)
        self.filled: list[HoleSearch] = []  # in the order in which they were
        self.values = Values(self.text, self.filled)
        self._given: dict[int, str] = {}
        self._judged: JudgedProof | None = None
        self._num_refused = 0
        self._has_run = False
        self.judge_s = 0.0

    async def run(self) -> None:
        """Fill holes until the whole is accepted or nothing is left to do. Raises ModelError as a search does."""
        while await self.fill() and not await self.accepts_whole() and self.take_back():
            pass
        self._has_run = True

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
        if self.text.fault is not None:
            return self.text.fault
        reasons = [hole.reason for hole in self.searches if hole.script is None]
        return Unproved(next((each for each in StopReason if each in reasons), StopReason.EXHAUSTED))

    @property
    def is_unjudged(self) -> bool:
        """Whether the judge could not tell about the whole."""
        return self._judged is not None and self._judged.verdict.status is VerdictStatus.UNKNOWN

    @property
    def said(self) -> str:
        """The ending as a text for people."""
        return f"{len(self.filled)} of {len(self.searches)} holes filled"

    @property
    def holes(self) -> tuple[HoleResult, ...]:
        return tuple(hole.result() for hole in self.searches)

    @property
    def seekers(self) -> list[Seeker | None]:
        """The search of each hole that was opened and is one of those to be filled."""
        return [hole.seeker if hole in self._asked else None for hole in self.searches]

    @property
    def found(self) -> SearchResult:
        """The results of all searches together; the share of the holes that are filled is that of the proven states."""
        first, counts = self.all_seekers[0].search.result(), self.used()[1]
        share = len(self.filled) / len(self.searches)
        return replace(first, stop_reason=None, proof=None, statistics=counts, value=None, proven_share=share)

    def is_over(self) -> bool:
        """Whether nothing is left to search. A hole that gets a script after the run stays open until it is settled."""
        return self._has_run or not any(hole.is_open for hole in self.searches)

    @property
    def plannable(self) -> list[HoleSearch]:
        """The holes that are open, stand for a proof and have none, and that nothing refutes."""
        left = [hole for hole in self._asked if hole.script is None and hole.root is not None]
        return [hole for hole in left if not hole.is_value and not hole.reason.startswith(FALSE_FOR)]

    def open_states(self, limit: int) -> list[ProofState]:
        seekers = (hole.seeker for hole in self.searches if hole.script is None and hole.seeker is not None)
        return [state for seeker in seekers for state in seeker.search.open_states(limit)][:limit]

    def used(self) -> tuple[Spent, Statistics]:
        spent, counts = Spent(), Statistics()
        for seeker in self.all_seekers:
            own, counted = seeker.used()
            spent.add(own)
            counts.add(counted)
        return spent, counts

    async def close(self) -> None:
        """Close what was opened beside the first hole, which is its owner's."""
        for seeker in self.all_seekers:
            seeker.observer.close()
        await self.text.close()

    @property
    def all_seekers(self) -> list[Seeker]:
        """Every search that was begun, for a hole or because of it."""
        return [*(hole.seeker for hole in self.searches if hole.seeker is not None), *self.values.former]

    # ---------------------------------------------------------------------------------------------------- searching

    async def fill(self) -> bool:
        """Search the open holes in turn. Returns whether all are filled."""
        while (waiting := [hole for hole in self.searches if hole.is_open]) and self.has_time():
            for number, hole in enumerate(waiting):
                among = 1 if len(waiting) == 1 else 2 * (len(waiting) - number)
                if await self.work_at(hole, 1 / among):
                    break
            await self.polish()
        return all(hole.script is not None for hole in self.searches)

    def has_time(self) -> bool:
        limit = self.job.budget.lean_s
        return self.left_s() > 0 and (limit is None or self.used()[0].lean_s < limit)

    def left_s(self) -> float:
        return self.until - self.parts.clock()

    async def work_at(self, hole: HoleSearch, share: float) -> bool:
        """Give a hole its share of the time that is left; where it depends on a value, a small one. Returns whether
        that value is taken back, so that its hole gets another."""
        if hole.seeker is None and not await self.text.open(hole):
            return False
        value = await self.values.before(hole)
        await self._try(hole, share if value is None else min(share, _WITH_VALUE))
        if value is None or hole.script is not None or not self.has_time():
            return False
        await self.values.change(value)
        return True

    async def _try(self, hole: HoleSearch, share: float) -> None:
        assert hole.environment is not None and hole.seeker is not None
        if hole.is_value is None:
            twins = (each.is_value for each in self.searches if hole.has_goal_of(each) and each is not hole)
            known = next(twins, None)
            hole.is_value = await stands_for_value(hole.environment, self.parts.limits) if known is None else known
        if hole.is_value:
            await self.values.forget_behind(hole)
        if await self._is_closed_by(hole, self.known_for(hole)):
            return
        earlier = next((other for other in self._asked if hole.is_twin_of(other)), None)
        if earlier is not None:
            hole.reason, hole.is_over = earlier.reason, earlier.is_over
        elif not await self._is_refuted(hole):
            await self.seek(hole, hole.seeker, share)

    async def _is_closed_by(self, hole: HoleSearch, scripts: Iterable[str]) -> bool:
        """Whether one of the scripts that were not tried yet closes the hole, which is kept then."""
        for script in scripts:
            if script not in hole.tried:
                hole.tried.add(script)
                if await self.closes(hole, script) and await self._takes(hole, [Proof(script, [script])]):
                    return True
        return False

    async def _is_refuted(self, hole: HoleSearch) -> bool:
        """Whether some more small values make the hole's goal false."""
        if hole.environment is None:
            return False
        until = self.parts.clock() + min(_VALUES_S, self.left_s())
        if hole.refuter is None:
            hole.refuter = await Refuter.of(hole.environment, self.parts.limits)
        found = await hole.refuter.look(lambda: self.parts.clock() >= until)
        if found is not None:
            self.refute(hole, found.script, found.values)
        return found is not None

    def refute(self, hole: HoleSearch, script: str, values: str) -> None:  # noqa: ARG002
        """A hole's goal is false, so that nothing fills it; `script` proves its negation."""
        hole.end(f"{FALSE_FOR}{values}")

    async def seek(self, hole: HoleSearch, seeker: Seeker, share: float) -> None:
        seeker.shorten_s = self.parts.settings.shorten * self.allow(seeker, share)
        while proofs := await seeker.look(polishes=False):
            if await self._takes(hole, proofs):
                return
            self._num_refused += 1
            if self._num_refused >= MAX_REFUSED:
                hole.end("refused")
                return
            seeker.reject()
        hole.reason = seeker.reason
        hole.is_over = seeker.reason not in LIMITED
        await self._is_refuted(hole)

    async def polish(self) -> None:
        """Shorten the scripts that were found since; where the text takes a shorter one, it comes first."""
        until = self.parts.clock() + _POLISHING * self.left_s()
        for hole in self.filled:
            if hole.is_polished or hole.seeker is None or self.parts.clock() >= until:
                continue
            hole.is_polished = True
            shorter = await hole.seeker.polished(hole.forms[0], until)
            if shorter.script != hole.script and await self.text.fits(hole, shorter.script):
                hole.forms, hole.script = [shorter, *hole.forms], shorter.script

    def allow(self, seeker: Seeker, share: float, least_s: float = _LEAST_SEARCH_S) -> float:
        """Give a search its share of the time that is left, and of Lean's; returns its seconds, `least_s` at least."""
        share_s = max(min(least_s, self.left_s()), self.left_s() * share)
        seeker.until = self.parts.clock() + share_s
        budget, own = self.job.budget, seeker.search.spent
        if budget.lean_s is not None:
            left_s = max(0.0, budget.lean_s - self.used()[0].lean_s)
            budget = replace(budget, lean_s=own.lean_s + left_s * share)
        seeker.search.budget = budget.with_wall(own.wall_s + share_s)
        return share_s

    def known_for(self, hole: HoleSearch) -> Iterator[str]:
        """Scripts that may close the hole at once: an earlier attempt's, and those of holes with the same goal."""
        scripts = self.job.scripts[hole.index : hole.index + 1] if not hole.tried else ()
        earlier = None if hole.is_value else hole.earlier
        offered: list[str | None] = [self._given.get(hole.index), *scripts, earlier]
        for other in self.filled:
            if hole.has_goal_of(other) and other.script is not None:
                assert other.root is not None and hole.root is not None
                offered += (renamed(other.script, other.root, hole.root), other.script)
        if hole.is_value and hole.root is not None:
            offered += small_values(hole.root.goals[0])
        yield from (script for script in dict.fromkeys(offered) if script is not None)

    async def closes(self, hole: HoleSearch, script: str) -> bool:
        """Whether the script closes the hole's goal, as Lean runs it."""
        return await hole.said_against(script, self.parts.limits) is None

    async def offer(self, hole: HoleSearch, script: str) -> str | None:
        """A script for a hole that somebody else found while this runs; it is used when the hole has its next turn.
        Returns what Lean has against it there."""
        if hole.environment is None:
            return "the text before it has changed"
        said = await hole.said_against(script, self.parts.limits)
        if said is None:
            self._given[hole.index] = script
            hole.is_over = False
            if hole.seeker is not None:
                hole.seeker.stop()
        return said

    async def settle(self) -> None:
        """Use what was offered after the last turn of its hole, and have the whole judged if that fills all."""
        late = [hole for hole in self.plannable if hole.index in self._given]
        taken = [await self._is_closed_by(hole, [self._given[hole.index]]) for hole in late]
        if any(taken) and all(hole.script is not None for hole in self.searches):
            await self.accepts_whole()

    async def _takes(self, hole: HoleSearch, proofs: list[Proof]) -> bool:
        """Keep the first of the proofs with which Lean accepts the text; of the last hole that is left to the judge."""
        for number, proof in enumerate(proofs):
            if number and self.left_s() <= 0:
                break
            if await self.text.fits(hole, proof.script):
                hole.forms, hole.script, hole.is_polished = proofs[number:], proof.script, False
                self.filled.append(hole)
                if not hole.is_value:
                    self.keep(hole)
                return True
        return False

    def keep(self, hole: HoleSearch) -> None:
        """A hole was filled."""

    # ------------------------------------------------------------------------------------------------------ judging

    async def accepts_whole(self) -> bool:
        """Have the whole judged, with the shortest form of each proof first. Returns whether it was accepted."""
        posed, asked = self.posed, set[str]()
        for form in range(max(len(hole.forms) for hole in self.searches)):
            proofs = [hole.forms[min(form, len(hole.forms) - 1)] for hole in self.searches]
            scripts = [proof.script for proof in proofs]
            solution, script = self.whole(scripts)
            if solution in asked:
                continue
            asked.add(solution)
            question = Question(posed.challenge, solution, posed.name, posed.file)
            verdict, took_s = await verdict_on(self.parts, question, self.until)
            self.judge_s += took_s
            steps = sum(len(proof.tactics) for proof in proofs)
            self._judged = JudgedProof(posed.challenge, solution, script, steps, verdict)
            if verdict.status is VerdictStatus.ACCEPTED:
                for hole, script in zip(self.searches, scripts, strict=True):
                    hole.script = script
                return True
        return False

    @property
    def posed(self) -> TheoremTask:
        """The theorem of which the whole is judged as a proof."""
        return self.text.task

    def whole(self, scripts: Sequence[str]) -> tuple[str, str]:
        """The solved text with a script for each hole, and all scripts in one."""
        return self.text.task.solution(*scripts), "\n\n".join(scripts)

    def take_back(self) -> bool:
        """Look for another proof of the hole that was filled last, with which nobody had checked the text. Returns
        whether there is time for one."""
        hole = self.filled.pop()
        hole.script, hole.reason = None, "unjudged" if self.is_unjudged else "refused"
        self._num_refused += 1
        if self._num_refused >= MAX_REFUSED or self.left_s() <= 0 or hole.seeker is None:
            return False
        hole.seeker.reject()
        return True
