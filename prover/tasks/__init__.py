"""The inputs of a run: every kind of input becomes canonical records; bad ones are refused one by one."""

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
