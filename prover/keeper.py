"""Keeps one thing up that may be lost at any time: a process, or an actor in another one.

A keeper starts it, again with growing pauses where that fails, starts another when it is lost, and replaces it by a
warm one when it has served long enough. What the thing is, and how one sees that it is lost, its owner knows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from prover.errors import StepwiseError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, and after which pauses in seconds, a failure is met with another try (`math.inf`: for ever)."""

    retries: float = 3
    pause_s: float = 0.5  # after the first failure, doubled each time
    longest_pause_s: float = 30.0

    def is_over(self, failures: int) -> bool:
        """Whether so many failures in a row are too many."""
        return failures > self.retries

    async def pause(self, failures: int) -> None:
        """Wait before the next try, after so many failures in a row (at least one)."""
        await asyncio.sleep(min(self.longest_pause_s, self.pause_s * 2 ** min(failures - 1, 32)))


async def started(
    start: Callable[[], Awaitable[T]],
    patience: Patience,
    *,
    on_failure: Callable[[StepwiseError, int], None] = lambda _, __: None,
    is_final: Callable[[StepwiseError], bool] = lambda _: False,
) -> T:
    """What `start` makes. Raises its last StepwiseError when patience is over or a failure `is_final`.

    `on_failure` is told of each, with the number of failures in a row.
    """
    failures = 0
    while True:
        try:
            return await start()
        except StepwiseError as failure:
            failures += 1
            on_failure(failure, failures)
            if patience.is_over(failures) or is_final(failure):
                raise
        await patience.pause(failures)


class Keeper(Generic[T]):
    """One thing and its successors. `on_change` is called when `current` or `fault` has changed."""

    def __init__(
        self,
        start: Callable[[], Awaitable[T]],
        end: Callable[[T], Awaitable[None]],
        patience: Patience,
        *,
        on_change: Callable[[], None] = lambda: None,
        on_failure: Callable[[StepwiseError, int], None] = lambda _, __: None,
        is_final: Callable[[StepwiseError], bool] = lambda _: False,
    ) -> None:
        self.current: T | None = None
        self.fault: StepwiseError | None = None
        """Why nothing is started any more; None while the keeper goes on."""
        self.losses = 0
        self._start = start
        self._end = end
        self._patience = patience
        self._on_change = on_change
        self._on_failure = on_failure
        self._is_final = is_final
        self._needs_another = asyncio.Event()
        self._changed = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def is_renewing(self) -> bool:
        """Whether a successor is being started."""
        return self._needs_another.is_set()

    def begin(self) -> None:
        """Start keeping, again after patience was over; nothing if that is going on."""
        if self._keeping is None or self._keeping.done():
            self.fault = None
            self._keeping = asyncio.create_task(self._keep())

    async def ready(self) -> T:
        """The thing, once it is up. Raises the last failure to start when patience is over."""
        while self.current is None:
            if self.fault is not None:
                raise self.fault
            self._changed.clear()
            await self._changed.wait()
        return self.current

    def lose(self, thing: T) -> None:
        """`thing` is gone: start another. Nothing if it is not the current one."""
        if self.current is thing:
            self.losses += 1
            self._let_go(thing)

    def renew(self, *, is_room_for_two: bool = True) -> None:
        """Replace the current thing, which serves until its successor is ready if there is room for both."""
        if self.current is not None and not is_room_for_two:
            self._let_go(self.current)
        self._needs_another.set()

    async def close(self) -> None:
        """End everything that was started. Safe to call twice."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self.current is not None:
            self._let_go(self.current)
        await asyncio.gather(*self._ending)

    def _let_go(self, thing: T) -> None:
        self.current = None
        self._end_later(thing)
        self._needs_another.set()
        self._tell()

    def _end_later(self, thing: T) -> None:
        task = asyncio.ensure_future(self._end(thing))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _keep(self) -> None:
        while True:
            if self.current is None and self._ending:  # there was no room for two
                await asyncio.wait(self._ending)
            try:
                fresh = await started(self._start, self._patience, on_failure=self._on_failure, is_final=self._is_final)
            except StepwiseError as fault:
                self.fault = fault
                self._tell()
                return
            old, self.current = self.current, fresh
            self._needs_another.clear()
            self._tell()
            if old is not None:
                self._end_later(old)
            await self._needs_another.wait()

    def _tell(self) -> None:
        self._changed.set()
        self._on_change()
