"""The inputs of a run: every kind of input becomes canonical records; bad ones are refused one by one."""

from prover.tasks.document import Document, OpenSpan
from prover.tasks.filled import fill_document
from prover.tasks.holes import Hole, HoleStyle
from prover.tasks.load import lineage, load_tasks
from prover.tasks.record import Refused, TaskKind, TaskList, TheoremTask

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
