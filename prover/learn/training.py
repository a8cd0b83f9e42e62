"""Training data mined from the traces of a run: state–tactic pairs, rejected ones too, and preferences between states.

One split by theorem (never by row), duplicates removed, and each row says where it comes from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from prover.learn.tree import SearchTree, StateNode
from prover.report.data import RunData, TheoremRecord
from prover.report.pages import read_tree
from prover.run.trace import TraceTactic

Row = dict[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class Split:
    """Theorems to parts by a hash of their statement, so that a statement is in the same part in every run."""

    valid_share: float = 0.05
    test_share: float = 0.0

    def of(self, fingerprint: str) -> str:
        place = int(hashlib.sha256(fingerprint.encode()).hexdigest()[:8], 16) / 2**32
        if place < self.valid_share:
            return "valid"
        return "test" if place < self.valid_share + self.test_share else "train"


def tactic_rows(run: RunData, split: Split) -> Iterator[Row]:
    """One row for each different (state, tactic): its outcome, Lean's message, and whether it is on the proof found."""
    seen: set[tuple[str, str]] = set()
    for record, tree in _trees(run):
        on_proof = tree.on_proof()
        for node in tree.states.values():
            for tactic in node.tactics:
                key = (node.goals, tactic.text or tactic.tactic)
                if key not in seen:
                    seen.add(key)
                    yield _tactic_row(run, record, split, tree, node, tactic, on_proof.get(node.key) is tactic)


def _tactic_row(
    run: RunData,
    record: TheoremRecord,
    split: Split,
    tree: SearchTree,
    node: StateNode,
    tactic: TraceTactic,
    is_on_proof: bool,
) -> Row:
    after = "\n\n".join(tree.states[child].goals for child in tactic.children)
    return {
        **_provenance(run, record, split),
        "state": node.goals,
        "tactic": tactic.text or tactic.tactic,
        "outcome": tactic.outcome,
        "kind": tactic.kind,
        "error": tactic.error,
        "state_after": after if tactic.outcome == "advanced" and after else None,
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

    `sibling`: a state on the proof against one that another accepted tactic of the same state led to. `later`: a state
    on the proof against an earlier one on the same way down.
    """
    seen: set[tuple[str, str]] = set()
    for record, tree in _trees(run):
        for kind, chosen, rejected in _pairs(tree):
            key = (chosen.goals, rejected.goals)
            if chosen.goals and rejected.goals and chosen.goals != rejected.goals and key not in seen:
                seen.add(key)
                yield {
                    **_provenance(run, record, split),
                    "kind": kind,
                    "chosen": chosen.goals,
                    "rejected": rejected.goals,
                    "chosen_depth": chosen.depth,
                    "rejected_depth": rejected.depth,
                }


def _pairs(tree: SearchTree) -> Iterator[tuple[str, StateNode, StateNode]]:
    proof = tree.on_proof()
    for key, used in proof.items():
        siblings = dict.fromkeys(child for tactic in tree.states[key].tactics for child in tactic.children)
        for child in used.children:
            for other in siblings:  # in the order in which they were tried: an export is the same each time
                if other not in proof and not tree.states[other].is_proved:
                    yield "sibling", tree.states[child], tree.states[other]
            yield "later", tree.states[child], tree.states[key]


def _trees(run: RunData) -> Iterator[tuple[TheoremRecord, SearchTree]]:
    """The trees of all attempts. A theorem's first is that of the attempt that counts: of rows that are the same, the
    one that knows of the proof stays."""
    for record in run.records:
        for path in run.trace_paths(record):
            tree, _ = read_tree(path)
            if tree is not None:
                yield record, tree


def _provenance(run: RunData, record: TheoremRecord, split: Split) -> Row:
    fingerprint = record.task.fingerprint if record.task is not None else record.id
    return {
        "theorem": record.id,
        "statement": record.task.statement if record.task is not None else "",
        "fingerprint": fingerprint,
        "split": split.of(fingerprint),
        "source": record.source,
        "run": run.path.resolve().name,
        "lineage": run.info.lineage,
        "toolchain": run.info.toolchain,
        "solved": record.solved_at is not None,
    }
