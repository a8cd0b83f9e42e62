"""Theorems in: every input shape becomes canonical records, refused record by record."""

from prover.tasks.load import lineage, load_tasks
from prover.tasks.record import (
    Document,
    Hole,
    HoleStyle,
    OpenSpan,
    Refused,
    TaskKind,
    TaskList,
    TheoremTask,
    fill,
    fill_document,
    fingerprint,
)

__all__ = [
    "Document",
    "Hole",
    "HoleStyle",
    "OpenSpan",
    "Refused",
    "TaskKind",
    "TaskList",
    "TheoremTask",
    "fill",
    "fill_document",
    "fingerprint",
    "lineage",
    "load_tasks",
]
