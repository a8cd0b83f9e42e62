"""Sketches on the real Lean, from the command line: a false one, hostile ones, and what is known after a kill."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from prover.run.trace import read_trace

HARD = "∀ x y z : Nat, 0 < x → 0 < y → x ^ 3 + y ^ 3 ≠ z ^ 3"
"""True, and out of reach for any search here."""
EMPTY = "(p : Nat → Prop) : p (a * b)"
"""Out of reach as well, and whatever is tried fails at once."""
SMALL = "search.samples=8"


def command(*arguments: str) -> list[str]:
    """`stepwise prove` with one worker: each that starts is a second of processor time, and learns its tactics anew."""
    return [sys.executable, "-m", "prover.cli.main", "prove", "--workers", "1", *arguments]


def prove(folder: Path, *arguments: str) -> dict[str, dict[str, Any]]:
    """The results of a run in `folder`, by name."""
    done = subprocess.run(command(*arguments), cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    lines = (folder / "run" / "results.jsonl").read_text().splitlines()
    return {result["name"]: result for result in map(json.loads, lines)}


def events(folder: Path, name: str, kind: str) -> list[dict[str, Any]]:
    lines = (folder / "run" / "plan" / f"{name}.jsonl").read_text().splitlines()
    return [event for event in map(json.loads, lines) if event["event"] == kind]


def written(folder: Path, statements: dict[str, str], sketches: dict[str, list[str]]) -> None:
    (folder / "mine.lean").write_text("".join(f"theorem {n} {s} := by\n  sorry\n\n" for n, s in statements.items()))
    rows = [json.dumps({"name": name, "sketches": texts}) for name, texts in sketches.items()]
    (folder / "sketches.jsonl").write_text("\n".join(rows) + "\n")


HOSTILE = [
    "axiom cheat : (1 : Nat) = 2\nexact cheat",
    "exact cheat\n\naxiom cheat : (1 : Nat) = 2",
    "exact sorryAx _",
    "set_option debug.skipKernelTC true in\nexact sorry",
    'run_tac do\n  IO.FS.writeFile "owned" "x"\nsorry',
    "by_elab\nsorry",
    "theorem bad : True := by\n  trivial",
    "⟨⟩ ⊢ \u0000 by by",
    "/- exact\nsorry",
    "exact (by\n  exact (by\n    sorry))\n\nend Space",
    "open Classical in\nhave h : (1 : Nat) = 2 := by\n  sorry\nexact h",
]


@pytest.mark.long
def test_a_false_step_is_disproved_and_no_hostile_sketch_proves_anything(tmp_path: Path) -> None:
    statements = {"flawed": f"(a b : Nat) (h : a ≤ b) : {HARD}", "bad": ": (1 : Nat) = 2"}
    sketches = {"flawed": ["have two : a < b := sorry\nsorry"], "bad": HOSTILE}
    written(tmp_path, statements, sketches)
    found = prove(
        tmp_path,
        *("mine.lean", "--out", "run", "--time-limit", "60", "--plan", "script:sketches.jsonl", "--set", SMALL),
        *("--set", "plan.share=0", "--set", "plan.repairs=0", "--set", "search.expansions=8"),
    )
    assert {result["status"] for result in found.values()} == {"failed"}
    (disproof,) = events(tmp_path, "flawed", "sketch")[0]["disproofs"]
    assert disproof["goal"].endswith("⊢ a < b")
    assert found["bad"]["stats"]["plan"]["calls"] == len(HOSTILE)
    assert all(result["elapsed_s"] <= 60 + 5 for result in found.values())
    assert not list(tmp_path.rglob("owned"))


@pytest.mark.long
def test_one_sorry_of_several_is_planned_and_the_file_comes_back_with_all_of_them_filled(tmp_path: Path) -> None:
    triple = "∃ a b c : Nat, 100 < a ∧ a < b ∧ b < c ∧ a * a + b * b = c * c"
    begun = f"theorem begun (p : Prop) (h : p) : p ∧ {triple} := by\n  constructor\n  · sorry\n  · sorry -- which?\n"
    (tmp_path / "mine.lean").write_text(begun)
    row = {"name": "begun", "hole": 2, "sketches": ["refine ⟨200, 375, 425, ?_⟩\nhave h : 100 < 200 := sorry\nsorry"]}
    (tmp_path / "sketches.jsonl").write_text(json.dumps(row) + "\n")
    arguments = ("mine.lean", "--out", "run", "--time-limit", "60", "--plan", "script:sketches.jsonl")
    (result,) = prove(tmp_path, *arguments, "--set", SMALL).values()
    assert result["status"] == "proved"
    assert result["holes"][1]["proof"].startswith("refine ⟨200, 375, 425, ?_⟩\nhave h : 100 < 200 := by ")
    solved = (tmp_path / "run" / "solved" / "mine.lean").read_text()
    assert "· refine ⟨200, 375, 425, ?_⟩\n    have h" in solved and solved.count("-- which?") == 1
    assert "sorry" not in solved


@pytest.mark.long
def test_a_hole_proved_before_a_kill_costs_the_resumed_run_no_expansion_and_no_request_to_the_policy(
    tmp_path: Path,
) -> None:
    written(
        tmp_path,
        {"first": f"(a b : Nat) (h : a < b) {EMPTY}", "other": f"(b a : Nat) (g : b < a) {EMPTY}"},
        {
            "first": ["have one : a + 1 ≤ b := by\n  sorry\nsorry"],
            "other": ["have same : b + 1 ≤ a := by\n  sorry\nsorry"],
        },
    )
    run = tmp_path / "run"
    arguments = ("mine.lean", "--out", "run", "--time-limit", "300", "--plan", "script:sketches.jsonl")
    with subprocess.Popen(
        command(*arguments, "--set", "concurrency=1", "--set", SMALL),
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        until = time.monotonic() + 240
        while not (run / "subgoals.jsonl").exists() and time.monotonic() < until:
            time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
    shutil.rmtree(run / "trace")
    small = ("--set", "search.expansions=2", "--set", "lean.tactic_s=1")
    found = prove(tmp_path, "--resume", "run", "--time-limit", "40", *small)
    for name in ("first", "other"):
        assert found[name]["stats"]["plan"]["from_board"] == 1
        assert events(tmp_path, name, "sketch")[0]["holes"][0]["proof"] is not None
    traces = list((run / "trace" / "sketch1_hole1").iterdir())
    assert len(traces) == 2
    assert [list(read_trace(trace)[1]) for trace in traces] == [[], []]
