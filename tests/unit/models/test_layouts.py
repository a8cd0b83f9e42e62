"""Checkpoints of other families and layouts: each is found, loaded and asked, and computes what transformers does."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

import torch
import transformers

from prover.errors import ModelError, StepwiseError, UsageError
from prover.models.batch import Batch
from prover.models.build import build_policy, build_text_reader, build_text_scorer
from prover.models.checkpoint import open_checkpoint
from prover.models.engine import Engine
from prover.models.generate import GenerateEngine
from prover.models.loading import load_causal, place
from prover.models.memory import Capacity
from prover.models.network import lay_out
from prover.models.options import CriticOptions, PolicyOptions, TrunkOptions
from prover.models.policy import ModelPolicy
from prover.models.prompts import Question
from prover.models.requests import Sampled, SamplingRequest
from prover.models.tokenizer import load_tokenizer
from prover.policy.registry import check_policy, open_policy
from tests.fakes.internlm2 import random_weights, tiny_config, write_checkpoint
from tests.unit.models.test_tokenizer import write_fast

SMALL = PolicyOptions(device="cpu", max_new=6, max_prompt=400, rows=8)


@dataclass(frozen=True)
class Family:
    """A model class of transformers in a tiny size."""

    kind: str
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 8
    more: dict[str, Any] = field(default_factory=dict)

    def write(self, folder: Path, *, fmt: str = "safetensors", shards: int = 1) -> Path:
        """A checkpoint with random weights, as `save_pretrained` writes it, or as pickles."""
        torch.manual_seed(3)
        config = transformers.AutoConfig.for_model(self.kind, **self.sizes())
        make: Any = transformers.AutoModelForCausalLM.from_config
        model = make(config).float()
        model.save_pretrained(folder, max_shard_size="40KB" if shards > 1 else "1GB")
        if fmt == "bin":
            for file in folder.glob("model*.safetensors*"):
                file.unlink()
            torch.save(model.state_dict(), folder / "pytorch_model.bin")
        write_fast(folder)
        return folder

    def sizes(self) -> dict[str, Any]:
        """Its config's values."""
        return {
            "vocab_size": 300,
            "hidden_size": self.heads * self.head_dim,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads,
            "head_dim": self.head_dim,
            "max_position_embeddings": 512,
            "bos_token_id": 1,
            "eos_token_id": 2,
            "pad_token_id": 2,
            **self.more,
        }


def answers(policy: ModelPolicy, *, temperature: float = 1.0) -> tuple[SamplingRequest, list[Sampled]]:
    asked = policy.text_request(Question("t", "n : Nat\n⊢ n = n"), num_samples=4, temperature=temperature, seed=1)
    return asked, policy.engines[0].submit(asked).result()


def assert_computes_what_transformers_does(policy: ModelPolicy, folder: Path) -> None:
    model: Any = load_causal(open_checkpoint(folder), place("cpu", "float32"))
    for temperature in (1.0, 0.0):
        asked, found = answers(policy, temperature=temperature)
        for answer in found:
            ids = torch.tensor([[*asked.prompt, *answer.tokens]])
            with torch.inference_mode():
                scores = torch.log_softmax(model(ids).logits[0, len(asked.prompt) - 1 : -1].float(), -1)
            expected = scores.gather(1, ids[0, len(asked.prompt) :, None])[:, 0]
            torch.testing.assert_close(torch.tensor(answer.log_probs), expected, atol=2e-4, rtol=2e-4)


@pytest.mark.parametrize(
    "family",
    [
        Family("llama", more={"tie_word_embeddings": True}),
        Family("llama", heads=6, kv_heads=1, head_dim=100),  # OpenLLaMA's heads: no power of two
        Family("llama", heads=4, kv_heads=4, head_dim=96),
        Family("mistral", more={"sliding_window": None}),
        Family("qwen2", heads=7, kv_heads=1, head_dim=16),  # Qwen2.5-7B has seven queries a key head
        Family("qwen3", heads=4, kv_heads=1, head_dim=16, more={"hidden_size": 48, "tie_word_embeddings": True}),
    ],
    ids=lambda family: f"{family.kind}-{family.heads}-{family.kv_heads}x{family.head_dim}",
)
@pytest.mark.parametrize("fmt", ["safetensors", "bin"])
def test_our_engine_computes_what_transformers_does(tmp_path: Path, family: Family, fmt: str) -> None:
    folder = family.write(tmp_path, fmt=fmt)
    policy = build_policy(folder, replace(SMALL, style="bfs-prover"))
    assert isinstance(policy.engines[0], Engine)
    assert_computes_what_transformers_does(policy, folder)
    policy.close()


