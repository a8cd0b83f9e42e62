"""Policy and critic together, behind their servers too, with cancellations: `scripts/bench soak` for twenty seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from scripts.benchmarks.soak import Load, soak
from tests.fakes.checkpoints import critic_folder, policy_folder

SECONDS = 20.0

pytestmark = pytest.mark.timeout(SECONDS + 600)


async def test_policy_and_critic_stay_steady_under_load_and_cancellations(tmp_path: Path) -> None:
    policy, critic = policy_folder(tmp_path / "policy"), critic_folder(tmp_path / "critic", is_sane=True)
    soaked = await soak(f"{policy}?device=cpu&max_new=12&rows=24", f"{critic}?device=cpu", Load(12, SECONDS))
    print(f"{SECONDS:g} s: {soaked}")
    assert soaked.kept > 10 and soaked.cancelled > 3
    assert soaked.is_steady, soaked
