"""The drill: Lean actors, an engine, drivers and the whole run are killed at random while 600 theorems are proved.

After the last resume every theorem has exactly one result, the same are proved as in a run that nobody disturbed (same
seed, a budget in expansions), every trace is whole, and no process is left.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from prover.lean.embedded import ensure_embedded
from prover.run.result import Status
from prover.run.trace import read_trace
from tests.cluster.disturbed import ENVIRONMENT, ROOT, Disturbed, proved, results
from tests.cluster.lost_machines import outlives
from tests.cluster.test_command import PROVE, STATEMENTS, begun, hold_told, hold_told_at_start
from tests.cluster.test_models import hold_own_critic

pytest.importorskip("ray", reason="the ray extra is not installed")
pytestmark = [pytest.mark.timeout(2700)]


async def test_a_run_is_told_to_end_again_and_again_by_each_signal_and_gone_on_with_to_its_end(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    command, resume = begun(folder, len(STATEMENTS)), [*PROVE, "--resume", str(folder), "--ray", "local"]
    for stop, code in [(signal.SIGINT, 130), (signal.SIGTERM, 143)] * 2:
        await hold_told(folder, command, stop, code)
        command = resume
    done = subprocess.run(resume, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [result.status for result in results(folder).values()] == [Status.PROVED] * len(STATEMENTS)


@pytest.mark.parametrize("after_s", [0.0, 0.5, 2.0, 3.0])
async def test_a_run_is_told_to_end_at_each_moment_of_rays_start(tmp_path: Path, after_s: float) -> None:
    await hold_told_at_start(tmp_path / "run", after_s)


async def test_a_line_of_our_own_ranks_on_a_ray_with_one_gpu_and_the_report_names_it(tmp_path: Path) -> None:
    await hold_own_critic(tmp_path, "line", "100%")


def test_whatever_is_killed_every_theorem_has_its_one_result(tmp_path: Path) -> None:
    count = 600
    program = [sys.executable, "-m", "tests.cluster.cluster_run"]
    subprocess.run([*program, str(tmp_path / "calm"), str(count), "here"], cwd=ROOT, env=ENVIRONMENT, check=True)
    calm = results(tmp_path / "calm")
    folder = tmp_path / "wild"
    run = Disturbed([*program[1:], str(folder), str(count)], folder, Random(11))
    known: set[str] = set()
    for until in (90, 240, 390, None):
        status = run.go(results_a_kill=4, until=until)
        now = results(folder) if (folder / "results.jsonl").exists() else {}
        assert known <= now.keys(), "a result was lost"
        known = set(now)
        assert not run.left("ray::_Shell", within_s=30.0), "actors are left"
        if status is not None:
            break
    assert status == 0
    assert not run.left("", within_s=90.0)  # Ray's own agents look for a killed run for a minute
    assert run.killed["the run"] == 3
    assert run.killed["an actor"] >= 60
    wild = results(folder)
    assert wild.keys() == calm.keys()
    assert len(wild) == count
    assert not [result for result in wild.values() if result.status is Status.UNKNOWN]
    assert proved(wild) == proved(calm)
    for identifier in wild:
        header, expansions = read_trace(folder / "trace" / f"{identifier}.jsonl.gz")
        assert header["id"] == identifier
        assert sum(1 for _ in expansions) > 0


@pytest.mark.filterwarnings("ignore")
async def test_a_run_outlives_every_machine_that_its_lean_workers_were_on(tmp_path: Path) -> None:
    await outlives(tmp_path, theorems=150, lost_after=[20, 50, 80, 110])


THEOREMS = """
theorem a (p q : Prop) (h : p ∧ q) : q ∧ p := by sorry
theorem b (a b : Nat) : a + b = b + a := by sorry
theorem c (a b c : Nat) (h : a ≤ b) : a + c ≤ b + c := by sorry
theorem d (a b : Nat) : a + b = a := by sorry
theorem e (xs ys : List Nat) : (xs ++ ys).length = ys.length + xs.length := by sorry
theorem f (p : Prop) : p := by sorry
theorem g (p q r : Prop) (hp : p → q) (hq : q → r) : p → r := by sorry
theorem h (a b : Int) (h : a < b) : 2 * a + 1 ≤ 2 * b := by sorry
"""


async def test_real_theorems_come_to_the_same_whatever_is_killed(tmp_path: Path) -> None:
    await ensure_embedded()
    (tmp_path / "t.lean").write_text(THEOREMS, encoding="utf-8")
    program = ["-m", "prover.cli.main", "prove", "--quiet"]
    settings = ["--time-limit", "600", "--set", "search.expansions=5", "--set", "search.in_flight=1"]
    given = [str(tmp_path / "t.lean"), *settings]
    subprocess.run(
        [sys.executable, *program, *given, "--out", str(tmp_path / "calm")], cwd=ROOT, env=ENVIRONMENT, check=False
    )
    folder = tmp_path / "wild"
    run = Disturbed([*program, *given, "--out", str(folder), "--ray", "local"], folder, Random(4))
    assert run.go(results_a_kill=1, until=3) is None
    run.argv = [*program, "--resume", str(folder), "--ray", "local"]
    assert run.go(results_a_kill=2, until=None) == 1  # two of them are no theorems
    calm, wild = results(tmp_path / "calm"), results(folder)
    assert calm.keys() == wild.keys()
    assert {each: result.status for each, result in wild.items()} == {each: calm[each].status for each in calm}
    assert proved(wild) == {"a", "b", "c", "e", "g", "h"}
    assert run.killed["an actor"] >= 2
    assert not run.left("", within_s=90.0)
