"""Reads the traces of a run as search trees: for reports, exports, critics and benchmarks alike."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prover.errors import RunFolderError
from prover.learn.tree import SearchTree, build_tree
from prover.run.records import RunData, TheoremRecord
from prover.run.result import Status
from prover.run.trace import TraceExpansion, read_trace

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Searched:
    """A theorem of a run with one search tree of all its attempts."""

    record: TheoremRecord
    tree: SearchTree

    @property
    def statement(self) -> str:
        """The declaration up to its `:=`, which decides its part of the split."""
        return self.record.statement


def searched(run: RunData) -> Iterator[Searched]:
    """Every theorem that left a trace, with its tree, in input order. Damaged traces are skipped with a warning."""
    for record in run.records:
        expansions: list[TraceExpansion] = []
        for path in run.trace_paths(record):
            try:
                expansions += read_trace(path)[1]
            except RunFolderError as error:
                log.warning("left out: %s", error)
        tree = build_tree(expansions, _judged(record))
        if tree is not None:
            yield Searched(record, tree)


def load_tree(run: RunData, record: TheoremRecord, note: str = "") -> tuple[SearchTree | None, str]:
    """The tree of the attempt that counts, or of its search with a note, or None with the reason why its trace is
    unreadable (empty: no trace)."""
    path = run.trace_path(record, note)
    try:
        return (read_tree(path, "" if note else _judged(record)), "") if path is not None else (None, "")
    except RunFolderError as error:
        return None, str(error)


def read_tree(path: Path, judged: str = "") -> SearchTree | None:
    """The tree of one trace, with the script of the judged proof; None if it has no expansion. Raises RunFolderError if
    it can't be read."""
    return build_tree(read_trace(path)[1], judged)


def _judged(record: TheoremRecord) -> str:
    final = record.final
    return final.proof or "" if final is not None and final.status is Status.PROVED else ""
