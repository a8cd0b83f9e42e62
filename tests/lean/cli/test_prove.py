"""The main job, end to end, as a user runs it."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.processes import left

pytestmark = [pytest.mark.timeout(300)]

THEOREMS = """
def double : Nat → Nat
  | 0 => 0
  | n + 1 => double n + 2

/-- Needs induction. -/
theorem double_eq (n : Nat) : double n = 2 * n := by
  sorry

namespace Inner
variable (p q : Prop)

theorem swap : p ∧ q → q ∧ p := sorry

theorem wrong : p ∨ q → p := by sorry

theorem ill_typed : double p = q := by
  sorry
end Inner
"""


def stepwise(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "prover.cli.main", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=280, check=False)


def results(run: Path) -> dict[str, dict[str, Any]]:
    lines = [json.loads(line) for line in (run / "results.jsonl").read_text().splitlines()]
    found = {line["name"]: line for line in lines}
    assert len(found) == len(lines), "a theorem has two results"
    return found


STUCK = """
def gate (h : 0 = 0) : Type := Eq.rec (motive := fun _ _ => Type) Prop h
inductive Owner : (h : 0 = 0) → gate h where
  | mk (h : 0 = 0) (bit : Bool) : Owner h

theorem simple : 1 = 1 := by
  sorry
"""

HALF_DONE = """def len : List Nat → Nat
  | [] => 0
  | _ :: t => len t + 1

theorem cases (p q r : Prop) (h : p ∨ q) (hp : p → r) (hq : q → r) : r := by
  cases h with
  | inl h => sorry
  | inr h =>
    have := hq h
    sorry -- by hand

theorem steps (a b c : Nat) (h : a = b) (k : b = c) : a + 0 = c * 1 := by
  calc a + 0 = b := by sorry
    _ = c := sorry
    _ = c * 1 := by
      sorry

theorem len_eq : ∀ l : List Nat, len l = l.length
  | [] => sorry
  | x :: t => by
    have := len_eq t
    sorry

theorem both (a : Nat) : a + 0 = a ∧ 0 + a = a := ⟨left, right⟩
where
  left : a + 0 = a := sorry
  right : 0 + a = a := by sorry

theorem ends (n : Nat) : n < n + 1 := by
  match n with
  | 0 => sorry
  | k + 1 =>
    have := ends k
    sorry
termination_by n
decreasing_by sorry

theorem partly (p q : Prop) (h : p) : p ∧ (q ∨ p) ∧ q := ⟨sorry, sorry, sorry⟩
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over three files, in `run` beside them: Lean and the judge start once for all that is held of it."""
    folder = tmp_path_factory.mktemp("proved")
    files = {"mine.lean": THEOREMS, "half.lean": HALF_DONE, "stuck.lean": STUCK}
    for name, text in files.items():
        (folder / name).write_text(text)
    limits = ("--workers", "1", "--time-limit", "60", "--set", "search.expansions=4", "--set", "search.samples=12")
    done = stepwise("prove", *files, "--out", "run", *limits, cwd=folder)
    assert done.returncode == 1, done.stderr
    return folder


@pytest.mark.long
def test_a_list_that_declares_a_type_which_the_judge_refuses_is_refused_as_such(folder: Path) -> None:
    found = results(folder / "run")["simple"]
    assert (found["status"], found["stop_reason"]) == ("invalid", "refused_type")
    assert "Owner does not end in a sort" in found["error"]


@pytest.mark.long
def test_a_file_is_proved_in_place_and_comes_back_whole(folder: Path) -> None:
    found = results(folder / "run")
    statuses = {name: found[name]["status"] for name in ("double_eq", "Inner.swap", "Inner.wrong", "Inner.ill_typed")}
    assert statuses == {
        "double_eq": "proved",
        "Inner.swap": "proved",
        "Inner.wrong": "failed",
        "Inner.ill_typed": "invalid",
    }
    assert found["double_eq"]["verdict"]["verdict"] == "accepted"
    assert found["Inner.ill_typed"]["error"]
    solved = (folder / "run" / "solved" / "mine.lean").read_text()
    assert solved.count("sorry") == 2
    assert "/-- Needs induction. -/" in solved


@pytest.mark.long
def test_a_half_done_file_comes_back_with_every_sorry_filled_that_can_be(folder: Path) -> None:
    found = results(folder / "run")
    proved = {name for name, row in found.items() if row["status"] == "proved" and row["verdict"]}
    assert proved == {"cases", "steps", "len_eq", "both", "ends"} | {"double_eq", "Inner.swap"}
    assert found["partly"]["status"] == "failed"
    assert [hole["proof"] is None for hole in found["partly"]["holes"]] == [False, False, True]
    solved = (folder / "run" / "solved" / "half.lean").read_text()
    assert solved.count("sorry") == 1 and "-- by hand" in solved


@pytest.mark.long
def test_a_run_is_checked_again_and_a_proof_that_was_changed_is_no_longer_accepted(folder: Path) -> None:
    shutil.copytree(folder / "run", folder / "again")
    proof = folder / "again" / "proofs" / "double_eq.lean"
    proof.write_text(proof.read_text().replace("2 * n", "n + n"))
    checked = stepwise("check", "again", cwd=folder)
    assert checked.returncode == 1
    assert "it was changed" in checked.stdout
    assert "6 accepted, 1 rejected, 0 unknown" in checked.stdout
    assert len(re.findall("✓ accepted", checked.stdout)) == 6


def test_a_model_with_damaged_weights_is_named_and_leaves_no_folder(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the models extra is not installed")
    from tests.fakes.checkpoints import policy_folder

    shard = sorted(policy_folder(tmp_path / "policy").glob("*.bin"))[-1]
    shard.write_bytes(shard.read_bytes()[:-300])
    (tmp_path / "mine.lean").write_text("theorem t : 1 = 1 := by sorry\n")
    done = stepwise("prove", "mine.lean", "--policy", "policy", "--out", "run", cwd=tmp_path)
    assert done.returncode == 4
    assert f"{shard.name} is damaged" in done.stderr
    assert not (tmp_path / "run").exists()


def hears_ctrl_c() -> None:
    """For a child of tests that run in the background, which ignores Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.long