@pytest.mark.parametrize("head_dim", [80, 96, 100])
def test_heads_that_the_kernels_do_not_take_never_reach_them(tmp_path: Path, head_dim: int) -> None:
    """Here, without a GPU, the first launch of a kernel would fail."""
    folder = Family("llama", heads=6, kv_heads=2, head_dim=head_dim).write(tmp_path)
    network = lay_out(load_causal(open_checkpoint(folder), place("cpu", "float32")))
    found: list[list[Sampled]] = []
    for uses_kernels in (True, False):
        sizes = Capacity(rows=4, max_new=5, max_prompt=20, prompt_slots=100)
        batch = Batch(network, str, sizes, uses_kernels=uses_kernels)
        batch.prepare()
        future: Future[list[Sampled]] = Future()
        batch.submit(SamplingRequest((5, 6, 7), 4, max_new_tokens=5), future)
        while not batch.is_idle:
            batch.advance()
        found.append(future.result())
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "family",
    [Family("gpt_neox", more={"rotary_pct": 0.25}), Family("mistral", more={"sliding_window": 64}), Family("gemma")],
    ids=lambda family: family.kind,
)
def test_what_has_no_layout_of_ours_goes_through_generate(tmp_path: Path, family: Family) -> None:
    folder = family.write(tmp_path)
    policy = build_policy(folder, replace(SMALL, style="math-base", max_prompt=480))
    assert isinstance(policy.engines[0], GenerateEngine)
    assert_computes_what_transformers_does(policy, folder)
    policy.close()


async def test_a_checkpoint_in_shards_in_the_hubs_cache_is_named_and_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    repository = tmp_path / "models--ByteDance-Seed--BFS-Prover-V2-7B"
    snapshot = Family("qwen2").write(repository / "snapshots" / ("0" * 40), shards=2)
    assert len(list(snapshot.glob("model-0*.safetensors"))) > 1
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    opened = await open_policy("ByteDance-Seed/BFS-Prover-V2-7B?max_new=6&rows=8", device="cpu")
    (facts,) = opened.facts
    assert (facts.name, facts.style) == ("ByteDance-Seed/BFS-Prover-V2-7B", "bfs-prover")
    assert isinstance(opened.policy, ModelPolicy)
    opened.policy.close()


def test_internlm2_is_known_by_its_tensors_where_the_config_names_no_architecture(tmp_path: Path) -> None:
    bare = tiny_config(max_position_embeddings=512, model_type="", architectures=[], tie_word_embeddings=True)
    weights = random_weights(bare)
    del weights["output.weight"]
    for fmt, shards in (("bin", 1), ("safetensors", 2)):
        folder = write_checkpoint(tmp_path / f"{fmt}{shards}", bare, weights, fmt=fmt, shards=shards)
        write_fast(folder)
        assert open_checkpoint(folder).is_internlm2
        policy = build_policy(folder, SMALL)
        assert_computes_what_transformers_does(policy, folder)
        policy.close()


@pytest.mark.parametrize("name", ["v_head.weight", "score.weight", "reward_head.weight"])
def test_a_reward_head_goes_by_several_names(tmp_path: Path, name: str) -> None:
    folder = critic(tmp_path, {name: torch.ones(1, 32)})
    build_text_scorer(folder, CriticOptions(device="cpu")).close()


@pytest.mark.parametrize(
    ("heads", "message"),
    [
        ({"ranking.weight": (1, 32)}, "has no reward head .*it has .*ranking.weight"),
        ({"score.weight": (2, 32)}, r"the reward head is \(2, 32\), expected \(1, 32\)"),
        ({"score.weight": (1, 32), "v_head.weight": (1, 32)}, r"the reward head is \(1, 32\), \(1, 32\), expected"),
    ],
)
def test_another_head_is_named_with_what_is_there(tmp_path: Path, heads: dict[str, Any], message: str) -> None:
    folder = critic(tmp_path, {name: torch.ones(*shape) for name, shape in heads.items()})
    with pytest.raises(ModelError, match=message):
        build_text_scorer(folder, CriticOptions(device="cpu"))


