"""Whose turn it is among several clients of the same workers: Lean's time is shared equally by those who want it."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

CLIENT: ContextVar[str] = ContextVar("client", default="")
"""On whose account the requests of a task, and of the tasks that it starts, are served."""
_STAYS_S = 1.0
"""How long a client counts as there after its last job: between two of its questions it thinks."""


@dataclass(slots=True)
class _Account:
    """Seconds of Lean that were used, the number of jobs that wait or are at work, and when there was last one."""

    used_s: float
    jobs: int = 0
    left_at: float = 0.0


class Turns:
    """The account of each client that is there: it is the turn of the one that used least. Who comes begins with the
    least that any of the others has used: nobody saves time up by being away."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._accounts: dict[str, _Account] = {}
        self._clock = clock

    def come(self, client: str) -> None:
        """A job of the client begins to wait."""
        if client not in self._accounts:
            least = min((account.used_s for account in self._accounts.values()), default=0.0)
            self._accounts[client] = _Account(least)
        self._accounts[client].jobs += 1

    def leave(self, client: str, took_s: float = 0.0) -> None:
        """A job of the client is over, and took so many seconds."""
        account = self._accounts[client]
        account.used_s += took_s
        account.jobs -= 1
        account.left_at = self._clock()
        self._accounts = {name: each for name, each in self._accounts.items() if each.jobs or self._stays(each)}

    def used_s(self, client: str) -> float:
        """The seconds on the account of a client that has jobs."""
        return self._accounts[client].used_s

    @property
    def are_several(self) -> bool:
        """Whether more than one client is there."""
        return len(self._accounts) > 1

    def _stays(self, account: _Account) -> bool:
        return self._clock() - account.left_at < _STAYS_S
