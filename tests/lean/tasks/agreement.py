"""Holds the tasks of a file to Lean's own answer to it: which declarations use `sorry`, and the goal of each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from prover.lean.outline import CommandOutline, Outline
from prover.tasks import HoleStyle, TheoremTask
from prover.tasks.document import Document, document_of
from prover.tasks.elaborated import part_read, theorems_read
from prover.tasks.filled import fill_document
from prover.tasks.record import Reading
from prover.tasks.scanner import LineIndex
from tests.lean.lean_project.step_client import StepServer
from tests.lean.tasks.reading import errors, outline_of

_USES = "declaration uses `sorry`"
_MUTUAL = "Lean.Parser.Command.mutual"
_THEOREM = "Lean.Parser.Command.theorem"


def disagreements(server: StepServer, text: str) -> list[str]:
    """Everything in which the tasks of a text differ from what Lean says of it."""
    document = document_of(text, "a.lean")
    outline = outline_of(server, document.text)
    reading = theorems_read(document, outline)
    answer = server.ask(cmd=document.text)
    found = list(_unsaid(outline, reading, answer))
    found += _axioms(server, outline, reading, answer["env"])
    if not errors(answer):
        tasks = _tasks(reading)
        found += (said for task in [*tasks[:1], *tasks[1:][-2:]] for said in _goal(server, task, answer))
        found += (said for task in tasks[len(tasks) // 2 :][:1] for said in _part(server, document, task))
    found += _bytes(document, reading, text)
    _drop(server, answer)
    return found


def _tasks(reading: Reading) -> list[TheoremTask]:
    return [record for record in reading.records if isinstance(record, TheoremTask)]


def _drop(server: StepServer, answer: dict[str, Any]) -> None:
    server.ask(dropAll=True)
    server.ask(drop={"proofStates": [], "envs": [answer["env"]]})


def _said_of(command: CommandOutline, reading: Reading) -> bool:
    """Whether a record or a note is about the command."""
    noted = {int(note.split(":")[1]) for note in reading.notes}
    return _name(command) in {record.id for record in reading.records} or command.span.start[0] in noted


def _name(command: CommandOutline) -> str:
    """The name that a record of the command has."""
    word = "mutual" if command.kind == _MUTUAL else "example"
    line = (command.keyword or command.span.start)[0]
    return f"{command.namespace}.{command.name or f'{word}_{line}'}".lstrip(".")


def _unsaid(outline: Outline, reading: Reading, answer: dict[str, Any]) -> Iterator[str]:
    """Declarations of which Lean warns, and of which neither a task nor a reason is given."""
    for message in answer.get("messages", ()):
        if message["data"] == _USES:
            place = (message["pos"]["line"], message["pos"]["column"])
            command = next(c for c in outline.commands if c.span.start <= place <= c.span.end)
            if not _said_of(command, reading):
                yield f"line {place[0]}: Lean says that it uses `sorry`, and nothing is said of it"


def _used_by(outline: Outline, index: int) -> set[int]:
    """The command of that number, and those that it rests on."""
    found, todo = {index}, [index]
    while todo:
        new = outline.commands[todo.pop()].uses - found
        found |= new
        todo += new
    return found


def _axioms(server: StepServer, outline: Outline, reading: Reading, env: int) -> Iterator[str]:
    """Theorems that rest on `sorry` without being said to, and tasks that don't. A finished proof may rest on a `sorry`
    of another command, since `simp` takes open theorems too."""
    numbers = [i for i, each in enumerate(outline.commands) if each.kind == _THEOREM and each.declares]
    names = [_name(outline.commands[i]) for i in numbers]
    answer = server.ask(cmd="\n".join(f"#print axioms {name}" for name in names), env=env)
    said = {message["pos"]["line"]: message["data"] for message in answer.get("messages", ())}
    for number, (name, index) in enumerate(zip(names, numbers, strict=True), start=1):
        axioms = said.get(number, "")
        is_open = name in {record.id for record in reading.records}
        may_rest = any(_said_of(outline.commands[i], reading) for i in _used_by(outline, index))
        if "axiom" not in axioms or ("sorryAx" in axioms and not may_rest) or ("sorryAx" not in axioms and is_open):
            yield f"{name}: {axioms!r}, and it is {'' if is_open else 'not '}open"
    _drop(server, answer)


def _goal(server: StepServer, task: TheoremTask, whole: dict[str, Any]) -> Iterator[str]:
    """The goals of a task where they differ from those of its `sorry`s in the whole file."""
    answer = server.ask(cmd=task.challenge)
    if errors(answer):
        yield f"{task.name}: can't be opened: {errors(answer)}"
    else:
        index = LineIndex(task.document.text)
        for place in task.places:
            here = _goals_at(answer, place.hole_position)
            there = _goals_at(whole, index.position(place.document_hole.start))
            if here != there or not here:
                yield f"{task.name}: its goal is {here}, and {there} in the file"
    _drop(server, answer)


def _part(server: StepServer, document: Document, task: TheoremTask) -> Iterator[str]:
    """A task that another is in the part of the file that is read for a question at its `sorry`."""
    line, _ = LineIndex(document.text).position(task.document_hole.start)
    alone = _tasks(part_read(document, outline_of(server, document.text, until=line)))
    here = next((each for each in alone if each.name == task.name), None)
    if here is None:
        yield f"{task.name}: it is not read for a question on line {line}"
    elif (here.challenge, here.hole, here.document_hole) != (task.challenge, task.hole, task.document_hole):
        yield f"{task.name}: a question on line {line} is about another task"


def _goals_at(answer: dict[str, Any], place: tuple[int, int]) -> set[str]:
    position = {"line": place[0], "column": place[1]}
    return {each["goal"] for each in answer.get("sorries", ()) if each["pos"] == position}


def _bytes(document: Document, reading: Reading, text: str) -> Iterator[str]:
    """A file that comes back with more changed than the word `sorry`."""
    tasks = _tasks(reading)
    unused = map(chr, itertools.count(0xE000))  # as short as can be: a long line is broken
    marks = [[next(unused) for _ in task.holes] for task in tasks]
    filled = fill_document(document, list(zip(tasks, marks, strict=True)))
    for task, names in zip(tasks, marks, strict=True):
        for hole, mark in zip(task.holes, names, strict=True):
            forms = (mark,) if hole.style in (HoleStyle.BY, HoleStyle.INNER_TACTIC) else (f"(by {mark})", f"by {mark}")
            filled = filled.replace(next(form for form in forms if form in filled), "sorry")
    if filled != text:
        yield "more than the word `sorry` changes in the file"
