"""`stepwise doctor --policy P --critic C`: what somebody with a GPU runs first, here on tiny checkpoints."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from prover.cli.doctor import add_arguments, examine_models
from prover.models.finding import Finding
from tests.fakes.checkpoints import critic_folder, policy_folder


async def findings(*arguments: str) -> dict[str, Finding]:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    options = parser.parse_args(["--device", "cpu", "--seconds", "0.5", *arguments])
    return {finding.what: finding async for finding in examine_models(options)}


async def test_policy_and_critic_are_examined_from_the_prompt_to_the_load(tmp_path: Path) -> None:
    policy, critic = policy_folder(tmp_path / "policy"), critic_folder(tmp_path / "critic")
    found = await findings("--policy", f"{policy}?max_new=8&rows=16", "--critic", str(critic))
    assert list(found) == [
        *("device", "policy", "prompt", "answers", "speed", "critic", "critic's example", "under load"),
        *("log-probabilities", "verdict"),
    ]
    assert "stepprover2.5, float32" in found["policy"].detail
    assert "<|im_start|>user\\n---\\nNAME: doctor" in found["prompt"].detail
    assert "ms a step of 16 rows" in found["speed"].detail
    assert "bos=1: 'no goals'" in found["critic's example"].detail
    assert "bos=2: 'no goals'" in found["critic's example"].detail
    assert found["under load"].is_fine, found["under load"].detail
    assert found["log-probabilities"].is_fine, found["log-probabilities"].detail
    assert found["verdict"].is_fine is False  # random weights write until they are cut off


async def test_a_model_that_cannot_be_opened_is_the_verdict(tmp_path: Path) -> None:
    found = await findings("--policy", str(tmp_path / "nowhere"))
    assert "no model folder" in found["opening"].detail
    assert found["verdict"].detail == "not fit for a run: opening"
