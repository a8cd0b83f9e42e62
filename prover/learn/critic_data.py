"""A run's traces as the trees that critics are trained and measured on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from critic.dataset import SearchedTree
from prover.report.data import read_run
from prover.run.trace import TraceExpansion, read_trace


def searched_trees(run: Path) -> Iterator[SearchedTree]:
    """One tree per theorem with a trace, all attempts together. RunFolderError if the folder is no run."""
    data = read_run(run)
    for record in data.records:
        texts: dict[str, str] = {}
        tactics: dict[str, list[tuple[str, ...]]] = {}
        for path in sorted((run / "trace").glob(f"{record.stem}*.jsonl.gz")):
            if path.name.removeprefix(record.stem).removesuffix(".jsonl.gz").strip(".0123456789"):
                continue  # another theorem whose name begins alike
            for expansion in read_trace(path)[1]:
                _add(expansion, texts, tactics)
        if tactics:
            known = {
                key: tuple(way for way in ways if all(child in texts for child in way)) for key, ways in tactics.items()
            }
            yield SearchedTree(record.id, texts, known)


def _add(expansion: TraceExpansion, texts: dict[str, str], tactics: dict[str, list[tuple[str, ...]]]) -> None:
    texts[expansion.key] = expansion.goals
    texts.update(expansion.states)
    ways = tactics.setdefault(expansion.key, [])
    for tactic in expansion.tactics:
        if tactic.outcome == "proved":
            ways.append(())
        elif tactic.outcome == "advanced" and tactic.children:
            ways.append(tactic.children)
