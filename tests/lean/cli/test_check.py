"""`stepwise check FILE.lean` on files as people have them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.timeout(300)]

MESSY = """-- my attempts
namespace Mine

def twice (n : Nat) := n + n

theorem twice_eq (n : Nat) : twice n = 2 * n := by
  unfold twice; omega

lemma not_a_command : 1 = 1 := rfl

theorem wrong (n : Nat) : n < n + 1 := by
  exact nonsense
  rfl

theorem on_wrong : 3 < 4 :=
  wrong 3

theorem later (p q : Prop) (h : p ∧ q) : q ∧ p := by
  sorry

private theorem hidden (p : Prop) (h : p) : p ∨ False := .inl h

theorem unreal (n : Nat) : n = missing_thing := rfl

mutual
theorem ping : ∀ n : Nat, 0 ≤ n
  | 0 => Nat.le_refl 0
  | n + 1 => Nat.le_succ_of_le (pong n)
theorem pong : ∀ n : Nat, 0 ≤ n
  | 0 => Nat.le_refl 0
  | n + 1 => Nat.le_succ_of_le (ping n)
end

theorem lazy : twice 2 = 4 := by decide
end Mine
"""


def check(*arguments: str, cwd: Path) -> tuple[int, dict[str, dict[str, Any]], str]:
    command = [sys.executable, "-m", "prover.cli.main", "check", *arguments]
    done = subprocess.run([*command, "--json"], cwd=cwd, capture_output=True, text=True, timeout=280, check=False)
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {verdict["theorem"].rpartition(".")[2]: verdict for verdict in verdicts}, done.stderr


def places(verdicts: dict[str, dict[str, Any]]) -> dict[str, tuple[str | None, int, int]]:
    return {name: (verdict["kind"], verdict["line"], verdict["column"]) for name, verdict in verdicts.items()}


def test_each_theorem_of_a_messy_file_has_a_verdict_and_a_place_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "Mine.lean").write_text(MESSY)
    code, verdicts, said = check("Mine.lean", cwd=tmp_path)
    assert code == 1, said
    assert places(verdicts) == {
        "twice_eq": (None, 6, 8),
        "wrong": ("elaboration", 12, 8),
        "on_wrong": ("elaboration", 15, 8),
        "later": ("sorry", 18, 8),
        "hidden": (None, 21, 16),
        "unreal": ("elaboration", 23, 48),
        "ping": (None, 26, 8),
        "pong": (None, 29, 8),
        "lazy": (None, 34, 8),
    }
    assert all(verdict["file"] == "Mine.lean" for verdict in verdicts.values())
    assert "Unknown identifier `nonsense`" in verdicts["wrong"]["reason"]
    assert verdicts["twice_eq"]["verdict"] == "accepted"
    assert {error["line"] for error in verdicts["twice_eq"]["elsewhere"]} == {9, 12, 13, 23}


def test_own_answers_to_a_challenge_are_judged_one_by_one(tmp_path: Path) -> None:
    challenge = "theorem a (n : Nat) : n + 0 = n := sorry\n\ntheorem b : 2 ∣ 6 := sorry\n\ntheorem c : 1 = 2 := sorry\n"
    (tmp_path / "Challenge.lean").write_text(challenge)
    answers = "theorem a (n : Nat) : n + 0 = n := by\n  rfl\n\ntheorem b : 2 ∣ 6 := by\n  exact ⟨4, rfl⟩\n"
    (tmp_path / "Answers.lean").write_text(answers)
    code, verdicts, said = check("Answers.lean", "--challenge", "Challenge.lean", cwd=tmp_path)
    assert code == 1, said
    assert places(verdicts)["a"] == (None, 1, 8)
    assert (verdicts["b"]["kind"], verdicts["b"]["line"]) == ("elaboration", 5)
    assert (verdicts["c"]["kind"], verdicts["c"]["file"], verdicts["c"]["line"]) == ("missing", "Challenge.lean", 5)


def test_a_theorem_that_rests_on_a_broken_one_is_refused_at_its_own_place(tmp_path: Path) -> None:
    texts = ("theorem broken (a : Nat) : 0 + a = a := rfl", "theorem user (a : Nat) : 0 + a = a := broken a")
    (tmp_path / "Mine.lean").write_text("\n\n".join((*texts, "theorem mine : 1 = 2 := by simp [broken]\n")))
    code, verdicts, said = check("Mine.lean", cwd=tmp_path)
    assert code == 1, said
    assert {name: line for name, (_, line, _) in places(verdicts).items()} == {"broken": 1, "user": 3, "mine": 5}
    assert "it rests on what stands at Mine.lean:1:40, which does not elaborate" in verdicts["user"]["reason"]
    assert "it rests on" not in verdicts["mine"]["reason"]


def test_an_error_that_is_in_no_theorem_is_said_and_counts_for_the_file(tmp_path: Path) -> None:
    (tmp_path / "Mine.lean").write_text("theorem fine : 1 = 1 := rfl\n\nexample : 1 = 2 := rfl\n")
    command = [sys.executable, "-m", "prover.cli.main", "check", "Mine.lean"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 1
    assert "✓ accepted" in done.stdout
    assert "Mine.lean:3:19  error" in done.stdout


def test_what_a_file_wants_and_lean_has_not_is_said_with_its_place_and_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "Mine.lean").write_text("import Init\nimport Mathlib.Tactic\n\ntheorem fine : 1 = 1 := rfl\n")
    (tmp_path / "Own.lean").write_text("theorem t (a b : Nat) (h : a < b) : a ≤ b := by\n  linarith\n")
    command = [sys.executable, "-m", "prover.cli.main", "check"]
    done = subprocess.run(
        [*command, "Mine.lean"], cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 2
    assert (
        "Mine.lean:2:0  import: unknown module prefix 'Mathlib', so no theorem of the file can be judged" in done.stdout
    )
    assert "--project DIR" in done.stdout + done.stderr
    done = subprocess.run(
        [*command, "Own.lean"], cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 1
    assert "Own.lean:2:3  t  elaboration: the file does not elaborate: unknown tactic `linarith`" in done.stdout
    assert "--project DIR" in done.stdout + done.stderr
