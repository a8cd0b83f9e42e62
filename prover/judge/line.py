"""A line of judging processes that proofs pass through, each at another station: challenge, solution, comparison.

All three are kept. Nothing that the first two say of a proof is believed: the third compares and replays what they
export. So only two things have to be seen to. A challenge must be elaborated where no solution has ever run, nor a
challenge of another file, or a hostile text could decide what somebody else's theorem says. And a proof must not be
refused for what an earlier one left behind: any verdict but `accepted` is asked again where nothing has run.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from prover.judge.judgement import Judgement
from prover.judge.processes import Answer, ComparingProcess, ElaboratingProcess, KeptProcess, Served, Start
from prover.judge.verdict import Reason, Verdict

log = logging.getLogger(__name__)

_QUEUE = 8  # solutions that wait, or are at work, when the process for challenges begins to take some
_QUEUE_LEFT = 2  # and as long as there are so many
_TRIES = 3  # for a proof whose process ends by itself, the first of them among other proofs


class Line:
    """One process for challenges, one for solutions, one that compares; several proofs are on their way through at a
    time. `start` starts a process."""

    def __init__(self, start: Start, *, clock: Callable[[], float]) -> None:
        self._asking = ElaboratingProcess(start, clock=clock)
        self._solving = ElaboratingProcess(start, clock=clock)
        self._comparing = ComparingProcess(start, clock=clock)
        self._clock = clock
        self.num_inside = 0
        """Proofs on their way through, and others who wait for it."""
        self.file = ""
        """Of the last proof that came in."""
        self.last_used_s = clock()

    def begin(self) -> None:
        """Start the processes, so that no proof waits for a start that could have been made before."""
        for process in self._processes():
            process.begin()

    async def ready(self) -> None:
        """Wait until the processes are up, or can't be started."""
        with self._in_use():
            await asyncio.gather(*(process.ready() for process in self._processes()))

    async def close(self) -> None:
        """End the processes."""
        await asyncio.gather(*(process.close() for process in self._processes()))

    def _processes(self) -> tuple[KeptProcess, ...]:
        return (self._asking, self._solving, self._comparing)

    async def judge(self, question: Judgement, file: str) -> Verdict:
        """The verdict on a proof whose challenge is a part of `file` ("": of none)."""
        self.file = file
        with self._in_use():
            return await self._judge(question, file)

    async def _judge(self, question: Judgement, file: str) -> Verdict:
        visit = _Visit(self._asking, self._solving, file, None)
        verdict = await replace(question).run(visit.ask_challenge, visit.ask_solution, self._comparing.ask)
        began_s, tries = min(visit.began_s, self._clock()), 1
        while not verdict.is_accepted and tries < _TRIES and (not visit.is_alone or verdict.kind is Reason.CRASH):
            log.info(
                "%s: %s (%s), asked again alone: %s", question.theorem, verdict.status, verdict.kind, verdict.reason
            )
            visit = _Visit(self._asking, self._solving, "", "")
            verdict = await replace(question).run(visit.ask_challenge, visit.ask_solution, self._comparing.ask)
            tries += 1
        return replace(verdict, is_fresh=visit.is_alone, elapsed_s=self._clock() - began_s)

    async def ask_challenge(self, request: Answer, *, timeout_s: float, file: str) -> Answer:
        """The answer of a process in which nothing but challenges of the `file` has run."""
        with self._in_use():
            return (await self._asking.ask(request, timeout_s=timeout_s, beside=file)).answer

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        self.num_inside += 1
        try:
            yield
        finally:
            self.num_inside -= 1
            self.last_used_s = self._clock()


@dataclass(slots=True)
class _Visit:
    """One proof's way through two elaborating processes; what may have run in them before is named as they name it.
    `is_alone` says that nothing had, `began_s` when its turn first came."""

    asking: ElaboratingProcess
    solving: ElaboratingProcess
    challenge_beside: str
    solution_beside: str | None
    is_alone: bool = True
    began_s: float = math.inf

    async def ask_challenge(self, request: Answer, *, timeout_s: float) -> Answer:
        return self._noted(await self.asking.ask(request, timeout_s=timeout_s, beside=self.challenge_beside))

    async def ask_solution(self, request: Answer, *, timeout_s: float) -> Answer:
        solving = self.asking if self._is_help_due() else self.solving
        return self._noted(await solving.ask(request, timeout_s=timeout_s, beside=self.solution_beside))

    def _is_help_due(self) -> bool:
        """Whether the process for challenges, which has none to do, takes this solution. Another process then has to be
        started for the next challenge, so it begins only where many solutions wait, and takes its share to the end."""
        queue = _QUEUE_LEFT if self.asking.is_open else _QUEUE
        return self.asking.num_requests == 0 and self.solving.num_requests >= queue

    def _noted(self, served: Served) -> Answer:
        self.is_alone = self.is_alone and served.was_clean
        self.began_s = min(self.began_s, served.began_s)
        return served.answer
