"""Clients that were written for the community REPL, from PyPI and unchanged, talk to `stepwise repl`.

They start their server as `lake exe repl` or `lake env …/repl`: a stand-in for `lake` starts ours.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.timeout(200)]
ROOT = Path(__file__).parents[3]
THEOREM = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by sorry"


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program `lake`, first on the PATH, that is our REPL whatever it is asked to do."""
    program = tmp_path / "lake"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -m prover.cli.main repl\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return program


def client(module: str) -> Any:
    """The client's package; not having it is no failure of ours."""
    return pytest.importorskip(module, reason=f"{module} is not installed; it is a client, nothing we need")


def end(process: Any) -> None:
    """These clients leave their pipes to the garbage collector."""
    process.stdin.close()
    process.wait(timeout=20)
    process.stdout.close()
    process.stderr.close()


def test_lean_repl_py_proves_step_by_step(lake: Path) -> None:
    handler = client("lean_repl_py").LeanREPLHandler()
    handler.send_command(THEOREM)
    answer, env = handler.receive_json()
    (hole,) = answer["sorries"]
    assert hole.goal == "p q : Prop\nh : p ∧ q\n⊢ q ∧ p"
    assert any("sorry" in message.data for message in answer["messages"])
    handler.send_tactic("constructor", hole.proof_state)
    state, _ = handler.receive_json()
    assert [goal.splitlines()[-1] for goal in state.goals] == ["⊢ q", "⊢ p"]
    handler.send_tactic("all_goals simp [h]", state.proof_state)
    state, _ = handler.receive_json()
    assert state.goals == []
    handler.env = env
    handler.send_command("theorem again (p q : Prop) (h : p ∧ q) : q ∧ p := swap p q h")
    answer, env = handler.receive_json()
    assert env is not None
    assert all(message.severity != "error" for message in answer.get("messages", []))
    handler.send_command("theorem wrong : 1 = 2 := by decide")
    answer, _ = handler.receive_json()
    assert [message.severity for message in answer["messages"]] == ["error"]
    end(handler.process)


def test_lean_interact_runs_commands_and_tactics(lake: Path, tmp_path: Path) -> None:
    package = client("lean_interact")
    server_module = importlib.import_module("lean_interact.server")
    config = package.LeanREPLConfig.__new__(package.LeanREPLConfig)  # its constructor would fetch and build a REPL
    for name, value in {
        "lake_path": lake,
        "_cache_repl_dir": tmp_path,
        "project": None,
        "memory_hard_limit_mb": None,
        "enable_incremental_optimization": False,
        "enable_parallel_elaboration": False,
    }.items():
        setattr(config, name, value)
    config.is_setup = lambda: True
    server = server_module.LeanServer(config)
    answer = server.run(package.Command(cmd=THEOREM), timeout=90)
    (hole,) = answer.sorries
    assert hole.goal.endswith("⊢ q ∧ p")
    step = server.run(package.ProofStep(proof_state=hole.proof_state, tactic="exact ⟨h.2, h.1⟩"), timeout=60)
    assert step.proof_status == "Completed"
    assert step.goals == []
    wrong = server.run(package.ProofStep(proof_state=hole.proof_state, tactic="exact h"), timeout=60)
    assert isinstance(wrong, importlib.import_module("lean_interact.interface").LeanError)
    trees = server.run(package.Command(cmd="theorem one : 1 = 1 := by\n  rfl", infotree="full"), timeout=60).infotree
    assert [tree.kind for tree in trees] == ["CommandInfo"] * len(trees) != []
    assert server.run(package.Command(cmd="#check swap", env=answer.env), timeout=60).messages[0].severity == "info"
    end(server._proc)
