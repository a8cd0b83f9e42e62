"""A run folder with traces, made without a search."""

from __future__ import annotations

from pathlib import Path

from prover.run.folder import RunFolder
from prover.run.trace import TraceExpansion, TraceTactic, TraceWriter
from prover.tasks import load_tasks

NUM_THEOREMS = 12


def expansion(index: int, key: str, goals: str, *tactics: TraceTactic, **states: str) -> TraceExpansion:
    return TraceExpansion(index, key, goals, (), 0.0, tactics, states=states)


def tactic(outcome: str, *children: str) -> TraceTactic:
    return TraceTactic("t", outcome, -1.0, children=children)


def state_text(theorem: int, length: int) -> str:
    return f"h : p{theorem}\n⊢ {' ∧ '.join([f'q{theorem}'] * length)}"


def write_traced_run(path: Path) -> Path:
    """Theorems with a proof of three steps and a dead end at the first; states get shorter towards the end."""
    statements = [f"theorem t{i} : {' ∧ '.join(['True'] * (i + 3))}" for i in range(NUM_THEOREMS)]
    tasks = load_tasks([], statements)
    folder = RunFolder.create(path, tasks, config={}, versions={}, seed=0, toolchain="none", started_at=0.0)
    for i, task in enumerate(tasks.tasks):
        writer = TraceWriter(folder.trace_path(task.id, 0), {"id": task.id})
        long, middle, short = (state_text(i, length) for length in (4, 3, 2))
        dead = long + " ∧ False"
        writer.write(expansion(0, "r", long, tactic("advanced", "m"), tactic("advanced", "x"), m=middle, x=dead))
        writer.write(expansion(1, "x", dead, tactic("rejected")))
        writer.write(expansion(2, "m", middle, tactic("advanced", "s"), s=short))
        writer.write(expansion(3, "s", short, tactic("proved")))
        writer.close()
    folder.close()
    return path
