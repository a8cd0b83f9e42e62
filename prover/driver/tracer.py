"""Writes the expansions and events of a search loop into the theorem's trace."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from prover.driver.loop import Expanded, Observer
from prover.run.trace import TraceWriter, trace_expansion
from prover.tasks import TheoremTask
from search.events import Event


def observer_at(path: Path, task: TheoremTask, attempt: int) -> Observer:
    """An observer that traces one search of an attempt into the file at `path`."""
    header = {"id": task.id, "name": task.name, "attempt": attempt, "statement": task.statement}
    return Tracer(partial(TraceWriter, path, header))


class Tracer:
    """An observer that writes one search's expansions for readers and its events for replay. The file appears with the
    first of them."""

    def __init__(self, open_writer: Callable[[], TraceWriter], clock: Callable[[], float] = time.monotonic) -> None:
        self._open_writer = open_writer
        self._clock = clock
        self._began = clock()
        self._writer: TraceWriter | None = None
        self._count = 0

    def record(self, event: Event) -> None:
        """Keep an event of the search."""
        self._file().write_event(event)

    def __call__(self, expanded: Expanded) -> None:
        expansion = expanded.expansion
        self._file().write(
            trace_expansion(
                expansion.state,
                expanded.tried,
                index=self._count,
                path=[step.tactic for step in expansion.path],
                at_s=self._clock() - self._began,
                value=expansion.node.value,
                policy_s=expanded.policy_s,
            )
        )
        self._count += 1

    def _file(self) -> TraceWriter:
        if self._writer is None:
            self._writer = self._open_writer()
        return self._writer

    def close(self) -> None:
        """Flush what is left. Safe to call when nothing was traced."""
        if self._writer is not None:
            self._writer.close()


class Untraced:
    """An observer that writes nothing."""

    record = None

    def __call__(self, expanded: Expanded) -> None:
        pass

    def close(self) -> None:
        pass
