"""A run folder with traces, made without a search."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prover.run.folder import RunFolder
from prover.run.trace import TraceExpansion, TraceTactic, TraceWriter, trace_path
from prover.tasks import load_tasks

NUM_THEOREMS = 12


def expansion(index: int, key: str, goals: str, *tactics: TraceTactic, **states: str) -> TraceExpansion:
    return TraceExpansion(index, key, goals, (), 0.0, tactics, states=states)


def tactic(outcome: str, *children: str) -> TraceTactic:
    return TraceTactic("t", outcome, -1.0, children=children)


def state_text(theorem: str, length: int) -> str:
    return f"h : p_{theorem}\n⊢ {' ∧ '.join([f'q_{theorem}'] * length)}"


def statements(name: str = "t{}", variable: str = "p") -> list[str]:
    """Theorems that differ in the length of their conclusion."""
    return [
        f"theorem {name.format(i)} ({variable} : Prop) : {variable} → {' ∧ '.join(['True'] * (i + 3))}"
        for i in range(NUM_THEOREMS)
    ]


def write_traced_run(path: Path, theorems: Sequence[str] = tuple(statements())) -> Path:
    """Theorems with a proof of three steps and a dead end at the first; states get shorter towards the end."""
    tasks = load_tasks([], theorems)
    RunFolder.create(path, tasks, config={}, versions={}, seed=0, toolchain="none", started_at=0.0).close()
    for task in tasks.tasks:
        write_trace(path, task.id)
    return path


def write_trace(run: Path, theorem: str, lengths: tuple[int, int, int] = (4, 3, 2)) -> None:
    """The trace of a theorem whose proof goes through states of these lengths."""
    first, second, third = (state_text(theorem, length) for length in lengths)
    dead = first + " ∧ False"
    with TraceWriter(trace_path(run, theorem), {"id": theorem}) as writer:
        writer.write(expansion(0, "r", first, tactic("advanced", "m"), tactic("advanced", "x"), m=second, x=dead))
        writer.write(expansion(1, "x", dead, tactic("rejected")))
        writer.write(expansion(2, "m", second, tactic("advanced", "s"), s=third))
        writer.write(expansion(3, "s", third, tactic("proved")))
