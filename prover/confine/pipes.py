"""The pipes to a process and from it, on the event loop.

asyncio's transports do the same for any kind of stream, but cost several times as much for each message
(docs/log/2026-11.md), which shows beside a short tactic. This file doesn't know whether the process is alive.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable

_READ_BYTES = 64 * 1024  # what a pipe holds


class Incoming:
    """Calls `on_data` with the bytes that arrive at a descriptor, and `on_end` at their end. Owns the descriptor."""

    def __init__(self, descriptor: int, *, on_data: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_data = on_data
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._is_closed = False
        os.set_blocking(descriptor, False)
        self._loop.add_reader(descriptor, self._on_readable)

    def close(self) -> None:
        """Call neither callback any more, and close the descriptor. Safe to call twice."""
        if not self._is_closed:
            self._is_closed = True
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)

    def _on_readable(self) -> None:
        try:
            data = os.read(self._descriptor, _READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._on_data(data)
        else:
            self.close()
            self._on_end()


class Outgoing:
    """Takes bytes at any time and writes them in order, without ever blocking. Owns the descriptor.

    Bytes for a reader that is gone are dropped.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[memoryview] = deque()  # what the pipe had no room for yet
        self._is_closing = False
        self._is_closed = False
        os.set_blocking(descriptor, False)

    def write(self, data: bytes) -> None:
        if self._is_closing:
            return
        rest = memoryview(data)
        if not self._waiting:
            rest = rest[self._written(rest) :]
        if rest and not self._is_closed:
            if not self._waiting:
                self._loop.add_writer(self._descriptor, self._on_writable)
            self._waiting.append(rest)

    def finish(self) -> None:
        """Close the descriptor when everything is written, so that the reader sees the end of its input."""
        self._is_closing = True
        if not self._waiting:
            self.close()

    def close(self) -> None:
        """Close the descriptor now; what is not written is dropped. Safe to call twice."""
        self._is_closing = True
        if not self._is_closed:
            self._is_closed = True
            self._waiting.clear()
            self._loop.remove_writer(self._descriptor)
            os.close(self._descriptor)

    def _on_writable(self) -> None:
        rest = self._waiting[0]
        rest = rest[self._written(rest) :]
        if self._is_closed:
            return
        if rest:
            self._waiting[0] = rest
            return
        self._waiting.popleft()
        if not self._waiting:
            self._loop.remove_writer(self._descriptor)
            if self._is_closing:
                self.close()

    def _written(self, data: memoryview) -> int:
        """Write as much of `data` as the pipe takes. Returns the number of bytes."""
        try:
            return os.write(self._descriptor, data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:  # nobody reads it any more
            self.close()
            return 0
