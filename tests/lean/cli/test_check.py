"""`stepwise check FILE.lean` on files as people have them: once as a command, else with judges that all share."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from prover.assembly.checking import open_judges
from prover.assembly.toolchains import Toolchains
from prover.cli import check as command
from prover.cli.console import Console
from prover.cli.main import parser_of
from prover.config import LeanConfig
from prover.judge import Judge
from prover.lean.toolchain import Embedded

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]

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


Verdicts = dict[str, dict[str, Any]]
Judges = tuple[Toolchains, list[Judge]]
Check = Callable[..., Awaitable[tuple[int, str]]]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def judges(toolchain: Embedded) -> AsyncIterator[Judges]:
    async with open_judges(LeanConfig(), parallel=2) as opened:
        yield opened


@pytest.fixture
def check(judges: Judges, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Check:
    """Does what `stepwise check` does, in `tmp_path`: its exit code, and what it said: for programs, or for people."""

    @asynccontextmanager
    async def shared(*_: object, **__: object) -> AsyncIterator[Judges]:
        yield judges

    async def run(*arguments: str) -> tuple[int, str]:
        options = parser_of("check").parse_args(arguments)
        code = await command._check(options, Console(is_json=options.json))
        said = capsys.readouterr()
        return code, said.out if options.json else said.out + said.err

    monkeypatch.setattr(command, "open_judges", shared)
    monkeypatch.chdir(tmp_path)
    return run


def by_name(printed: str) -> Verdicts:
    verdicts = [json.loads(line) for line in printed.splitlines()]
    return {verdict["theorem"].rpartition(".")[2]: verdict for verdict in verdicts}


def places(verdicts: Verdicts) -> dict[str, tuple[str | None, int, int]]:
    return {name: (verdict["kind"], verdict["line"], verdict["column"]) for name, verdict in verdicts.items()}


async def test_each_theorem_of_a_messy_file_has_a_verdict_and_a_place_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "Mine.lean").write_text(MESSY)
    line = [sys.executable, "-m", "prover.cli.main", "check", "Mine.lean", "--json"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 1, done.stderr
    verdicts = by_name(done.stdout)
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


async def test_own_answers_to_a_challenge_are_judged_one_by_one(check: Check, tmp_path: Path) -> None:
    challenge = "theorem a (n : Nat) : n + 0 = n := sorry\n\ntheorem b : 2 ∣ 6 := sorry\n\ntheorem c : 1 = 2 := sorry\n"
    (tmp_path / "Challenge.lean").write_text(challenge)
    answers = "theorem a (n : Nat) : n + 0 = n := by\n  rfl\n\ntheorem b : 2 ∣ 6 := by\n  exact ⟨4, rfl⟩\n"
    (tmp_path / "Answers.lean").write_text(answers)
    code, said = await check("Answers.lean", "--challenge", "Challenge.lean", "--json")
    assert code == 1, said
    verdicts = by_name(said)
    assert places(verdicts)["a"] == (None, 1, 8)
    assert (verdicts["b"]["kind"], verdicts["b"]["line"]) == ("elaboration", 5)
    assert (verdicts["c"]["kind"], verdicts["c"]["file"], verdicts["c"]["line"]) == ("missing", "Challenge.lean", 5)


async def test_a_theorem_that_rests_on_a_broken_one_is_refused_at_its_own_place(check: Check, tmp_path: Path) -> None:
    texts = ("theorem broken (a : Nat) : 0 + a = a := rfl", "theorem user (a : Nat) : 0 + a = a := broken a")
    (tmp_path / "Mine.lean").write_text("\n\n".join((*texts, "theorem mine : 1 = 2 := by simp [broken]\n")))
    code, said = await check("Mine.lean", "--json")
    assert code == 1, said
    verdicts = by_name(said)
    assert {name: line for name, (_, line, _) in places(verdicts).items()} == {"broken": 1, "user": 3, "mine": 5}
    assert "it rests on what stands at Mine.lean:1:40, which does not elaborate" in verdicts["user"]["reason"]
    assert "it rests on" not in verdicts["mine"]["reason"]


async def test_an_error_that_is_in_no_theorem_is_said_and_counts_for_the_file(check: Check, tmp_path: Path) -> None:
    (tmp_path / "Mine.lean").write_text("theorem fine : 1 = 1 := rfl\n\nexample : 1 = 2 := rfl\n")
    code, said = await check("Mine.lean")
    assert code == 1
    assert "✓ accepted" in said
    assert "Mine.lean:3:19  error" in said


async def test_what_a_file_wants_and_lean_has_not_is_said_with_its_place_and_the_next_step(
    check: Check, tmp_path: Path
) -> None:
    (tmp_path / "Mine.lean").write_text("import Init\nimport Mathlib.Tactic\n\ntheorem fine : 1 = 1 := rfl\n")
    (tmp_path / "Own.lean").write_text("theorem t (a b : Nat) (h : a < b) : a ≤ b := by\n  linarith\n")
    code, said = await check("Mine.lean")
    assert code == 2
    assert "Mine.lean:2:0  import: unknown module prefix 'Mathlib', so no theorem of the file can be judged" in said
    assert "--project DIR" in said
    code, said = await check("Own.lean")
    assert code == 1
    assert "Own.lean:2:3  t  elaboration: the file does not elaborate: unknown tactic `linarith`" in said
    assert "--project DIR" in said
