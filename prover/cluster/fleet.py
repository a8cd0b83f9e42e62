"""Fleets of equal actors: a call goes to the least busy one, and to another if that is lost."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from prover.cluster.handle import ActorLost, Handle, is_final
from prover.errors import StepwiseError
from prover.keeper import Patience, started

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Member:
    """One actor of a fleet."""

    index: int
    handle: Handle
    in_flight: int = 0
    losses: int = 0
    failed_starts: int = 0  # in a row
    resting_until: float = 0.0
    is_ready: bool = True
    is_gone: bool = False


class Fleet:
    """Spreads calls over `handles`. A lost actor, which is being started again, gets none for `rest_s` seconds.

    As an async context it calls `ready` on each actor at first and after each loss, with `start_s` seconds to answer,
    and sends calls to actors that have answered: none waits for a machine that is still to come.
    """

    def __init__(
        self,
        name: str,
        handles: Sequence[Handle],
        *,
        patience: Patience = Patience(),  # noqa: B008 (frozen)
        rest_s: float = 5.0,
        start_s: float = 1800.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.members = [Member(index, handle) for index, handle in enumerate(handles)]
        self._name = name
        self._patience = patience
        self._rest_s = rest_s
        self._start_s = start_s
        self._clock = clock
        self._is_asking = False
        self._asking: set[asyncio.Task[None]] = set()
        self._fault: Exception | None = None
        self._last_loss: ActorLost | None = None
        self._changed = asyncio.Event()
        self._outage_s = 0.0
        self._outage_since: float | None = None

    async def __aenter__(self) -> Fleet:
        self._is_asking = True
        for member in self.members:
            self._ask_ready(member)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_asking = False
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)

    async def call(self, method: str, *arguments: object, deadline_s: float) -> Any:
        """The result of a method on some actor. Raises the last ActorLost after `patience.retries` further tries."""
        tried: list[Member] = []
        while True:
            tried.append(await self.choose(tried))
            try:
                return await self.ask(tried[-1], method, *arguments, deadline_s=deadline_s)
            except ActorLost:
                if self._patience.is_over(len(tried)):
                    raise
            await self._patience.pause(len(tried))

    async def ask(self, member: Member, method: str, *arguments: object, deadline_s: float) -> Any:
        """The result of a method on this actor. Its loss is noted and raised."""
        member.in_flight += 1
        try:
            return await member.handle.call(method, *arguments, deadline_s=deadline_s)
        except ActorLost as loss:
            self.mark_lost(member, loss)
            raise
        finally:
            member.in_flight -= 1

    async def choose(self, tried: Sequence[Member] = ()) -> Member:
        """As `pick`, after the wait for an actor that is ready. Raises what `ready` raised, and ActorLost after
        `start_s` seconds."""
        until = self._clock() + self._start_s
        while not any(member.is_ready for member in self.members if not member.is_gone):
            if self._fault is not None:
                raise self._fault
            if all(member.is_gone for member in self.members):
                break
            self._changed.clear()
            try:
                async with asyncio.timeout(max(0.0, until - self._clock())):
                    await self._changed.wait()
            except TimeoutError as error:
                raise ActorLost(f"no {self._name} was ready within {self._start_s:g} s") from error
        return self.pick(tried)

    async def gather(self, at_least: int | None = None) -> None:
        """Wait until all actors (or `at_least` so many) are ready.

        Raises what `ready` raised, and ActorLost if one is gone for good or was lost too often while it started.
        """
        enough = len(self.members) if at_least is None else at_least
        while sum(member.is_ready for member in self.members) < enough:
            if self._fault is not None:
                raise self._fault
            lost = [each for each in self.members if each.is_gone or each.failed_starts > self._patience.retries]
            if len(self.members) - len(lost) < enough:
                raise ActorLost(f"{self._name} {lost[0].index} does not start: {self._last_loss}", is_final=True)
            self._changed.clear()
            await self._changed.wait()

    def outage_s(self) -> float:
        """The seconds so far in which no actor was ready."""
        since = self._outage_since
        return self._outage_s + (0.0 if since is None else self._clock() - since)

    def _note_outage(self) -> None:
        """Begin or end the outage, after a change of who is ready."""
        is_out = not any(member.is_ready and not member.is_gone for member in self.members)
        if is_out and self._outage_since is None:
            self._outage_since = self._clock()
        elif not is_out and self._outage_since is not None:
            self._outage_s += self._clock() - self._outage_since
            self._outage_since = None

    def pick(self, tried: Sequence[Member] = ()) -> Member:
        """The least busy actor, if possible one that is ready, was not `tried` and was not lost lately.

        Raises ActorLost if all are lost for good.
        """
        left = [member for member in self.members if not member.is_gone]
        if not left:
            raise ActorLost(f"every {self._name} is gone for good: {self._last_loss}", is_final=True)
        now = self._clock()

        def cost(member: Member) -> tuple[bool, int, bool, int, int]:
            is_resting = member.resting_until > now
            return (not member.is_ready, tried.count(member), is_resting, member.in_flight, member.index)

        return min(left, key=cost)

    def mark_lost(self, member: Member, loss: ActorLost) -> None:
        """Note the loss of an actor during a call."""
        log.warning("%s %d was lost: %s", self._name, member.index, loss)
        member.losses += 1
        member.is_gone = loss.is_final
        self._last_loss = loss
        member.resting_until = self._clock() + self._rest_s
        if self._is_asking and member.is_ready:
            self._ask_ready(member)

    def _ask_ready(self, member: Member) -> None:
        member.is_ready = False
        self._note_outage()
        task = asyncio.create_task(self._until_ready(member))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def _until_ready(self, member: Member) -> None:
        """Call `ready` until it returns, the actor is lost for good, or raises another fault."""

        def note(fault: StepwiseError, failures: int) -> None:
            if isinstance(fault, ActorLost):
                member.is_gone = fault.is_final
                member.failed_starts = failures
                self._last_loss = fault
                self._changed.set()

        async def ask() -> None:
            await member.handle.call("ready", deadline_s=self._start_s)

        try:
            await started(ask, replace(self._patience, retries=math.inf), on_failure=note, is_final=is_final)
        except ActorLost:
            pass
        except StepwiseError as fault:  # a model that doesn't load, another Lean
            self._fault = fault
        else:
            member.failed_starts = 0
            member.is_ready = True
            self._note_outage()
        self._changed.set()

    async def ask_all(self, method: str, *, deadline_s: float) -> list[Any]:
        """The results of a method on all actors that are ready, without those lost meanwhile."""
        there = [each for each in self.members if each.is_ready and not each.is_gone]
        answers = await asyncio.gather(
            *(each.handle.call(method, deadline_s=deadline_s) for each in there),
            return_exceptions=True,
        )
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, ActorLost):
                raise answer
        return [answer for answer in answers if not isinstance(answer, ActorLost)]
