"""Converts a run's proofs to the layouts in which other projects publish theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from textwrap import dedent
from typing import Any

from prover.learn.traces import load_tree
from prover.learn.tree import SearchTree
from prover.run.records import RunData, TheoremRecord
from prover.run.result import Status
from prover.tasks import TheoremTask
from prover.tasks.rows import LEAN_WORKBOOK_HEADER

_MODIFIED = re.compile(r"@\[|(?:private|protected|noncomputable|nonrec|theorem|lemma|def|abbrev|instance)\b")


@dataclass(frozen=True, slots=True)
class ProvedTheorem:
    """A theorem with a judged proof: its record and task, and the proof's script. Of a theorem that held several
    `sorry`s the task has the last one, and what stands in the places of the others."""

    run: RunData
    record: TheoremRecord
    task: TheoremTask
    script: str

    @property
    def tree(self) -> SearchTree | None:
        """The search that found the proof, read from its trace."""
        return load_tree(self.run, self.record)[0]


Row = dict[str, Any]


def proved(run: RunData) -> Iterator[ProvedTheorem]:
    """Every theorem with a judged proof, in input order."""
    for record in run.records:
        final = record.final
        if record.task is not None and final is not None and final.status is Status.PROVED and final.proof is not None:
            *others, script = final.scripts
            task = record.task.filled([*others, None]) if others else record.task
            yield ProvedTheorem(run, record, task, script or "")


def _deepseek(theorem: ProvedTheorem) -> Row:
    """DeepSeek-Prover: header, comment, statement and proof, which joined in this order are a file that compiles."""
    task, tree = theorem.task, theorem.tree
    statement, proof = task.parted(theorem.script)
    return {
        "name": task.name,
        "split": task.split or "",
        "informal_prefix": f"/-- {task.informal} -/\n" if _can_be_prefixed(task) else "",
        "formal_statement": statement,
        "goal": tree.root.goals if tree is not None else "",
        "header": f"{task.header}\n\n" if task.header else "",
        "formal_proof": proof,
    }


def _can_be_prefixed(task: TheoremTask) -> bool:
    """Whether the task has an informal text that may stand in a doc comment right before its declaration."""
    return bool(task.informal) and "-/" not in str(task.informal) and _MODIFIED.match(task.declaration) is not None


def _goedel(theorem: ProvedTheorem) -> Row:
    """Goedel-Prover: an id and one text that compiles."""
    return {"problem_id": theorem.record.id, "full_proof": theorem.task.solution(theorem.script)}


def _kimina(theorem: ProvedTheorem) -> Row:
    """NuminaMath-LEAN, behind Kimina-Prover: whole files for statement and proof."""
    task = theorem.task
    return {
        "uuid": task.fingerprint,
        "problem": task.informal or "",
        "author": "stepwise",
        "formal_statement": task.challenge,
        "formal_proof": task.solution(theorem.script),
        "source": task.source,
        "problem_type": "",
        "name": theorem.record.id,
    }


def _lean_workbook(theorem: ProvedTheorem) -> Row:
    """Lean-Workbook's JSON: the name inside the statement, and proofs as a list, each to be put in the place of the
    `sorry`. What the statement needs stands before it, unless it is the header that all of Lean-Workbook has."""
    task = theorem.task
    context = "" if task.header == LEAN_WORKBOOK_HEADER else f"{task.header}\n\n".lstrip()
    return {
        "natural_language_statement": task.informal or "",
        "answer": "",
        "formal_statement": f"{context}{task.declaration}",
        "proof": [task.written(theorem.script)],
    }


def _lean_dojo(theorem: ProvedTheorem) -> Row:
    """LeanDojo Benchmark: the theorem's place, and the tactics of its proof with the states around them."""
    task, tree = theorem.task, theorem.tree
    statement, proof = task.parted(theorem.script)
    return {
        "url": task.meta.get("url", ""),
        "commit": task.meta.get("commit", ""),
        "file_path": task.meta.get("file_path", task.source),
        "full_name": task.name,
        "theorem_statement": statement.rstrip(),
        "start": [task.line, task.column + 1],
        "end": [task.line + task.declaration.count("\n"), len(task.declaration.rsplit("\n", 1)[-1]) + 1],
        "traced_tactics": [] if tree is None else _traced_tactics(tree),
        "proof": dedent(proof),
    }


def _traced_tactics(tree: SearchTree) -> list[Row]:
    """The proof's tactics from the root down, each part finished before the next, with states before and after."""
    chosen = tree.on_proof()
    tactics: list[Row] = []
    waiting = [tree.root.key] if chosen else []
    while waiting:
        key = waiting.pop()
        used = chosen[key]
        after = tree.text(used.children) or "no goals"
        text = used.text or used.tactic
        before = tree.states[key].goals
        tactics.append({"tactic": text, "annotated_tactic": [text, []], "state_before": before, "state_after": after})
        waiting += reversed(used.children)
    return tactics


LAYOUTS: Mapping[str, Callable[[ProvedTheorem], Row]] = {
    "deepseek": _deepseek,
    "goedel": _goedel,
    "kimina": _kimina,
    "lean-workbook": _lean_workbook,
    "leandojo": _lean_dojo,
}
