"""Several actors that do the same: each call goes to the least busy, and elsewhere when its actor is lost."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from prover.cluster.handle import ActorLost, Handle, Patience

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Member:
    """One actor of a fleet."""

    index: int
    handle: Handle
    in_flight: int = 0
    losses: int = 0
    resting_until: float = 0.0
    is_gone: bool = False


class Fleet:
    """Calls spread over `handles`. An actor that was lost is left alone for a while: it is being started again."""

    def __init__(
        self,
        name: str,
        handles: Sequence[Handle],
        *,
        patience: Patience = Patience(),  # noqa: B008 (frozen)
        rest_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.members = [Member(index, handle) for index, handle in enumerate(handles)]
        self._name = name
        self._patience = patience
        self._rest_s = rest_s
        self._clock = clock

    async def call(self, method: str, *arguments: object, deadline_s: float) -> Any:
        """The answer of one of them. Raises the last ActorLost after `patience.retries` more tries."""
        tried: list[Member] = []
        while True:
            member = self.pick(tried)
            member.in_flight += 1
            try:
                return await member.handle.call(method, *arguments, deadline_s=deadline_s)
            except ActorLost as loss:
                self.mark_lost(member, loss)
                tried.append(member)
                if len(tried) > self._patience.retries:
                    raise
            finally:
                member.in_flight -= 1
            await self._patience.pause(len(tried) - 1)

    def pick(self, tried: Sequence[Member] = ()) -> Member:
        """The least busy of those that are not known to be lost and have not been `tried` before.

        Raises ActorLost when all are gone for good.
        """
        left = [member for member in self.members if not member.is_gone]
        if not left:
            raise ActorLost(f"every {self._name} is gone for good", is_final=True)
        now = self._clock()
        return min(left, key=lambda each: (tried.count(each), each.resting_until > now, each.in_flight, each.index))

    def mark_lost(self, member: Member, loss: ActorLost) -> None:
        """A call found `member` gone."""
        log.warning("%s %d was lost: %s", self._name, member.index, loss)
        member.losses += 1
        member.is_gone = loss.is_final
        member.resting_until = self._clock() + self._rest_s

    async def ask_all(self, method: str, *, deadline_s: float) -> list[Any]:
        """What all of them answer; those that are lost are left out."""
        answers = await asyncio.gather(
            *(each.handle.call(method, deadline_s=deadline_s) for each in self.members if not each.is_gone),
            return_exceptions=True,
        )
        for answer in answers:
            if isinstance(answer, BaseException) and not isinstance(answer, ActorLost):
                raise answer
        return [answer for answer in answers if not isinstance(answer, ActorLost)]
