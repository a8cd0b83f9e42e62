"""The texts that jobs work in: each is read by Lean once, however many jobs ask for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from prover.errors import UsageError
from prover.tasks import Document
from prover.tasks.document import document_of
from prover.tasks.record import Reading

_KEPT = 64
_MAX_TEXT = 4 << 20


class Documents:
    """Readings by path and text: a text is its own version. The last few are kept."""

    def __init__(self, read: Callable[[Document], Awaitable[Reading]]) -> None:
        self._read = read
        self._readings: OrderedDict[tuple[str, str], asyncio.Task[Reading]] = OrderedDict()

    async def reading(self, path: str, text: str) -> Reading:
        """The theorems of a text. A job that ends does not end the reading, which others may wait for. Raises
        UsageError if the text is too large."""
        if len(text) > _MAX_TEXT:
            raise UsageError(f"{path}: the text is too large: {len(text)} characters, at most {_MAX_TEXT}")
        key = path, text
        reading = self._readings.get(key)
        if reading is None or (reading.done() and (reading.cancelled() or reading.exception() is not None)):
            reading = asyncio.create_task(self._read_whole(path, text))
            self._readings[key] = reading
        self._readings.move_to_end(key)
        while len(self._readings) > _KEPT:
            self._readings.popitem(last=False)
        return await asyncio.shield(reading)

    async def close(self) -> None:
        """End what is being read."""
        readings = list(self._readings.values())
        for reading in readings:
            reading.cancel()
        await asyncio.gather(*readings, return_exceptions=True)

    async def _read_whole(self, path: str, text: str) -> Reading:
        found = await self._read(document_of(text, path))
        return Reading.of_file(found.records, found.notes)
