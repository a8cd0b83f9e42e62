"""Where an editor listens."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Outlet(io.FileIO):
    """Standard output of a server whose editor may be killed at any moment. Then nothing is said any more, and that is
    no fault: the server ends with its standard input."""

    def __init__(self) -> None:
        super().__init__(sys.stdout.fileno(), "w", closefd=False)

    def write(self, data: ReadableBuffer) -> int:
        """Write all of it; the number of bytes."""
        left = memoryview(data)
        size = left.nbytes
        try:
            while left:
                left = left[super().write(left) :]
        except BrokenPipeError:
            pass
        return size
