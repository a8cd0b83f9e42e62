"""Ends searches of callers that are gone: over HTTP a client that was killed says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Leases:
    """Calls `stop` for each job that nobody has asked for in so many seconds."""

    def __init__(self, stop: Callable[[str], object], unasked_s: float) -> None:
        self._stop = stop
        self._unasked_s = unasked_s
        self._due: dict[str, asyncio.TimerHandle] = {}

    def begin(self, job: str) -> None:
        """From now on somebody has to ask for it."""
        self._due[job] = asyncio.get_running_loop().call_later(self._unasked_s, self._end, job)

    def renew(self, job: str) -> None:
        """Somebody asks for it. Jobs that others began are theirs, and none of this object's."""
        if job in self._due:
            self._due[job].cancel()
            self.begin(job)

    def _end(self, job: str) -> None:
        del self._due[job]
        self._stop(job)
