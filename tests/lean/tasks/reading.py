"""A warm step server that reads texts, and what its answers become."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from prover.lean.outline import Outline, read_outline
from prover.tasks import Refused, TheoremTask
from prover.tasks.document import document_of
from prover.tasks.elaborated import theorems_read
from tests.lean.lean_project.step_client import StepServer

OPEN = "theorem before_it (n : Nat) : n = n := by\n  sorry\n\n"


@dataclass(frozen=True)
class Read:
    """A text's tasks by name, the reasons against others, and the notes."""

    tasks: dict[str, TheoremTask]
    refused: dict[str, Refused]
    notes: tuple[str, ...]


def outline_of(server: StepServer, text: str, until: int | None = None) -> Outline:
    part = {} if until is None else {"until": until}
    outline = read_outline(server.ask(outline=text, **part), 0.0)
    assert isinstance(outline, Outline), outline
    return outline


def read(server: StepServer, text: str) -> Read:
    document = document_of(text, "a.lean")
    reading = theorems_read(document, outline_of(server, document.text))
    tasks = {record.name: record for record in reading.records if isinstance(record, TheoremTask)}
    refused = {record.id: record for record in reading.records if isinstance(record, Refused)}
    assert len(tasks) + len(refused) == len(reading.records)
    return Read(tasks, refused, reading.notes)


def errors(answer: dict[str, Any]) -> list[str]:
    return [message["data"] for message in answer.get("messages", ()) if message["severity"] == "error"]


def goal_at(server: StepServer, text: str, position: tuple[int, int]) -> str:
    """The goal of the `sorry` at a place of a text that Lean accepts."""
    answer = server.ask(cmd=text)
    assert not errors(answer), (text, errors(answer))
    server.ask(dropAll=True)
    line, column = position
    (goal,) = (each["goal"] for each in answer["sorries"] if each["pos"] == {"line": line, "column": column})
    assert isinstance(goal, str)
    return goal


def opened_goal(server: StepServer, task: TheoremTask) -> str:
    return goal_at(server, task.challenge, task.hole_position)


def accepts(server: StepServer, text: str) -> bool:
    answer = server.ask(cmd=text)
    server.ask(dropAll=True)
    return not errors(answer)
