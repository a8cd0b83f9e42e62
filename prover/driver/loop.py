"""One search against a policy, Lean and a critic: keeps its expansions in flight until it is done."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Sequence
from typing import Protocol

from prover.driver.expanded import Expanded
from prover.driver.steering import Steering
from search.base import Candidate, Critic, Environment, Path, Policy, Premise, ProofState, TacticCall
from search.budget import StopReason
from search.events import Event
from search.expansion import Expansion
from search.side_by_side import AnySearch

_PREMISES_S = 2.0
"""How long an expansion waits for premises; a question takes milliseconds where the index is there."""


class Observer(Protocol):
    """Is told of every expansion when it ends, and keeps the search's events if it has a `record` for them."""

    @property
    def record(self) -> Callable[[Event], None] | None: ...

    def __call__(self, expanded: Expanded) -> None: ...

    def steerable(self, steering: Steering) -> None:
        """The search can be steered from now on, until the observation ends."""

    def close(self) -> None:
        """End the observation: the search is over."""


class SearchLoop:
    """Drives `search` with at most `width` expansions in flight. Closes none of its arguments."""

    def __init__(
        self,
        search: AnySearch,
        environment: Environment,
        policy: Policy,
        critic: Critic | None,
        *,
        width: int,
        observe: Observer,
        clock: Callable[[], float],
        steering: Steering | None = None,
    ) -> None:
        self._search = search
        self._environment = environment
        self._policy = policy
        self._critic = critic
        self._width = width
        self._observe = observe
        self._clock = clock
        self._steering = steering
        self._flying: dict[asyncio.Task[None], Expansion] = {}
        self._scoring: set[asyncio.Task[None]] = set()
        self._asked: set[int] = set()

    async def run(self) -> None:
        """Drive until `search.done`. Faults of the policy or the critic are raised; those of Lean are outcomes."""
        try:
            while self._goes_on():
                self._start_scoring()
                if self._steering is None or not self._steering.is_paused:
                    self._plan()
                await self._wait()
        finally:
            await self._stop()

    def _goes_on(self) -> bool:
        done = self._search.done
        if done is StopReason.PROVED and any(expansion.draw.is_whole for expansion in self._flying.values()):
            return True
        return done is None if self._steering is None else self._steering.goes_on(done)

    def _plan(self) -> None:
        for expansion in self._search.plan(self._width - len(self._flying)):
            self._flying[asyncio.create_task(self._expand(expansion))] = expansion

    async def _wait(self) -> None:
        pending: set[asyncio.Future[None]] = {*self._flying, *self._scoring}
        is_paused = self._steering is not None and self._steering.is_paused
        if not pending and not is_paused:
            return  # the time was over between the question whether it is and the planning
        if self._steering is not None:
            pending.add(self._steering.news)
        left_s = self._left_s()
        if self._steering is not None and self._steering.pause_left_s is not None:
            left_s = self._steering.pause_left_s
        timeout_s = None if left_s == math.inf else max(0.0, left_s)
        ended, _ = await asyncio.wait(pending, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            if isinstance(task, asyncio.Task):
                self._flying.pop(task, None)
                self._scoring.discard(task)
            if not task.cancelled():  # what was dropped as unwanted has nothing to say
                task.result()
        self._drop_unwanted()

    def _left_s(self) -> float:
        """Seconds until the search's time is over."""
        wall_s = self._search.budget.wall_s
        return math.inf if wall_s is None else max(0.0, wall_s - self._search.spent.wall_s)

    def _drop_unwanted(self) -> None:
        """Cancel expansions that can no longer help, so that their tactics free their place in Lean's queue."""
        for task, expansion in list(self._flying.items()):
            if not task.done() and not self._search.is_wanted(expansion.id):
                task.cancel()

    async def _stop(self) -> None:
        tasks = [*self._flying, *self._scoring]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ------------------------------------------------------------------------------------------------- expansions

    async def _expand(self, expansion: Expansion) -> None:
        expanded = Expanded(expansion)
        is_answered = False
        try:
            candidates = expansion.given if expansion.given is not None else await self._ask(expanded)
            calls = self._search.absorb_candidates(expansion.id, candidates)
            is_answered = not calls or await self._apply(expansion, calls, expanded)
        finally:
            if not is_answered:
                with contextlib.suppress(KeyError):
                    self._search.abandon(expansion.id)
            self._observe(expanded.end(is_answered=is_answered))

    async def _ask(self, expanded: Expanded) -> Sequence[Candidate]:
        """Ask the policy for an expansion's candidates, with the premises it wants."""
        expansion = expanded.expansion
        premises = await self._premises(expansion.path)
        began = self._clock()
        (candidates,) = await self._policy.propose([expansion.request(premises)])
        expanded.policy_s = self._clock() - began
        return candidates

    async def _premises(self, path: Path) -> Sequence[Premise]:
        """The premises that the policy wants; none where they take long: a worker that meets the library for the first
        time makes an index of it, and tactics that need no premise don't wait for that."""
        if not self._policy.num_premises:
            return ()
        try:
            async with asyncio.timeout(_PREMISES_S):
                return await self._environment.premises(path, self._policy.num_premises)
        except TimeoutError:
            return ()

    async def _apply(self, expansion: Expansion, calls: Sequence[TacticCall], expanded: Expanded) -> bool:
        """Run the calls. Returns whether all were answered: the time may end, or the rest not be wanted any more."""
        done = 0
        async with contextlib.aclosing(self._environment.stream(expansion.path, calls, self._left_s())) as stream:
            async for outcomes in stream:
                expanded.tried += zip(expansion.candidates[done : done + len(outcomes)], outcomes, strict=True)
                self._search.absorb_outcomes(expansion.id, outcomes)
                done += len(outcomes)
                is_over = self._has_spent_lean() and not expansion.draw.is_whole
                if done < len(calls) and (is_over or not self._search.is_wanted(expansion.id)):
                    return False
                self._start_scoring()
        return done == len(calls)

    def _has_spent_lean(self) -> bool:
        """Whether Lean's seconds are used up: the rest of an expansion could take as long as a whole small budget."""
        limit = self._search.budget.lean_s
        return limit is not None and self._search.spent.lean_s >= limit

    # ---------------------------------------------------------------------------------------------------- scoring

    def _start_scoring(self) -> None:
        fresh = [(index, state) for index, state in self._search.unscored() if index not in self._asked]
        if fresh:
            self._asked.update(index for index, _ in fresh)
            self._scoring.add(asyncio.create_task(self._score(fresh)))

    async def _score(self, nodes: Sequence[tuple[int, ProofState]]) -> None:
        if self._critic is None:
            raise ValueError("the search wants values and there is no critic")
        values = await self._critic.score(self._search.theorem, [state for _, state in nodes])
        self._search.absorb_values([(index, value) for (index, _), value in zip(nodes, values, strict=True)])
