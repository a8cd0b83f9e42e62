"""Samples the busy share of each kind of actor, and the lengths of its queues, during a run: `utilisation.jsonl`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger(__name__)


Sample = Mapping[str, float]
"""One line of `utilisation.jsonl`."""


@dataclass(frozen=True, slots=True)
class Load:
    """The load of a run's components at one moment. `busy_s` has, for each kind of actor, the mean seconds that an
    actor has been at work so far, over the number of actors in `counts` (1 if missing); `gauges` are plain numbers
    (queue lengths, megabytes)."""

    busy_s: Mapping[str, float] = field(default_factory=dict)
    gauges: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


def merged(loads: Iterable[Load]) -> Load:
    """The load of several components together: busy seconds are averaged over the actors of a kind, gauges added."""
    total_s: dict[str, float] = {}
    counts: dict[str, int] = {}
    gauges: dict[str, float] = {}
    for load in loads:
        for kind, busy_s in load.busy_s.items():
            count = load.counts.get(kind, 1)
            total_s[kind] = total_s.get(kind, 0.0) + busy_s * count
            counts[kind] = counts.get(kind, 0) + count
        for name, value in load.gauges.items():
            gauges[name] = gauges.get(name, 0) + value
    return Load({kind: total / max(1, counts[kind]) for kind, total in total_s.items()}, gauges, counts)


class UtilisationLog:
    """Turns loads into one line a sample: `at_s`, `KIND_busy` (the share since the sample before) and the gauges."""

    def __init__(self, path: Path, read: Callable[[], Load], clock: Callable[[], float]) -> None:
        self._path = path
        self._read = read
        self._clock = clock
        self._last_at = clock()
        self._began = self._last_at - _last_at_s(path)  # a resumed run continues its own time
        self._last = read().busy_s

    def sample(self) -> Sample | None:
        """Append one line and return it; None if no time has passed. A disk that refuses the line is only logged: a run
        must not end for want of its own statistics."""
        now, load = self._clock(), self._read()
        passed = now - self._last_at
        if passed <= 0:
            return None
        shares = {
            f"{kind}_busy": round(min(1.0, max(0.0, (busy - self._last.get(kind, 0.0)) / passed)), 4)
            for kind, busy in load.busy_s.items()
        }
        self._last_at, self._last = now, load.busy_s
        taken = {"at_s": round(now - self._began, 2), **shares, **load.gauges}
        try:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(taken, separators=(",", ":")) + "\n")
        except OSError as error:
            log.warning("%s: %s", self._path, error.strerror)
        return taken


def _last_at_s(path: Path) -> float:
    try:
        last = path.read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
        return float(json.loads(last[0])["at_s"]) if last else 0.0
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0


@contextlib.asynccontextmanager
async def sampled(
    path: Path,
    read: Callable[[], Load],
    clock: Callable[[], float],
    *,
    every_s: float = 1.0,
    listeners: Sequence[Callable[[Sample], None]] = (),
) -> AsyncIterator[None]:
    """Sample every `every_s` seconds while the block lasts, telling the listeners, and once more at its end."""
    samples = UtilisationLog(path, read, clock)

    async def keep_on() -> None:
        while True:
            await asyncio.sleep(every_s)
            if (taken := samples.sample()) is not None:
                for listener in listeners:
                    listener(taken)

    task = asyncio.create_task(keep_on())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        samples.sample()