def critic(folder: Path, heads: dict[str, Any]) -> Path:
    config = tiny_config(
        architectures=["InternLM2ForRewardModel"], max_position_embeddings=512, reward_token_id=300, _name_or_path=""
    )
    weights = random_weights(config, reward=True)
    del weights["v_head.weight"]
    write_fast(folder)
    return write_checkpoint(folder, config, weights | heads)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"max_new": 500, "max_prompt": 13}, "a prompt of 13 and an answer of 500 are more"),
        ({"max_new": 512}, "a prompt of 1 and an answer of 512 are more"),
        ({"max_prompt": 100_000}, "a prompt of 100000 and an answer of 256 are more"),
    ],
)
def test_more_than_a_model_was_trained_on_is_refused_with_the_folder(
    tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    folder = Family("llama").write(tmp_path)
    with pytest.raises(UsageError, match=f"^{folder} was trained on texts of 512 tokens, and .*{said}.*lower"):
        build_policy(folder, PolicyOptions(device="cpu", style="bfs-prover", **options))


def test_without_options_prompts_and_answers_fit_what_a_model_was_trained_on(tmp_path: Path) -> None:
    folder = Family("llama", more={"max_position_embeddings": 64}).write(tmp_path)
    policy = build_policy(folder, PolicyOptions(device="cpu", style="bfs-prover"))
    asked, found = answers(policy)
    assert asked.max_new_tokens == 32 and all(len(answer.tokens) <= 32 for answer in found)
    policy.close()


def test_a_tokenizer_with_more_pieces_than_the_model_embeds_is_refused_with_the_folder(tmp_path: Path) -> None:
    folder = Family("llama", more={"vocab_size": 200}).write(tmp_path)
    for build in (
        lambda: build_policy(folder, replace(SMALL, style="bfs-prover")),
        lambda: build_text_reader(folder, TrunkOptions(device="cpu")),
    ):
        with pytest.raises(ModelError, match=f"^{folder}: its tokenizer has .* the model embeds 200: .* fetch"):
            build()


def test_an_adapter_is_never_passed_over(tmp_path: Path) -> None:
    alone, beside = tmp_path / "alone", Family("llama").write(tmp_path / "beside")
    alone.mkdir()
    for folder in (alone, beside):
        (folder / "adapter_config.json").write_text('{"peft_type": "LORA"}')
        with pytest.raises(UsageError, match=f"{folder} .*merge it into its base model"):
            open_checkpoint(folder)


@pytest.mark.parametrize("how", ["gptq", "awq", "fp8", "bitsandbytes", "compressed-tensors"])
def test_weights_that_a_tool_has_packed_are_refused(tmp_path: Path, how: str) -> None:
    """Without their scales they would be read as other numbers."""
    folder = Family("llama").write(tmp_path / "BFS-Prover-V2")
    configured(quantization_config={"quant_method": how})(folder)
    with pytest.raises(UsageError, match=rf"{folder} has packed weights \(quantization_config: {how}\).*openai:URL"):
        check_policy(str(folder), device="cpu")


def test_a_policy_whose_answers_nothing_ends_is_refused_and_the_end_may_stand_by_the_tokenizer(tmp_path: Path) -> None:
    folder = Family("llama").write(tmp_path / "BFS-Prover-V2")
    configured(eos_token_id=None)(folder)
    (folder / "generation_config.json").unlink()
    with pytest.raises(UsageError, match=f"{folder}: nothing would end its answers"):
        check_policy(str(folder), device="cpu")
    check_policy(f"{folder}?style=math-base", device="cpu")  # it ends at a line's end
    (folder / "tokenizer_config.json").write_text(json.dumps({"eos_token": {"content": "<|im_end|>"}}))
    check_policy(str(folder), device="cpu")
    tokenizer = load_tokenizer(open_checkpoint(folder))
    assert tokenizer.eos_ids == (tokenizer.special_id("<|im_end|>"),)


def test_a_repository_of_the_hubs_cache_is_no_model_folder_and_its_name_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "models--internlm--internlm2_5-step-prover"
    (folder / "snapshots").mkdir(parents=True)
    with pytest.raises(UsageError, match="give internlm/internlm2_5-step-prover, or a folder in its snapshots"):
        open_checkpoint(folder)


def test_what_a_library_says_of_missing_weights_is_not_told_beside_our_own_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = Family("llama").write(tmp_path)
    configured(num_hidden_layers=3)(folder)
    with pytest.raises(ModelError, match=r"missing keys: model\.layers\.2"):
        build_policy(folder, replace(SMALL, style="math-base", max_prompt=480))
    assert "MISSING" not in capfd.readouterr().err


def test_a_library_draws_no_bars_between_our_lines(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    build_policy(Family("gpt_neox").write(tmp_path), replace(SMALL, style="math-base", max_prompt=480)).close()
    assert "%|" not in capfd.readouterr().err


@pytest.mark.parametrize("device", ["cpu:3", "meta", "cuda:-1", "cpu+", "gpu"])
def test_a_device_that_is_none_is_refused_with_those_there_are(tmp_path: Path, device: str) -> None:
    folder = Family("llama").write(tmp_path)
    with pytest.raises(UsageError, match="use cpu, cuda or cuda:N"):
        build_policy(folder, replace(SMALL, style="bfs-prover", device=device))


def test_more_threads_than_cores_are_refused(tmp_path: Path) -> None:
    folder = Family("llama").write(tmp_path)
    with pytest.raises(UsageError, match=r"threads=1000, and this machine has \d+ cores"):
        build_policy(folder, replace(SMALL, style="bfs-prover", threads=1000))


# -------------------------------------------------------------------------------------------------------- damage


def shorten(file: Path, by: int = 200) -> None:
    file.write_bytes(file.read_bytes()[:-by])


def shard(folder: Path, number: int = 0) -> Path:
    return sorted([*folder.glob("pytorch_model*.bin"), *folder.glob("model*.safetensors")])[number]


def configured(**values: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | values))

    return change


def poison(folder: Path) -> None:
    """NaN in one matrix, as a torn download leaves it."""
    file = shard(folder)
    if file.suffix == ".bin":
        torch.save({name: tensor * torch.nan for name, tensor in torch.load(file).items()}, file)
        return
    from safetensors.torch import load_file, save_file

    save_file({name: tensor * torch.nan for name, tensor in load_file(file).items()}, file)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a shard is cut short": lambda folder: shorten(shard(folder)),
    "a shard is empty": lambda folder: shard(folder).write_bytes(b""),
    "a shard is something else": lambda folder: shard(folder).write_bytes(os.urandom(5000)),
    "a shard is missing": lambda folder: shard(folder).unlink(),
    "a shard is another one": lambda folder: shard(folder).write_bytes(shard(folder, 1).read_bytes()),
    "the numbers are none": poison,
    "the config is of another size": configured(hidden_size=64, intermediate_size=96),
    "the config has more layers": configured(num_hidden_layers=3),
    "the config has a word for a number": configured(num_hidden_layers="two"),
    "the config has no heads": configured(num_attention_heads=0),
    "the vocabulary is too small": configured(vocab_size=100),
    "the tokenizer is cut short": lambda folder: shorten(folder / "tokenizer.json"),
    "the tokenizer is missing": lambda folder: (folder / "tokenizer.json").unlink(),
}


