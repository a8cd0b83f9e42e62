"""Proofs of a run in the layouts that other projects publish theirs in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prover.learn.traces import load_tree
from prover.learn.tree import SearchTree
from prover.run.records import RunData, TheoremRecord
from prover.run.result import Status, TheoremResult
from prover.tasks import TheoremTask

Proved = tuple[TheoremRecord, TheoremTask, TheoremResult, str]
"""A proved theorem: record, task, result and proof script."""


def proved(run: RunData) -> Iterator[Proved]:
    """Every theorem with a judged proof, in input order."""
    for record in run.records:
        final = record.final
        if record.task is not None and final is not None and final.status is Status.PROVED and final.proof is not None:
            yield record, record.task, final, final.proof


def deepseek(run: RunData, item: Proved) -> dict[str, Any]:
    """DeepSeek-Prover: header and statement apart, the proof's text after `:= by`."""
    record, task, _, script = item
    tree, _ = load_tree(run, record)
    return {
        "name": task.name,
        "split": task.split or "",
        "informal_prefix": f"/-- {task.informal} -/\n" if task.informal else "",
        "formal_statement": task.statement,
        "goal": tree.root.goals if tree is not None else "",
        "header": f"{task.header}\n\n" if task.header else "",
        "formal_proof": _indented(script),
    }


def goedel(run: RunData, item: Proved) -> dict[str, Any]:
    """Goedel-Prover: an id and one text that compiles."""
    del run
    record, task, _, script = item
    return {"problem_id": record.id, "full_proof": task.solution(script)}


def kimina(run: RunData, item: Proved) -> dict[str, Any]:
    """NuminaMath-LEAN, behind Kimina-Prover: whole files for statement and proof."""
    del run
    record, task, result, script = item
    return {
        "uuid": result.fingerprint or task.fingerprint,
        "problem": task.informal or "",
        "author": "stepwise",
        "formal_statement": task.challenge,
        "formal_proof": task.solution(script),
        "source": task.source,
        "problem_type": "",
        "name": record.id,
    }


def lean_workbook(run: RunData, item: Proved) -> dict[str, Any]:
    """Lean-Workbook's JSON: the name inside the statement, proofs as a list."""
    del run
    _, task, _, script = item
    return {
        "natural_language_statement": task.informal or "",
        "answer": "",
        "formal_statement": f"{task.statement} sorry",
        "proof": [script],
    }


def lean_dojo(run: RunData, item: Proved) -> dict[str, Any]:
    """LeanDojo Benchmark: the theorem's place, and the tactics of its proof with the states around them."""
    record, task, _, script = item
    tree, _ = load_tree(run, record)
    return {
        "url": task.meta.get("url", ""),
        "commit": task.meta.get("commit", ""),
        "file_path": task.meta.get("file_path", task.source),
        "full_name": task.name,
        "theorem_statement": task.statement,
        "start": [task.line, task.column + 1],
        "end": [task.line + task.declaration.count("\n"), len(task.declaration.rsplit("\n", 1)[-1]) + 1],
        "traced_tactics": [] if tree is None else traced_tactics(tree),
        "proof": script,
    }


def traced_tactics(tree: SearchTree) -> list[dict[str, Any]]:
    """The proof's tactics from the root down, each part finished before the next, with states before and after."""
    chosen = tree.on_proof()
    tactics: list[dict[str, Any]] = []
    waiting = [tree.root.key] if chosen else []
    while waiting:
        key = waiting.pop()
        used = chosen[key]
        after = "\n\n".join(tree.states[child].goals for child in used.children) or "no goals"
        text = used.text or used.tactic
        before = tree.states[key].goals
        tactics.append({"tactic": text, "annotated_tactic": [text, []], "state_before": before, "state_after": after})
        waiting += reversed(used.children)
    return tactics


def _indented(script: str) -> str:
    return "\n".join(f"  {line}" if line.strip() else line for line in script.split("\n"))


LAYOUTS: Mapping[str, Callable[[RunData, Proved], dict[str, Any]]] = {
    "deepseek": deepseek,
    "goedel": goedel,
    "kimina": kimina,
    "lean-workbook": lean_workbook,
    "leandojo": lean_dojo,
}
