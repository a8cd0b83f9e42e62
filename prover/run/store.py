"""The input list inside a run folder: `tasks.jsonl`, and the documents it refers to in `inputs/`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prover.errors import RunFolderError
from prover.files import write_text
from prover.tasks import Document, Hole, HoleStyle, OpenSpan, Refused, TaskKind, TaskList, TheoremTask

_INLINE_BYTES = 65536


def write_tasks(folder: Path, tasks: TaskList) -> None:
    """Write the list. A document that several theorems share is written once, in `inputs/`."""
    stored: dict[int, str] = {}
    lines: list[str] = []
    for task in tasks.tasks:
        document: dict[str, Any] = asdict(task.document)
        if task.is_lean_file or len(task.document.text) > _INLINE_BYTES:
            if id(task.document) not in stored:
                name = hashlib.sha256(f"{task.document.path}\0{task.document.text}".encode()).hexdigest()[:16] + ".lean"
                write_text(folder / "inputs" / name, task.document.text)
                write_text(folder / "inputs" / f"{name}.json", _dump({**document, "text": None}))
                stored[id(task.document)] = name
            document = {"stored": stored[id(task.document)]}
        lines.append(_dump({**_plain(task), "document": document, "fingerprint": task.fingerprint}))
    lines += [_dump({"refused": _refusal(refused)}) for refused in tasks.refused]
    write_text(folder / "tasks.jsonl", "".join(line + "\n" for line in lines))


def read_tasks(folder: Path) -> TaskList:
    """The list that `write_tasks` wrote. RunFolderError, with the theorem's number, if it is damaged."""
    tasks: list[TheoremTask] = []
    refused: list[Refused] = []
    documents: dict[str, Document] = {}
    path = folder / "tasks.jsonl"
    try:
        with path.open(encoding="utf-8", newline="\n") as stream:
            for line in stream:
                value = json.loads(line)
                if "refused" in value:
                    refused.append(_refused(value["refused"]))
                else:
                    tasks.append(_task(value, folder, documents))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunFolderError(f"{path}, theorem {len(tasks) + len(refused) + 1}: damaged: {error}") from error
    return TaskList(tuple(tasks), tuple(refused))


def _refusal(refused: Refused) -> dict[str, Any]:
    return {
        "id": refused.id,
        "reason": refused.reason,
        "source": refused.source,
        "line": refused.line,
        "at": refused.at,
    }


def _refused(value: Mapping[str, Any]) -> Refused:
    at = value.get("at")
    return Refused(**{**value, "at": None if at is None else (int(at[0]), int(at[1]))})


def _plain(task: TheoremTask) -> dict[str, Any]:
    names = (name for name in task.__dataclass_fields__ if name != "document")
    plain = {name: getattr(task, name) for name in names}
    return {**plain, "meta": dict(task.meta), **_holes(task)}


def _holes(task: TheoremTask) -> dict[str, Any]:
    further = [asdict(hole) for hole in task.further]
    return {"hole": asdict(task.hole), "document_hole": asdict(task.document_hole), "further": further}


def _task(value: dict[str, Any], folder: Path, documents: dict[str, Document]) -> TheoremTask:
    value.pop("fingerprint")
    document = value.pop("document")
    stored = document.pop("stored", None)
    if stored is not None and stored not in documents:
        text = (folder / "inputs" / stored).read_bytes().decode()
        rest = json.loads((folder / "inputs" / f"{stored}.json").read_bytes())
        documents[stored] = _document({**rest, "text": text})
    holes = {name: _hole(value.pop(name)) for name in ("hole", "document_hole")}
    further = tuple(map(_hole, value.pop("further", ())))
    kept = documents[stored] if stored is not None else _document(document)
    return TheoremTask(**{**value, **holes, "further": further, "kind": TaskKind(value["kind"]), "document": kept})


def _document(value: Mapping[str, Any]) -> Document:
    spans = tuple(OpenSpan(**span) for span in value["open_spans"])
    return Document(**{**value, "open_spans": spans, "others": tuple(value.get("others", ()))})


def _hole(value: Mapping[str, Any]) -> Hole:
    return Hole(value["end"] - len("sorry"), value["end"], HoleStyle(value["style"]))  # some began earlier once


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
