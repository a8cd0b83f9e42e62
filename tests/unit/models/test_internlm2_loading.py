"""InternLM2 checkpoints load into stock classes and compute what was published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from prover.errors import ModelError, UsageError  # noqa: E402
from prover.models.checkpoint import open_checkpoint  # noqa: E402
from prover.models.loading import check_memory, load_causal, load_reward, place  # noqa: E402
from tests.fakes.internlm2 import (  # noqa: E402
    random_weights,
    reference_logits,
    reference_reward,
    tiny_config,
    write_checkpoint,
)

CPU = place("cpu", "float32")


@pytest.mark.parametrize(("fmt", "shards"), [("bin", 2), ("bin", 1), ("safetensors", 3), ("safetensors", 1)])
def test_a_policy_computes_the_published_architecture(tmp_path: Path, fmt: str, shards: int) -> None:
    config = tiny_config()
    weights = random_weights(config)
    model = load_causal(open_checkpoint(write_checkpoint(tmp_path / "m", config, weights, fmt=fmt, shards=shards)), CPU)
    ids = torch.randint(3, 320, (40,), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        logits = model(ids[None]).logits[0]
    torch.testing.assert_close(logits, reference_logits(config, weights, ids), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_rope_grows_beyond_the_trained_length(tmp_path: Path, factor: float) -> None:
    config = tiny_config(rope_scaling={"type": "dynamic", "factor": factor})
    weights = random_weights(config)
    model = load_causal(open_checkpoint(write_checkpoint(tmp_path, config, weights)), CPU)
    ids = torch.randint(3, 320, (100,), generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        logits = model(ids[None]).logits[0]
    torch.testing.assert_close(logits, reference_logits(config, weights, ids), atol=1e-5, rtol=1e-5)


def test_a_critic_gives_the_published_score(tmp_path: Path) -> None:
    config = tiny_config(architectures=["InternLM2ForRewardModel"])
    weights = random_weights(config, reward=True)
    reward = load_reward(open_checkpoint(write_checkpoint(tmp_path, config, weights)), CPU)
    ids = torch.randint(3, 320, (30,), generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        score = reward.head(reward.trunk(ids[None]).last_hidden_state[0, -1]).item()
    assert score == pytest.approx(reference_reward(config, weights, ids), abs=1e-5)


def test_missing_tensors_are_named(tmp_path: Path) -> None:
    config = tiny_config()
    weights = random_weights(config)
    del weights["model.layers.1.feed_forward.w2.weight"]
    with pytest.raises(ModelError, match=r"1 tensors are missing: model\.layers\.1\.mlp\.down_proj\.weight"):
        load_causal(open_checkpoint(write_checkpoint(tmp_path, config, weights)), CPU)


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("model.layers.0.attention.wqkv.weight", (60, 32), r"wqkv\.weight' has 60 rows, the config asks for 64"),
        ("model.layers.0.attention.wo.weight", (32, 31), r"o_proj\.weight' is \(32, 31\), the config asks for"),
        ("model.layers.0.attention.surprise.weight", (2, 2), "not one of InternLM2's"),
        ("model.layers.7.attention.wo.weight", (32, 32), r"layers\.7\.self_attn\.o_proj\.weight' has no place"),
        ("transformer.h.0.weight", (2, 2), r"'transformer\.h\.0\.weight' is not one of InternLM2's"),
    ],
)
def test_wrong_tensors_are_named(tmp_path: Path, name: str, shape: tuple[int, ...], message: str) -> None:
    config = tiny_config()
    weights = random_weights(config) | {name: torch.zeros(shape)}
    with pytest.raises(ModelError, match=message):
        load_causal(open_checkpoint(write_checkpoint(tmp_path, config, weights)), CPU)


def test_a_policy_is_no_critic(tmp_path: Path) -> None:
    config = tiny_config()
    with pytest.raises(ModelError, match="it is not a critic"):
        load_reward(open_checkpoint(write_checkpoint(tmp_path, config, random_weights(config))), CPU)


def test_a_critic_is_no_policy(tmp_path: Path) -> None:
    config = tiny_config(architectures=["InternLM2ForRewardModel"])
    with pytest.raises(UsageError, match="give it as --critic"):
        load_causal(open_checkpoint(write_checkpoint(tmp_path, config, random_weights(config, reward=True))), CPU)


def test_a_pickle_that_runs_code_is_refused(tmp_path: Path) -> None:
    config = tiny_config()
    write_checkpoint(tmp_path, config, random_weights(config), shards=1)
    torch.save({"model.norm.weight": Path("/")}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match="damaged, or holds more than tensors"):
        load_causal(open_checkpoint(tmp_path), CPU)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "config.json").unlink(), "no config.json"),
        (lambda folder: (folder / "pytorch_model.bin").unlink(), "no weights"),
        (lambda folder: (folder / "config.json").write_text("[]"), "holds list where an object belongs"),
        (lambda folder: (folder / "config.json").write_text("{"), "not readable JSON"),
        (lambda folder: (folder / "pytorch_model.bin").write_text("version https://git-lfs.example/v1"), "Git LFS"),
        (
            lambda folder: (folder / "model.safetensors.index.json").write_text(
                json.dumps({"weight_map": {"a": "../../secret.bin"}})
            ),
            "not a weight file of this folder",
        ),
        (
            lambda folder: (folder / "model.safetensors.index.json").write_text(
                json.dumps({"weight_map": {"a": "model-1.safetensors"}})
            ),
            r"partial download\?",
        ),
    ],
)
def test_a_folder_that_is_not_what_it_says_is_refused_before_loading(tmp_path: Path, spoil: Any, message: str) -> None:
    config = tiny_config()
    write_checkpoint(tmp_path, config, random_weights(config), shards=1)
    spoil(tmp_path)
    with pytest.raises(UsageError, match=message):
        open_checkpoint(tmp_path)


def test_a_truncated_shard_is_named(tmp_path: Path) -> None:
    config = tiny_config()
    write_checkpoint(tmp_path, config, random_weights(config), fmt="safetensors", shards=1)
    file = tmp_path / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ModelError, match=r"model\.safetensors is damaged"):
        load_causal(open_checkpoint(tmp_path), CPU)


def test_too_little_memory_says_what_would_fit(tmp_path: Path) -> None:
    config = tiny_config()
    checkpoint = open_checkpoint(write_checkpoint(tmp_path, config, random_weights(config)))
    with pytest.raises(ModelError, match=r"needed for .* in float32.*bfloat16 needs.*bits=4 needs"):
        check_memory(checkpoint, CPU, free_bytes=1000)
    weights = checkpoint.weight_bytes
    check_memory(checkpoint, CPU, bits=4, free_bytes=weights // 6)
    with pytest.raises(ModelError, match=r"in 8 bits.*\(bits=4 needs"):
        check_memory(checkpoint, CPU, bits=8, free_bytes=weights // 6)


def test_a_missing_gpu_is_said_plainly() -> None:
    with pytest.raises(UsageError, match="device=cpu works without one"):
        place("cuda:97")
