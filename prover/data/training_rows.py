"""Training data mined from the traces of a run: state–tactic pairs, rejected ones too, and preferences between states.

Duplicates are removed, and each row says where it comes from and which part of the split it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from critic.pairs import PairKind
from prover.learn.pairs import pairs_of
from prover.learn.split import Split
from prover.learn.traces import Searched, searched
from prover.learn.tree import StateNode
from prover.run.records import RunData, TheoremRecord
from prover.run.result import Status
from prover.run.trace import TraceTactic


class Provenance(TypedDict):
    """Where a row comes from, and the part of the split that it belongs to. Lean opens the theorem by `header` and
    `declaration`, which holds its `sorry`; `lean` names in words what `toolchain` is a hash of."""

    theorem: str
    header: str
    declaration: str
    statement: str
    fingerprint: str
    split: str
    source: str
    licence: str
    run: str
    lineage: str
    toolchain: str
    lean: str
    solved: bool


class _Tried(TypedDict):
    """A tactic tried at a state. `path` are the tactics from the root to the state, each with the goals that it goes on
    with in `foci`, `proof_before` is their text; `kind` and `error` are what Lean said against the tactic. It led to
    parts that have the keys `keys_after`, equal for states that are equal up to the names of hypotheses; `state_after`
    has the names that the search met first."""

    state: str
    path: list[str]
    foci: list[str]
    proof_before: str
    tactic: str
    outcome: str
    kind: str
    error: str
    state_after: str | None
    keys_after: list[str]
    on_proof: bool
    depth: int
    log_prob: float | None
    num_tokens: int
    count: int
    origin: str
    lean_s: float


class TacticRow(Provenance, _Tried):
    """A tactic that was tried at a state, and what came of it."""


class PreferenceRow(Provenance):
    """Two states of a theorem, the one nearer to a proof first."""

    kind: str
    chosen: str
    rejected: str


def tactic_rows(run: RunData, split: Split) -> Iterator[TacticRow]:
    """One row for each different (state, tactic): its outcome, Lean's message, whether it is on the judged proof."""
    seen: set[tuple[str, str]] = set()
    for theorem in searched(run):
        on_proof = theorem.tree.on_proof()
        for node in theorem.tree.states.values():
            for tactic in node.tactics:
                key = (node.goals, tactic.written)
                if key not in seen:
                    seen.add(key)
                    is_on_proof = on_proof.get(node.key) is tactic
                    yield {**provenance(run, theorem.record, split), **_tried(theorem, node, tactic, is_on_proof)}


def _tried(theorem: Searched, node: StateNode, tactic: TraceTactic, is_on_proof: bool) -> _Tried:
    return {
        "state": node.goals,
        "path": list(node.path),
        "foci": list(node.foci),
        "proof_before": "\n".join(node.path),
        "tactic": tactic.written,
        "outcome": tactic.outcome,
        "kind": tactic.kind,
        "error": tactic.error,
        "state_after": theorem.tree.text(tactic.children) or None,
        "keys_after": list(tactic.children),
        "on_proof": is_on_proof,
        "depth": node.depth,
        "log_prob": tactic.log_prob,
        "num_tokens": tactic.num_tokens,
        "count": tactic.count,
        "origin": tactic.origin,
        "lean_s": tactic.lean_s,
    }


def preference_rows(run: RunData, split: Split) -> Iterator[PreferenceRow]:
    """Pairs of states of one theorem, the better one first, as critics are trained on them.

    A `sibling` pair compares the goals to which a state's proof leads with those to which another accepted
    tactic of the same state led without a proof; a `later` pair, a state on a proof with an earlier one of that proof.
    """
    seen: set[tuple[str, str]] = set()
    for theorem in searched(run):
        for pair in pairs_of(theorem.tree):
            key = (pair.better, pair.worse)
            if pair.kind is not PairKind.TERMINAL and key not in seen:
                seen.add(key)
                yield {
                    **provenance(run, theorem.record, split),
                    "kind": pair.kind.value,
                    "chosen": pair.better,
                    "rejected": pair.worse,
                }


def provenance(run: RunData, record: TheoremRecord, split: Split) -> Provenance:
    """Where the rows of a theorem come from."""
    task = record.task
    return {
        "theorem": record.id,
        "header": task.header if task is not None else "",
        "declaration": task.declaration if task is not None else "",
        "statement": task.statement if task is not None else "",
        "fingerprint": task.fingerprint if task is not None else record.id,
        "split": split.of(record.statement),
        "source": record.source,
        "licence": task.meta.get("licence", "") if task is not None else "",
        "run": run.path.resolve().name,
        "lineage": run.info.lineage,
        "toolchain": run.info.toolchain,
        "lean": run.info.versions.get("lean", ""),
        "solved": record.final is not None and record.final.status is Status.PROVED,
    }
