"""The tables of a data set made of runs: statements, proofs, steps, premises, preferences and full states.

Every row can be used alone: it has the header and the declaration that its states come from, and says where both come
from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from prover.data.layouts import solved
from prover.data.training_rows import PreferenceRow, Provenance, TacticRow, preference_rows, provenance, tactic_rows
from prover.learn.split import Split
from prover.learn.traces import searched
from prover.run.records import RunData
from prover.run.result import Status

_CONSTANT = re.compile(r"(?<![\w.✝])[A-Z]\w*(?:\.[\w'!?]+)+")
"""A library's theorem or definition in a tactic's text: hypotheses have names of one part, or begin small."""


class _StatementRow(Provenance):
    """A statement that was searched for, and what came of it after all attempts."""

    name: str
    informal: str
    status: str
    seconds: float


class _ProofRow(Provenance):
    """A proof that the judge accepted: `proof` is written in the place of the declaration's `sorry`, `code` compiles by
    itself. A disproof proves that the statement is false."""

    name: str
    proof: str
    code: str
    is_disproof: bool


class _PremiseRow(Provenance):
    """A name of the library in a tactic that was tried, and what came of the tactic."""

    state: str
    premise: str
    tactic: str
    outcome: str
    on_proof: bool


class _StateRow(Provenance):
    """A state that a search reached. `remaining` is the number of tactics in the shortest proof that was found for it;
    `tried` counts the tactics that were tried there."""

    key: str
    state: str
    path: list[str]
    foci: list[str]
    value: float | None
    tried: int
    proved: bool
    remaining: int | None


def _statement_rows(run: RunData, split: Split) -> Iterator[_StatementRow]:
    """One row for each statement of the list that Lean could open."""
    for record in run.records:
        task = record.task
        if task is not None and record.status is not Status.INVALID:
            yield {
                **provenance(run, record, split),
                "name": task.name,
                "informal": task.informal or "",
                "status": str(record.status),
                "seconds": record.elapsed_s,
            }


def _proof_rows(run: RunData, split: Split) -> Iterator[_ProofRow]:
    """One row for each judged proof or disproof."""
    for theorem in solved(run):
        yield {
            **provenance(run, theorem.record, split),
            "name": theorem.name,
            "proof": theorem.script,
            "code": theorem.task.solution(theorem.script),
            "is_disproof": theorem.record.status is Status.DISPROVED,
        }


def _premise_rows(run: RunData, split: Split) -> Iterator[_PremiseRow]:
    """One row for each name of the library in a tactic that Lean accepted or refused."""
    for row in tactic_rows(run, split):
        for name in dict.fromkeys(_CONSTANT.findall(row["tactic"])):
            yield {
                **_origin(row),
                "state": row["state"],
                "premise": name,
                "tactic": row["tactic"],
                "outcome": row["outcome"],
                "on_proof": row["on_proof"],
            }


def _state_rows(run: RunData, split: Split) -> Iterator[_StateRow]:
    """One row for each state that was expanded."""
    for theorem in searched(run):
        for node in theorem.tree.states.values():
            if node.is_expanded:
                yield {
                    **provenance(run, theorem.record, split),
                    "key": node.key,
                    "state": node.goals,
                    "path": list(node.path),
                    "foci": list(node.foci),
                    "value": node.value,
                    "tried": len(node.tactics),
                    "proved": node.is_proved,
                    "remaining": node.remaining,
                }


def _origin(row: TacticRow) -> Provenance:
    return cast(Provenance, {key: value for key, value in row.items() if key in Provenance.__annotations__})


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its rows of one run, their type, and the fields that tell rows apart over several runs."""

    row: type
    rows: Callable[[RunData, Split], Iterator[Any]]
    key: tuple[str, ...]


TABLES: Mapping[str, Table] = {
    "statements": Table(_StatementRow, _statement_rows, ("fingerprint",)),
    "proofs": Table(_ProofRow, _proof_rows, ("fingerprint", "proof")),
    "steps": Table(TacticRow, tactic_rows, ("header", "state", "tactic")),
    "premises": Table(_PremiseRow, _premise_rows, ("header", "state", "tactic", "premise")),
    "preferences": Table(PreferenceRow, preference_rows, ("chosen", "rejected")),
    "full_states": Table(_StateRow, _state_rows, ("header", "state")),
}
