"""A model that can't be opened is said before a run's folder is made."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from prover.cli.main import main
from tests.fakes.internlm2 import random_weights, tiny_config, write_checkpoint
from tests.unit.models.test_tokenizer import write_fast


def model(folder: Path, *, reward: bool = False) -> Path:
    folder.mkdir()
    write_fast(folder)
    kind = "InternLM2ForRewardModel" if reward else "InternLM2ForCausalLM"
    config = tiny_config(architectures=[kind], max_position_embeddings=512, reward_token_id=300)
    return write_checkpoint(folder, config, random_weights(config, reward=reward))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--policy", "nowhere/at/all"], "no model folder"),
        (["--policy", "{critic}"], "is a critic (InternLM2ForRewardModel), not a policy"),
        (
            ["--critic", "{policy}"],
            "has no reward head (v_head.weight or score.weight or reward_head.weight): it is not a critic",
        ),
        (["--policy", "mix:builtin=1,{policy}"], "not SOURCE=WEIGHT"),
        (["--policy", "{policy}?colour=red"], "no option is called 'colour'"),
        (["--policy", "{policy}?device=cuda:97"], "device cuda:97 asked for"),
        (["--policy", "{unnamed}"], "?style=NAME, NAME one of"),
        (["--critic", "nothing.json"], "no critic at nothing.json"),
        (["--policy", "openai:http://x/v1?retries=many"], "retries takes int"),
    ],
)
def test_a_wrong_spec_leaves_no_folder_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    folders = {
        "policy": model(tmp_path / "internlm2_5-step-prover"),
        "critic": model(tmp_path / "critic", reward=True),
        "unnamed": model(tmp_path / "step_1200"),
    }
    config = (folders["unnamed"] / "config.json").read_text().replace("internlm/internlm2_5-step-prover", "")
    (folders["unnamed"] / "config.json").write_text(config)
    run = tmp_path / "run"
    given = [argument.format(**folders) for argument in arguments]
    code = main(["prove", "--statement", "theorem t : 1 = 1 := by sorry", "--out", str(run), *given])
    assert code in (2, 4)
    assert said in capsys.readouterr().err
    assert not run.exists()
