"""The requests that a Lean process has not answered yet: their order, their deadlines, and which are cancelled.

The process serves requests one at a time, in the order of sending. The time limit of a request runs from the moment
when the request before it was answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class ProcessUse:
    """The work and memory of a process so far. Times in seconds, sizes in bytes.

    `stray_s` is processor time that no request can have needed: all of it while no request was pending, and the time
    beyond one core while some were. It shows threads that a tactic left running.
    """

    busy_s: float = 0.0
    stray_s: float = 0.0
    requests: int = 0
    late_replies: int = 0
    noise_lines: int = 0
    rss_bytes: int = 0
    peak_rss_bytes: int = 0


@dataclass(slots=True)
class _Request:
    future: asyncio.Future[dict[str, Any]]
    timeout_s: float
    place: int  # in the order of sending, from 1
    is_unwanted: bool = False
    started: float = 0.0  # by our clock
    deadline: float = 0.0  # by the event loop's


class Requests:
    """The requests that are sent and not answered; their times and numbers are added to `use`.

    When the process begins with a cancelled request, or is at work on a request that is cancelled, `interrupt` is
    called with the request's place (from 1). When a request is not answered by its deadline, `on_late` is called with
    the request's time limit in seconds.
    """

    def __init__(
        self,
        use: ProcessUse,
        *,
        clock: Callable[[], float],
        interrupt: Callable[[int], None],
        on_late: Callable[[float], None],
    ) -> None:
        self._use = use
        self._clock = clock
        self._interrupt = interrupt
        self._on_late = on_late
        self._loop = asyncio.get_running_loop()
        self._sent: dict[int, _Request] = {}  # in that order
        self._timer: asyncio.TimerHandle | None = None
        self._busy_since = 0.0

    @property
    def busy_s(self) -> float:
        """The seconds so far in which at least one request was pending."""
        return self._use.busy_s + (self._clock() - self._busy_since if self._sent else 0.0)

    def add(self, number: int, timeout_s: float) -> asyncio.Future[dict[str, Any]]:
        """Record that a request is sent under `number`. Returns the future of its answer."""
        future: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        self._use.requests += 1
        self._sent[number] = _Request(future, timeout_s, self._use.requests)
        if len(self._sent) == 1:
            self._busy_since = self._clock()
            self._next()
        return future

    def resolve(self, answer: dict[str, Any]) -> None:
        """Give an answer, without its number, to the future of its request. An answer of no request counts as noise."""
        number = answer.pop("id", None)
        request = self._sent.pop(number, None) if isinstance(number, int) else None
        if request is None:
            self._use.noise_lines += 1
            return
        if request.future.done():
            self._use.late_replies += 1
        else:
            request.future.set_result(answer)
        self._next()

    def resolve_next(self, answer: dict[str, Any]) -> bool:
        """Give an answer without a number to the request that the process is at work on, with the milliseconds that the
        request took as `ms`. Returns False if there is no request."""
        head = next(iter(self._sent.items()), None)
        if head is None:
            return False
        number, request = head
        self.resolve({**answer, "id": number, "ms": (self._clock() - request.started) * 1000})
        return True

    def cancel(self, future: asyncio.Future[dict[str, Any]]) -> None:
        """Cancel the request of this future: interrupt it now if the process is at work on it, else when it begins."""
        for index, request in enumerate(self._sent.values()):
            if request.future is future and not request.is_unwanted:
                request.is_unwanted = True
                if index == 0:
                    self._interrupt(request.place)

    def time_on(self, future: asyncio.Future[dict[str, Any]]) -> float:
        """The seconds for which the process has been at work on the request of this future; 0 before and after."""
        head = self._head()
        return self._clock() - head.started if head is not None and head.future is future else 0.0

    def fail(self, fault: Callable[[float | None], Exception]) -> None:
        """End every request with a fault, because the process is gone. `fault` is called with the seconds for which the
        process was at work on the request; None if the request only waited."""
        if self._timer is not None:
            self._timer.cancel()
        if self._sent:
            self._use.busy_s += self._clock() - self._busy_since
        for index, request in enumerate(self._sent.values()):
            if not request.future.done():
                request.future.set_exception(fault(self._clock() - request.started if index == 0 else None))
                request.future.exception()  # read: a request may be sent without waiting for its answer
        self._sent.clear()

    def _head(self) -> _Request | None:
        return next(iter(self._sent.values()), None)

    def _next(self) -> None:
        """Start the clock of the first request, on which the process is at work from now on."""
        now = self._clock()
        self._use.busy_s += now - self._busy_since  # at every answer, so that one who is never idle is seen to be busy
        self._busy_since = now
        head = self._head()
        if head is None:
            return
        head.started = now
        head.deadline = self._loop.time() + head.timeout_s
        if head.is_unwanted:
            self._interrupt(head.place)
        if self._timer is None or self._timer.when() > head.deadline:
            self._look_again(head.deadline)

    def _look_again(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(at, self._on_timer)

    def _on_timer(self) -> None:
        """Check the deadline of the request at work. The timer may have been set for an earlier request: setting it
        anew for each costs more than one more check."""
        self._timer = None
        head = self._head()
        if head is None:
            return
        if head.deadline > self._loop.time():
            self._look_again(head.deadline)
        else:
            self._on_late(head.timeout_s)