@pytest.mark.parametrize("what", DAMAGES)
@pytest.mark.parametrize("kind", ["internlm2", "llama"])
async def test_a_damaged_folder_is_refused_when_it_is_opened_and_named(tmp_path: Path, kind: str, what: str) -> None:
    folder = tmp_path / "internlm2_5-step-prover"
    if kind == "internlm2":
        config = tiny_config(max_position_embeddings=512)
        write_checkpoint(folder, config, random_weights(config))
        write_fast(folder)
    else:
        Family("llama").write(folder, shards=2)
    whole = await open_policy(f"{folder}?max_new=6&rows=8", device="cpu")
    await whole.close()
    DAMAGES[what](folder)
    with pytest.raises(StepwiseError) as refused:
        await open_policy(f"{folder}?max_new=6&rows=8", device="cpu")
    assert isinstance(refused.value, ModelError | UsageError)
    assert str(folder) in str(refused.value)
    if what in ("a shard is cut short", "a shard is empty", "a shard is something else"):
        assert f"{shard(folder)} is damaged" in str(refused.value)


def test_a_model_that_does_not_fit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    folder = Family("llama").write(tmp_path / "BFS-Prover-V2")
    with pytest.raises(ModelError, match=r"needed for .* free on cpu .*bits=4 needs"):
        check_policy(f"{folder}?memory=0.0000001", device="cpu")


def test_a_token_that_the_model_does_not_know_is_refused_and_the_engine_lives_on(tmp_path: Path) -> None:
    """A served engine is sent token ids by strangers."""
    for family in (Family("llama"), Family("gpt_neox")):
        policy = build_policy(family.write(tmp_path / family.kind), replace(SMALL, style="bfs-prover"))
        (engine,) = policy.engines
        for prompt in ((5, 300), (2**40,)):
            with pytest.raises(UsageError, match="not in the model's vocabulary of 300"):
                engine.submit(SamplingRequest(prompt, 2, max_new_tokens=4)).result()
        with pytest.raises(UsageError, match="does not fit"):
            engine.submit(SamplingRequest((5,), 2, max_new_tokens=1000)).result()
        assert len(engine.submit(SamplingRequest((5, 6), 2, max_new_tokens=4, seed=-(2**80))).result()) == 2
        policy.close()
