"""The texts that jobs work in: each, or each part of it, is read by Lean once, however many jobs ask for it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from prover.assembly.reading import Reads
from prover.errors import UsageError
from prover.tasks.document import document_of
from prover.tasks.record import Reading

_KEPT = 64
_MAX_TEXT = 4 << 20


class Documents:
    """Readings by path, text and how far it was read: a text is its own version. The last few are kept."""

    def __init__(self, read: Reads) -> None:
        self._read = read
        self._readings: OrderedDict[tuple[str, str, int | None], asyncio.Task[Reading]] = OrderedDict()

    async def reading(self, path: str, text: str, until: int | None = None) -> Reading:
        """The theorems of a text, or those up to a line. A job that ends does not end the reading, which others may
        wait for. Raises UsageError if the text is too large."""
        if len(text) > _MAX_TEXT:
            raise UsageError(f"{path}: the text is too large: {len(text)} characters, at most {_MAX_TEXT}")
        whole, key = (path, text, None), (path, text, until)
        if until is not None and whole in self._readings and _is_good(self._readings[whole]):
            key = whole
        reading = self._readings.get(key)
        if reading is None or (reading.done() and not _is_good(reading)):
            reading = asyncio.create_task(self._read_text(*key))
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

    async def _read_text(self, path: str, text: str, until: int | None) -> Reading:
        found = await self._read(document_of(text, path), until)
        return Reading.of_file(found.records, found.notes)


def _is_good(reading: asyncio.Task[Reading]) -> bool:
    return reading.done() and not reading.cancelled() and reading.exception() is None
