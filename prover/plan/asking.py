"""Asks the planners for one theorem, one planner after the other, within the bounds on requests, tokens and time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from prover.config import PlanConfig
from prover.errors import ModelError
from prover.plan.counts import PlanCounts
from prover.plan.planner import Answer, Planner, Request

log = logging.getLogger(__name__)

_LEAST_ANSWER_S = 5.0


class Asker:
    """The planners of one theorem. The first is asked until it has no more to say or fails; then the next one."""

    def __init__(
        self, planners: Sequence[Planner], config: PlanConfig, counts: PlanCounts, clock: Callable[[], float]
    ) -> None:
        self._usable = list(planners)
        self._planners = list(planners)
        self._config = config
        self._counts = counts
        self._clock = clock
        self._asked = 0

    @property
    def name(self) -> str:
        """The planner whose turn it is."""
        return self._planners[0].name if self._planners else ""

    @property
    def answers_holes(self) -> bool:
        """Whether there is somebody to ask for a hole."""
        return bool(self._planners) and self._planners[0].answers_holes

    @property
    def is_written(self) -> bool:
        """Whether the planner whose turn it is has written already what it will say."""
        return bool(self._planners) and self._planners[0].is_written

    async def ask(self, request: Request, until: float) -> str | None:
        """A script, which may be empty; None once nobody has more to say, or a bound is reached. Nobody is waited for
        longer than half of the time that is left."""
        counts, config = self._counts, self._config
        while self._planners and (left_s := until - self._clock()) > 0:
            most_tokens = config.tokens - counts.tokens_out
            if counts.calls >= config.calls or most_tokens <= 0:
                return None
            began = self._clock()
            try:
                async with asyncio.timeout(min(left_s, max(_LEAST_ANSWER_S, left_s / 2))):
                    answer = await self._propose(replace(request, asked=self._asked), most_tokens)
            except (ModelError, TimeoutError) as error:
                log.warning("%s is asked no more about this theorem: %s", self.name, error or "no answer in time")
                self._usable.remove(self._planners[0])
                answer = None
            finally:
                counts.model_s += self._clock() - began
            if answer is not None:
                self._asked += 1
                return answer.script
            self._planners.pop(0)
            self._asked = 0
        return None

    def dismiss(self) -> None:
        """Ask the planner whose turn it is no more, unless asking costs nothing."""
        if not self.is_written:
            self._usable.remove(self._planners.pop(0))
            self._asked = 0

    def begin_again(self) -> None:
        """Ask all of them for something else, but for those that failed."""
        self._planners, self._asked = list(self._usable), 0

    async def _propose(self, request: Request, most_tokens: int) -> Answer | None:
        counts = self._counts
        counts.calls += 1
        answer = await self._planners[0].propose(request, most_tokens)
        if answer is None:
            counts.calls -= 1  # nobody was asked
            return None
        counts.tokens_in += answer.tokens_in
        counts.tokens_out += answer.tokens_out
        return answer
