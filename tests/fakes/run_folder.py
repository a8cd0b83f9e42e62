"""Makes a finished run without Lean: results and traces as a search would have left them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from prover.run.folder import RunFolder
from prover.run.result import Status, TheoremResult
from prover.run.trace import TraceExpansion, TraceTactic, TraceWriter
from prover.run.usage import Usage
from prover.tasks import load_tasks
from search.result import Statistics

LEAN = """namespace A
theorem one (p : Prop) : p → p ∧ p := by sorry
theorem two : 1 + 1 = 2 := by sorry
theorem never : 1 = 2 := by sorry
theorem slow : 2 = 2 := by sorry
end A
theorem cut : 1 = 1
"""
PROOF = "intro h\nconstructor\n· exact h\n· exact h"
ROWS = [
    {"name": "row<1>", "split": "valid", "formal_statement": "theorem row1 : 3 = 3 := by", "informal": "three"},
    {"name": "row2", "split": "test", "formal_statement": "theorem row2 : 4 = 4 := by"},
]


def make_run(
    folder: Path,
    *,
    proved: Sequence[str] = ("A.one", "A.two", "row<1>"),
    passes: int = 1,
    statement: str = "2 = 2",
    seconds: Mapping[str, float] | None = None,
) -> Path:
    """A run of seven theorems in `folder / "run"`, of which `proved` were."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.lean").write_text(LEAN.replace("2 = 2", statement), encoding="utf-8")
    (folder / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    tasks = load_tasks([str(folder / "a.lean"), str(folder / "b.jsonl")])
    config = {
        "time_limit_s": 10.0,
        "lean": {"workers": 2},
        "search": {"passes": passes, "samples": 32, "expansions": 600},
    }
    run = RunFolder.create(
        folder / "run", tasks, config=config, versions={"stepwise": "0"}, seed=1, toolchain="lean", started_at=100.0
    )
    run.record_refused()
    for number, task in enumerate(tasks.tasks):
        is_proved = task.id in proved
        took = (seconds or {}).get(task.id, 0.5 * (number + 1))
        for attempt in range(1 if is_proved and task.id != "row<1>" else passes):
            run.journal.append(
                TheoremResult(
                    id=task.id,
                    name=task.name,
                    status=Status.PROVED
                    if is_proved and (task.id != "row<1>" or attempt == passes - 1)
                    else Status.FAILED,
                    stop_reason="proved" if is_proved else "exhausted" if task.id != "A.slow" else "wall_s",
                    attempt=attempt,
                    proof=PROOF if is_proved else None,
                    proof_steps=4 if is_proved else None,
                    verdict={"status": "accepted", "axioms": []} if is_proved else None,
                    elapsed_s=took,
                    expansions=number + 1,
                    tactics=10 * (number + 1),
                    lean_s=took / 2,
                    fingerprint=task.fingerprint,
                    split=task.split,
                    source=task.source,
                    line=task.line,
                    started_at=100.0 + number,
                    usage=Usage(counts=Statistics(advanced=3, closed=1, refused={"error": 5, "parse": 1})),
                )
            )
        if is_proved:
            run.write_proof(task.id, task.solution(PROOF))
        with TraceWriter(run.trace_path(task.id), {"id": task.id}) as writer:
            for expansion in expansions(is_proved=is_proved):
                writer.write(expansion)
    for solved in run.solved():
        solved.write()
    run.close()
    return folder / "run"


def tactic(text: str, outcome: str, *children: str, error: str = "", log_prob: float = -1.0) -> TraceTactic:
    return TraceTactic(text, outcome, log_prob, children=children, error=error, kind="error" if error else "")


def expansions(*, is_proved: bool) -> list[TraceExpansion]:
    """A root with a good and a circular tactic, an AND step into two parts, and a dead end."""
    last = tactic("exact h", "proved") if is_proved else tactic("exact h", "rejected", error="type mismatch")
    return [
        TraceExpansion(
            0,
            "k0",
            "⊢ p → p ∧ p",
            (),
            0.1,
            (
                tactic("intro h", "advanced", "k1"),
                tactic("skip", "advanced", "k0"),
                tactic("intro x", "advanced", "dead"),
                tactic("omega", "rejected", error="omega could not\nprove it"),
            ),
        ),
        TraceExpansion(1, "dead", "x : p\n⊢ p ∧ p", ("intro x",), 0.2, (tactic("omega", "rejected", error="no"),)),
        TraceExpansion(2, "k1", "h : p\n⊢ p ∧ p", ("intro h",), 0.3, (tactic("constructor", "advanced", "l", "r"),)),
        TraceExpansion(3, "l", "h : p\n⊢ p", ("intro h", "constructor"), 0.4, (tactic("trivial", "timed_out"), last)),
        TraceExpansion(4, "r", "h : p\n⊢ p", ("intro h", "constructor"), 0.5, (last,)),
    ]