def test_a_run_that_was_killed_is_gone_on_with_and_leaves_no_process(tmp_path: Path) -> None:
    """The drills interrupt it as well."""
    hold_gone_on_with(tmp_path, (signal.SIGKILL, -signal.SIGKILL))


def hold_gone_on_with(folder: Path, *stops: tuple[signal.Signals, int]) -> None:
    """A run that is stopped by each signal after a new result comes to what it would have come to."""
    statements = [f"theorem t{n} (a b : Nat) : a + b + {n} = b + ({n} + a) := by sorry" for n in range(8)]
    file = folder / "many.jsonl"
    file.write_text(
        "".join(json.dumps({"name": f"t{n}", "formal_statement": s}) + "\n" for n, s in enumerate(statements))
    )
    given, run = ["many.jsonl", "--out", "run", "--time-limit", "20", "--workers", "1"], folder / "run"
    known = 0
    for stop, code in stops:
        assert told_after_a_result(stop, *given, cwd=folder) == code
        assert known < len(results(run)) < 8
        given, known = ["--resume", "run"], len(results(run))
    assert stepwise("prove", *given, cwd=folder).returncode == 0
    assert {name: result["status"] for name, result in results(run).items()} == {f"t{n}": "proved" for n in range(8)}


def told_after_a_result(stop: signal.Signals, *given: str, cwd: Path) -> int:
    """The exit status of a run that is sent the signal at its first line of output; it leaves no process."""
    command = [sys.executable, "-m", "prover.cli.main", "prove", *given]
    with subprocess.Popen(
        command, cwd=cwd, stderr=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, preexec_fn=hears_ctrl_c
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        below = psutil.Process(process.pid).children(recursive=True)
        assert below
        process.send_signal(stop)
        process.stdout.read()
        status = process.wait()
    assert left(below, within_s=10.0) == []
    return status


def test_suggest_offers_tactics_with_what_remains_and_a_judged_proof(tmp_path: Path) -> None:
    (tmp_path / "mine.lean").write_text(THEOREMS)
    done = stepwise("suggest", "mine.lean:8", "--alone", "--json", "--time-limit", "30", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (answer,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert answer["theorem"] == "double_eq"
    assert answer["proof"]
    assert answer["judged"]
    assert any(suggestion["goals"] for suggestion in answer["suggestions"])


def test_a_line_is_filled_in_place_and_the_rest_of_its_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "half.lean"
    file.write_text(HALF_DONE)
    file.chmod(0o640)
    done = stepwise("fill", "half.lean:7", "--in-place", "--time-limit", "10", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 of 1 `sorry`s filled; proved and judged: none" in done.stdout
    filled, before = file.read_text().split("\n"), HALF_DONE.split("\n")
    assert filled[:6] + filled[7:] == before[:6] + before[7:]
    assert filled[6].startswith("  | inl h => ") and "sorry" not in filled[6]
    assert file.stat().st_mode & 0o777 == 0o640
