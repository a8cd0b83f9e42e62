"""The steps that a policy is trained on: states with the tactics that proved them, and those that Lean refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prover.errors import UsageError
from prover.learn.traces import Searched, searched
from prover.learn.tree import StateNode
from prover.run.records import read_run
from prover.tasks.readers import MAX_JSON_BYTES, Row, read_json, read_json_lines_file, read_parquet

_SUFFIXES = (".jsonl", ".json", ".parquet")
_WHOLE = "shortened"
"""The origin of a whole script that stands in a tree as one tactic."""


@dataclass(slots=True)
class Step:
    """A state of a theorem, all its goals in one text, and the tactics `before` it from the root. `good` are tactics
    that led to a proof, that of the judged proof first; `refused` are others."""

    theorem: str
    statement: str
    state: str
    before: tuple[str, ...] = ()
    good: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def read_steps(sources: Sequence[Path]) -> list[Step]:
    """The steps of runs and of files of rows (mined steps, training rows of `stepwise export`), each state once, and no
    state without a tactic that led to a proof. A folder that is no run stands for all runs and files in it.

    Raises UsageError for a source that holds none.
    """
    steps: dict[tuple[str, str], Step] = {}
    for source in sources:
        found = 0
        for found, step in enumerate(_read(source), start=1):  # noqa: B007 (the number of the last one)
            _merge(steps, step)
        if not found:
            raise UsageError(f"{source}: no steps in it; name runs with traces, or files of mined steps")
    return [step for step in steps.values() if step.good]


def runs_below(source: Path) -> list[Path]:
    """The run at this path, or all runs in the folder."""
    if (source / "run.json").is_file():
        return [source]
    return sorted(path.parent for path in source.glob("*/run.json")) if source.is_dir() else []


def _merge(steps: dict[tuple[str, str], Step], step: Step) -> None:
    known = steps.setdefault((step.statement, step.state), step)
    if known is not step:
        known.good += [tactic for tactic in step.good if tactic not in known.good]
        known.refused += [tactic for tactic in step.refused if tactic not in known.refused]


def _read(source: Path) -> Iterator[Step]:
    if not source.exists():
        raise UsageError(f"there is no {source}")
    if source.is_file():
        yield from _of_rows(source)
        return
    for run in runs_below(source):
        for theorem in searched(read_run(run)):
            yield from _of_search(theorem)
    if not (source / "run.json").is_file():
        for path in sorted(path for path in source.iterdir() if path.suffix in _SUFFIXES):
            yield from _of_rows(path)


def _of_search(theorem: Searched) -> Iterator[Step]:
    for node in theorem.tree.states.values():
        if node.is_proved and node.is_expanded:
            yield Step(
                theorem.record.id,
                theorem.statement,
                node.goals,
                node.path,
                _good(theorem, node),
                list(dict.fromkeys(each.tactic for each in node.tactics if each.outcome == "rejected")),
            )


def _good(theorem: Searched, node: StateNode) -> list[str]:
    """The tactic of the node's proof, and all others that led to a proof, without whole scripts."""
    first = [node.proof] if node.proof is not None else []
    ways = (tactic for tactic in node.tactics if theorem.tree.is_success(tactic))
    others = (tactic for tactic in ways if node.key not in tactic.children)  # what changes nothing leads nowhere
    return list(dict.fromkeys(each.written for each in (*first, *others) if each.origin != _WHOLE))


# ------------------------------------------------------------------------------------------------------------- rows


def _of_rows(path: Path) -> Iterator[Step]:
    """The steps of a file; a mined step has the tactics before it in its proof as its history."""
    history: list[str] = []
    last = ""
    for row in _rows(path):
        if not isinstance(row.value, Mapping):
            raise UsageError(f"{path}:{row.line}: {row.reason or 'not a row'}")
        value = row.value
        state, tactic = _text(value, "state", "state_before"), _text(value, "tactic", "nextTactic")
        theorem = _text(value, "theorem", "full_name", "declId")
        if not (state and tactic):
            raise UsageError(f"{path}:{row.line}: a row needs `state` (`state_before`) and `tactic` (`nextTactic`)")
        if theorem != last:
            history, last = [], theorem
        before = tuple(value["path"]) if "path" in value else tuple(history)
        step = Step(theorem, _text(value, "statement", "decl") or theorem, state, before)
        outcome = value.get("outcome")
        if outcome == "rejected":
            step.refused.append(tactic)
        elif outcome in (None, "proved") or value.get("on_proof"):
            step.good.append(tactic)
        if value.get("inside", -1) == -1:
            history.append(tactic)
        yield step


def _rows(path: Path) -> Iterable[Row]:
    if path.suffix == ".parquet":
        return read_parquet(path)
    if path.suffix == ".json":
        if path.stat().st_size > MAX_JSON_BYTES:
            raise UsageError(f"{path} is too large for JSON: write it as .jsonl or .parquet")
        return read_json(path.read_bytes())
    if path.suffix != ".jsonl":
        raise UsageError(f"{path}: steps are read from files that end in {', '.join(_SUFFIXES)}")
    return read_json_lines_file(path)


def _text(row: Mapping[str, Any], *names: str) -> str:
    return next((str(row[name]) for name in names if row.get(name)), "")
