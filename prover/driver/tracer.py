"""Writes the expansions and events of a search loop into the theorem's trace."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from prover.driver.expanded import Expanded
from prover.driver.loop import Observer
from prover.driver.steering import Steering
from prover.run.trace import TraceExpansion, TraceWriter, trace_expansion
from prover.tasks import TheoremTask
from search.events import Event


def traced(expanded: Expanded, *, index: int, at_s: float) -> TraceExpansion:
    """The record of a finished expansion, the `index`-th of its search, `at_s` seconds after its start."""
    expansion = expanded.expansion
    return trace_expansion(
        expansion.state,
        expanded.tried,
        index=index,
        path=expansion.path,
        at_s=at_s,
        value=expansion.node.value,
        priority=expansion.priority,
        policy_s=expanded.policy_s,
        is_whole=expansion.draw.is_whole and not expanded.is_cut,
        is_cut=expanded.is_cut,
    )


class Onlooker(Protocol):
    """Somebody who looks on at one search."""

    def expanded(self, expansion: TraceExpansion) -> None:
        """An expansion has ended."""

    def steerable(self, steering: Steering) -> None:
        """The search can be steered from now on."""

    def ended(self) -> None:
        """The search is over."""


def observer_at(path: Path, task: TheoremTask, attempt: int, onlooker: Onlooker | None = None) -> Observer:
    """An observer that traces one search of an attempt into the file at `path`, and shows it to the onlooker."""
    header = {"id": task.id, "name": task.name, "attempt": attempt, "statement": task.statement}
    return Tracer(partial(TraceWriter, path, header), onlooker=onlooker)


class Tracer:
    """An observer that writes one search's expansions for readers and its events for replay. The file appears with the
    first of them."""

    def __init__(
        self,
        open_writer: Callable[[], TraceWriter],
        clock: Callable[[], float] = time.monotonic,
        *,
        onlooker: Onlooker | None = None,
    ) -> None:
        self._open_writer = open_writer
        self._onlooker = onlooker
        self._clock = clock
        self._began = clock()
        self._writer: TraceWriter | None = None
        self._count = 0

    def record(self, event: Event) -> None:
        """Keep an event of the search."""
        self._file().write_event(event)

    def __call__(self, expanded: Expanded) -> None:
        record = traced(expanded, index=self._count, at_s=self._clock() - self._began)
        self._file().write(record)
        self._count += 1
        if self._onlooker is not None:
            self._onlooker.expanded(record)

    def steerable(self, steering: Steering) -> None:
        """Hand the steering to the onlooker."""
        if self._onlooker is not None:
            self._onlooker.steerable(steering)

    def _file(self) -> TraceWriter:
        if self._writer is None:
            self._writer = self._open_writer()
        return self._writer

    def close(self) -> None:
        """Flush what is left. Safe to call when nothing was traced."""
        if self._writer is not None:
            self._writer.close()
        if self._onlooker is not None:
            self._onlooker.ended()


class Untraced:
    """An observer that writes nothing."""

    record = None

    def __call__(self, expanded: Expanded) -> None:
        pass

    def steerable(self, steering: Steering) -> None:
        pass

    def close(self) -> None:
        pass
