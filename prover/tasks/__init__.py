"""The inputs of a run: every kind of input becomes canonical records; bad ones are refused one by one."""

from prover.tasks.document import Document, OpenSpan
from prover.tasks.load import lineage, load_tasks
from prover.tasks.record import (
    Hole,
    HoleStyle,
    Refused,
    TaskKind,
    TaskList,
    TheoremTask,
    fill_document,
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
    "fill_document",
    "lineage",
    "load_tasks",
]
