"""How a command ends when it is told to, by Ctrl-C or SIGTERM: in good order, but within seconds whatever it is at."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, NoReturn, TypeVar

from prover.confine.process_tree import process_tree
from prover.errors import StepwiseError

T = TypeVar("T")

_GRACE_S = 3.0
"""How long an orderly end may take: on a busy machine the interpreter's own end takes two seconds more."""
_TWICE_S = 0.3
"""A signal comes twice at once where a process and its group are told, as `timeout` does."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Told(BaseException):
    """The command was told to end, and did. Like KeyboardInterrupt, no fault that a handler of faults may take."""

    def __init__(self, signum: int) -> None:
        super().__init__(signal.Signals(signum).name)
        self.exit_code = 128 + signum


def run_until_told(work: Coroutine[Any, Any, T], last_words: Callable[[], str] = lambda: "interrupted") -> T:
    """Run `work` on an event loop of its own. The first Ctrl-C or SIGTERM cancels it, and then Told is raised; a second
    one, or _GRACE_S seconds, end the process on the spot, with all that it started and with `last_words` on standard
    error."""
    ear = _Ear(last_words)
    try:
        return asyncio.run(ear.hearing(work))
    except (asyncio.CancelledError, StepwiseError):
        if ear.told:  # a fault of what was cut off says nothing
            raise Told(ear.told) from None
        raise
    finally:
        ear.close()


class _Ear:
    """Hears signals for one piece of work. `told` is the first one that came, or 0."""

    def __init__(self, last_words: Callable[[], str]) -> None:
        self.told = 0
        self._told_at = 0.0
        self._last_words: Callable[[], str] | None = last_words
        self._before = {signum: signal.getsignal(signum) for signum in (*_SIGNALS, signal.SIGALRM)}

    async def hearing(self, work: Coroutine[Any, Any, T]) -> T:
        """Await the work, which the first signal cancels."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def hear(signum: int, _frame: FrameType | None) -> None:
            if self.told and time.monotonic() - self._told_at > _TWICE_S:
                self._end_now(signum)
            if not self.told:
                self.told, self._told_at = signum, time.monotonic()
                signal.signal(signal.SIGALRM, lambda *_: self._end_now(signum))
                signal.setitimer(signal.ITIMER_REAL, _GRACE_S)
                loop.call_soon_threadsafe(task.cancel)

        for signum in _SIGNALS:
            if self._before[signum] is not signal.SIG_IGN:  # as a shell has it for what runs in the background
                signal.signal(signum, hear)
        return await work

    def close(self) -> None:
        """The work is over: there are no last words any more. Once told, the process hears as before, and its grace
        goes on."""
        self._last_words = None
        if self.told:
            atexit.register(_grow_deaf)
        else:
            for signum, handler in self._before.items():
                signal.signal(signum, handler)

    def _end_now(self, signum: int) -> NoReturn:
        _end_now(signum, "" if self._last_words is None else f"\n{self._last_words()}\n")


def _grow_deaf() -> None:
    """The interpreter takes its handlers away before it is gone: a late second signal would change the exit code."""
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    for signum in _SIGNALS:
        signal.signal(signum, signal.SIG_IGN)


def _end_now(signum: int, last_words: str) -> NoReturn:
    """Without waiting for threads, for Lean, or for what is being written: every file is whole or not there."""
    for pid in list(process_tree(os.getpid()))[1:]:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    if sys.stderr is not None:
        cursor = "\x1b[?25h" if sys.stderr.isatty() else ""  # the live screen hides it
        with contextlib.suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), f"{cursor}{last_words}".encode())
    os._exit(128 + signum)
