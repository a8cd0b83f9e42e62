"""Training data mined from the traces of a run: state–tactic pairs, rejected ones too, and preferences between states.

Duplicates are removed, and each row says where it comes from and which part of the split it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator

from critic.pairs import PairKind
from prover.learn.pairs import pairs_of
from prover.learn.split import Split
from prover.learn.traces import Searched, searched
from prover.learn.tree import StateNode
from prover.run.records import RunData
from prover.run.result import Status
from prover.run.trace import TraceTactic

Row = dict[str, str | int | float | bool | None]


def tactic_rows(run: RunData, split: Split) -> Iterator[Row]:
    """One row for each different (state, tactic): its outcome, Lean's message, whether it is on the judged proof."""
    seen: set[tuple[str, str]] = set()
    for theorem in searched(run):
        on_proof = theorem.tree.on_proof()
        for node in theorem.tree.states.values():
            for tactic in node.tactics:
                key = (node.goals, tactic.text or tactic.tactic)
                if key not in seen:
                    seen.add(key)
                    is_on_proof = on_proof.get(node.key) is tactic
                    yield {**_provenance(run, theorem, split), **_tried(theorem, node, tactic, is_on_proof)}


def _tried(theorem: Searched, node: StateNode, tactic: TraceTactic, is_on_proof: bool) -> Row:
    return {
        "state": node.goals,
        "proof_before": "\n".join(node.path),
        "tactic": tactic.text or tactic.tactic,
        "outcome": tactic.outcome,
        "kind": tactic.kind,
        "error": tactic.error,
        "state_after": theorem.tree.text(tactic.children) or None,
        "on_proof": is_on_proof,
        "depth": node.depth,
        "log_prob": tactic.log_prob,
        "num_tokens": tactic.num_tokens,
        "count": tactic.count,
        "origin": tactic.origin,
        "lean_s": tactic.lean_s,
    }


def preference_rows(run: RunData, split: Split) -> Iterator[Row]:
    """Pairs of states of one theorem, the better one first, as critics are trained on them.

    A `sibling` pair compares the goals to which a state's shortest proof leads with those to which another accepted
    tactic of the same state led without a proof; a `later` pair, a state on a proof with an earlier one of that proof.
    """
    seen: set[tuple[str, str]] = set()
    for theorem in searched(run):
        for pair in pairs_of(theorem.tree):
            key = (pair.better, pair.worse)
            if pair.kind is not PairKind.TERMINAL and key not in seen:
                seen.add(key)
                row: Row = {"kind": pair.kind.value, "chosen": pair.better, "rejected": pair.worse}
                yield {**_provenance(run, theorem, split), **row}


def _provenance(run: RunData, theorem: Searched, split: Split) -> Row:
    record = theorem.record
    return {
        "theorem": record.id,
        "header": record.task.header if record.task is not None else "",
        "statement": record.task.statement if record.task is not None else "",
        "fingerprint": record.task.fingerprint if record.task is not None else record.id,
        "split": split.of(theorem.statement),
        "source": record.source,
        "run": run.path.resolve().name,
        "lineage": run.info.lineage,
        "toolchain": run.info.toolchain,
        "solved": record.final is not None and record.final.status is Status.PROVED,
    }
