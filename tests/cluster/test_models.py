"""The published configuration as it is typed, with tiny checkpoints on a Ray that is told of one GPU."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("ray", reason="the ray extra is not installed")
pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from critic.features import NAMES
from critic.model import Calibration
from critic.train import Heads, Line
from prover.lean.embedded import ensure_embedded
from prover.policy.trained import write_heads, write_line
from tests.cluster.disturbed import ENVIRONMENT, ROOT
from tests.fakes.checkpoints import POLICY, critic_folder, policy_folder, spelling_policy_folder

pytestmark = [pytest.mark.timeout(600)]

ONE_GPU = {**ENVIRONMENT, "RAY_OVERRIDE_RESOURCES": json.dumps({"GPU": 1})}
LINE = ["--preset", "minif2f-internlm2.5-bf-cg", "--ray", "local", "--workers", "1", "--time-limit", "120"]
STATEMENT = "theorem t (a b : Nat) : a + b = b + a := by sorry"


def proved(folder: Path, policy: Path, critic: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "prover.cli.main", "prove", "--statement", STATEMENT, *LINE]
    command += ["--policy", f"{policy}?max_new=16&rows=64", "--critic", str(critic), "--out", str(folder)]
    return subprocess.run(command, cwd=ROOT, env=ONE_GPU, capture_output=True, text=True, check=False)


async def test_policy_and_critic_on_one_gpu_prove_and_the_report_names_both(tmp_path: Path) -> None:
    await ensure_embedded()
    policy = spelling_policy_folder(tmp_path / "policy", ["omega", "rfl"])
    done = proved(tmp_path / "run", policy, critic_folder(tmp_path / "critic", is_sane=True))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "core_worker" not in done.stderr  # a line of Ray's own that would frighten
    assert "1 policy engine with 0.75 GPU each (75% of its memory)" in done.stderr
    assert "1 critic engine with 0.25 GPU each (25% of its memory)" in done.stderr
    report = (tmp_path / "run" / "report.md").read_text()
    for kind, style, part in (("policy", "stepprover2.5", "75%"), ("critic", "bos=2", "25%")):
        named = [line for line in report.splitlines() if line.startswith(f"| {kind} |") and style in line]
        assert len(named) == 1, report
        assert all(said in named[0] for said in ("float32", "weights id ", f"cpu: {part} of")), named
    known = json.loads((tmp_path / "run" / "run.json").read_text())["models"]
    assert [len(known[kind][0]["weights_id"]) for kind in ("policy", "critic")] == [64, 64]


async def test_a_critic_of_our_own_proves_on_one_gpu_and_the_report_names_it(tmp_path: Path) -> None:
    """One on a model's states; the drills have the line, which takes no part of the GPU."""
    await hold_own_critic(tmp_path, "heads", "75%")


async def hold_own_critic(tmp_path: Path, kind: str, part: str) -> None:
    """A critic of this kind leaves the policy so large a part of the GPU, and is named."""
    await ensure_embedded()
    critic, trunk = tmp_path / "mine.json", policy_folder(tmp_path / "trunk")
    if kind == "line":
        write_line(critic, Line((-1.0,) * len(NAMES), (0.0,) * len(NAMES), (1.0,) * len(NAMES)), Calibration())
    else:
        write_heads(critic, Heads((0.1,) * POLICY["hidden_size"], None, 0.0), Calibration(), trunk=str(trunk))
    policy = spelling_policy_folder(tmp_path / "policy", ["omega", "rfl"])
    done = proved(tmp_path / "run", policy, critic)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"({part} of its memory)" in done.stderr
    known = json.loads((tmp_path / "run" / "run.json").read_text())["models"]
    assert known["critic"][0]["files"]["mine.json"] == hashlib.sha256(critic.read_bytes()).hexdigest()
    report = (tmp_path / "run" / "report.md").read_text()
    (told,) = [line for line in report.splitlines() if line.startswith("| critic |") and "mine.json" in line]
    assert "weights id " in told, told


async def test_a_damaged_critic_ends_the_run_on_ray_before_its_folder_is_made(tmp_path: Path) -> None:
    await ensure_embedded()
    policy = spelling_policy_folder(tmp_path / "policy", ["omega"])
    critic = critic_folder(tmp_path / "critic")
    shard = sorted(critic.glob("*.bin"))[-1]
    shard.write_bytes(shard.read_bytes()[:-300])
    done = proved(tmp_path / "run", policy, critic)
    assert done.returncode == 4
    assert f"{shard} is damaged" in done.stderr
    assert not (tmp_path / "run").exists()
