"""Jobs: work that somebody waits for, each with a log of numbered events."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, TypeAlias

from prover.driver.steering import Steering

Json: TypeAlias = dict[str, Any]


class JobState(StrEnum):
    """How far a job is. `DONE` says that it has a result, which may be that nothing was found."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # it has no result; the event `ended` says why
    STOPPED = "stopped"


class Job:
    """One job of a workbench. Its events are plain JSON objects, numbered from 0, each with its `event` (the kind) and
    `at_s`, the seconds since the job's start; the last one is `ended`. `steered` are its searches that run, by what is
    searched beside the statement ("" for the statement itself). docs/interactive.md lists the kinds."""

    def __init__(self, name: str, kind: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.kind = kind
        self.state = JobState.RUNNING
        self.events: list[Json] = []
        self.steered: dict[str, Steering] = {}
        self._clock = clock
        self._began = clock()
        self._news = asyncio.Event()

    @property
    def is_over(self) -> bool:
        return self.state is not JobState.RUNNING

    @property
    def theorem(self) -> str:
        """The name of the theorem that it is about; empty as long as it is not known."""
        return next((str(event["theorem"]) for event in self.events if event["event"] == "begun"), "")

    def tell(self, event: str, **data: Any) -> None:
        """Add an event to the log. A job that is over has nothing more to tell."""
        if self.is_over:
            return
        at_s = round(self._clock() - self._began, 4)
        self.events.append({"number": len(self.events), "event": event, "at_s": at_s, **data})
        self._news.set()

    def end(self, state: JobState, **data: Any) -> None:
        """The last event. A second end changes nothing."""
        self.tell("ended", state=str(state), **data)
        self.state = state

    async def news(self, since: int, timeout_s: float) -> Sequence[Json]:
        """The events from number `since` on, as soon as there are any; none when the time is over or the job is."""
        try:
            async with asyncio.timeout(timeout_s):
                while len(self.events) <= since and not self.is_over:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass
        return self.events[max(0, since) :]
