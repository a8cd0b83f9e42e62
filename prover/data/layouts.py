"""Converts a run's proofs to the layouts in which other projects publish theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from textwrap import dedent
from typing import Any, TypedDict

from prover.learn.traces import load_tree
from prover.learn.tree import SearchTree
from prover.run.records import RunData, TheoremRecord
from prover.run.result import Status
from prover.tasks import TheoremTask
from prover.tasks.negation import negation_of
from prover.tasks.rows import LEAN_WORKBOOK_HEADER

_MODIFIED = re.compile(r"@\[|(?:private|protected|noncomputable|nonrec|theorem|lemma|def|abbrev|instance)\b")


@dataclass(frozen=True, slots=True)
class SolvedTheorem:
    """A theorem with a judged proof: its record and task, and the proof's script. Of a theorem that held several
    `sorry`s the task has the last one, and what stands in the places of the others. Task and script of a disproof are
    the negated theorem's (`prover.tasks.negation`)."""

    run: RunData
    record: TheoremRecord
    task: TheoremTask
    script: str

    @property
    def tree(self) -> SearchTree | None:
        """The search that found the proof, read from its trace; None for a disproof."""
        return None if self._is_disproof else load_tree(self.run, self.record)[0]

    @property
    def id(self) -> str:
        return f"{self.record.id}.disproof" if self._is_disproof else self.record.id

    @property
    def name(self) -> str:
        """The name that Lean gives the theorem; a disproof is named after what it disproves."""
        asked = self.record.task
        return f"{asked.name}.disproof" if self._is_disproof and asked is not None else self.task.name

    @property
    def informal(self) -> str:
        """The theorem in words, where they are known."""
        return "" if self._is_disproof else self.task.informal or ""

    @property
    def _is_disproof(self) -> bool:
        return self.record.status is Status.DISPROVED


def solved(run: RunData) -> Iterator[SolvedTheorem]:
    """Every theorem with a judged proof or disproof, in input order."""
    for record in run.records:
        final, task = record.final, record.task
        if final is None or task is None or final.proof is None:
            continue
        if final.status is Status.PROVED:
            *others, script = final.scripts
            yield SolvedTheorem(run, record, task.filled([*others, None]) if others else task, script or "")
        elif final.status is Status.DISPROVED and (negation := negation_of(task)) is not None:
            yield SolvedTheorem(run, record, negation, final.proof)


class _DeepSeekRow(TypedDict):
    """DeepSeek-Prover: header, comment, statement and proof, which joined in this order are a file that compiles."""

    name: str
    split: str
    informal_prefix: str
    formal_statement: str
    goal: str
    header: str
    formal_proof: str


def _deepseek(theorem: SolvedTheorem) -> _DeepSeekRow:
    task, tree = theorem.task, theorem.tree
    statement, proof = task.parted(theorem.script)
    return {
        "name": theorem.name,
        "split": task.split or "",
        "informal_prefix": f"/-- {theorem.informal} -/\n" if _can_be_prefixed(theorem) else "",
        "formal_statement": statement,
        "goal": tree.root.goals if tree is not None else "",
        "header": f"{task.header}\n\n" if task.header else "",
        "formal_proof": proof,
    }


def _can_be_prefixed(theorem: SolvedTheorem) -> bool:
    """Whether the theorem has an informal text that may stand in a doc comment right before its declaration."""
    said = theorem.informal
    return bool(said) and "-/" not in said and _MODIFIED.match(theorem.task.declaration) is not None


class _GoedelRow(TypedDict):
    """Goedel-Prover: an id and one text that compiles."""

    problem_id: str
    full_proof: str


def _goedel(theorem: SolvedTheorem) -> _GoedelRow:
    return {"problem_id": theorem.id, "full_proof": theorem.task.solution(theorem.script)}


class _KiminaRow(TypedDict):
    """NuminaMath-LEAN, behind Kimina-Prover: whole files for statement and proof."""

    uuid: str
    problem: str
    author: str
    formal_statement: str
    formal_proof: str
    source: str
    problem_type: str
    name: str


def _kimina(theorem: SolvedTheorem) -> _KiminaRow:
    task = theorem.task
    return {
        "uuid": task.fingerprint,
        "problem": theorem.informal,
        "author": "stepwise",
        "formal_statement": task.challenge,
        "formal_proof": task.solution(theorem.script),
        "source": task.source,
        "problem_type": "",
        "name": theorem.id,
    }


class _LeanWorkbookRow(TypedDict):
    """Lean-Workbook's JSON: the name inside the statement, and proofs as a list, each to be put in the place of its
    last `sorry`. What the statement needs stands before it, unless it is the header that all of Lean-Workbook has."""

    natural_language_statement: str
    answer: str
    formal_statement: str
    proof: list[str]


def _lean_workbook(theorem: SolvedTheorem) -> _LeanWorkbookRow:
    task = theorem.task
    context = "" if task.header == LEAN_WORKBOOK_HEADER else f"{task.header}\n\n".lstrip()
    return {
        "natural_language_statement": theorem.informal,
        "answer": "",
        "formal_statement": f"{context}{task.declaration}",
        "proof": [task.written(theorem.script)],
    }


class _TracedTactic(TypedDict):
    """A tactic with the states around it."""

    tactic: str
    annotated_tactic: tuple[str, list[str]]
    state_before: str
    state_after: str


class _LeanDojoRow(TypedDict):
    """LeanDojo Benchmark: the theorem's place (a disproof has that of what it disproves), and the tactics of its proof;
    none for a disproof."""

    url: str
    commit: str
    file_path: str
    full_name: str
    theorem_statement: str
    start: list[int]
    end: list[int]
    traced_tactics: list[_TracedTactic]
    proof: str


def _lean_dojo(theorem: SolvedTheorem) -> _LeanDojoRow:
    task, tree = theorem.task, theorem.tree
    statement, proof = task.parted(theorem.script)
    return {
        "url": task.meta.get("url", ""),
        "commit": task.meta.get("commit", ""),
        "file_path": task.meta.get("file_path", task.source),
        "full_name": theorem.name,
        "theorem_statement": statement.rstrip(),
        "start": [task.line, task.column + 1],
        "end": [task.line + task.declaration.count("\n"), len(task.declaration.rsplit("\n", 1)[-1]) + 1],
        "traced_tactics": [] if tree is None else _traced_tactics(tree),
        "proof": dedent(proof),
    }


def _traced_tactics(tree: SearchTree) -> list[_TracedTactic]:
    """The proof's tactics from the root down, each part finished before the next, with states before and after."""
    chosen = tree.on_proof()
    tactics: list[_TracedTactic] = []
    waiting = [tree.root.key] if chosen else []
    while waiting:
        key = waiting.pop()
        used = chosen[key]
        after = tree.text(used.children) or "no goals"
        text, before = used.written, tree.states[key].goals
        tactics.append({"tactic": text, "annotated_tactic": (text, []), "state_before": before, "state_after": after})
        waiting += reversed(used.children)
    return tactics


LAYOUTS: Mapping[str, Callable[[SolvedTheorem], Any]] = {
    "deepseek": _deepseek,
    "goedel": _goedel,
    "kimina": _kimina,
    "lean-workbook": _lean_workbook,
    "leandojo": _lean_dojo,
}
