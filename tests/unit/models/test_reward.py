"""The published critic: its prompt, its score, what states share, and its safety nets."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any, Literal

import pytest

torch = pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from critic.model import Calibration  # noqa: E402
from critic.train import Heads  # noqa: E402
from prover.cli import train  # noqa: E402
from prover.errors import ModelError, UsageError  # noqa: E402
from prover.models.build import build_text_scorer  # noqa: E402
from prover.models.options import CriticOptions  # noqa: E402
from prover.models.scoring import critic_prompt  # noqa: E402
from prover.policy.critics import open_critic  # noqa: E402
from prover.policy.trained import write_heads  # noqa: E402
from search.base import Goal, ProofState, Theorem  # noqa: E402
from tests.fakes.internlm2 import (  # noqa: E402
    Weights,
    random_weights,
    reference_reward,
    tiny_config,
    write_checkpoint,
)
from tests.fakes.traced_run import NUM_THEOREMS, state_text, write_traced_run  # noqa: E402
from tests.unit.models.test_tokenizer import write_fast  # noqa: E402

CONFIG = tiny_config(
    architectures=["InternLM2ForRewardModel"], reward_token_id=300, max_position_embeddings=1024, rope_scaling=None
)
STATES = [f"h : n = {i}\n⊢ n + {i} = {i} + n" for i in range(9)]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return random_weights(CONFIG, reward=True, seed=5)


@pytest.fixture(scope="module")
def folder(weights: Weights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("critic")
    write_fast(folder)
    return write_checkpoint(folder, CONFIG, weights)


def test_the_question_is_the_published_one() -> None:
    assert critic_prompt("no goals").text == (
        "<|im_start|>user\nWhich state is closer to 'no goals'?<|im_end|>\n<|im_start|>assistant\nno goals<|im_end|>\n"
    )


@pytest.mark.parametrize("bos", [1, 2])
def test_scores_are_the_reference_model_on_the_reward_token(folder: Path, weights: Weights, bos: Literal[1, 2]) -> None:
    scorer = build_text_scorer(folder, CriticOptions(device="cpu", bos=bos))
    for texts in (STATES[:1], STATES, list(reversed(STATES))):  # the later ones find their beginnings cached
        for text, score in zip(texts, scorer.score(texts), strict=True):
            ids = scorer.texts.encode(text)
            assert ids[: bos + 1].count(1) == bos and ids[-1] == 300
            assert score == pytest.approx(reference_reward(CONFIG, weights, torch.tensor(ids)), abs=1e-4)
    scorer.close()


def test_a_long_state_is_cut_and_keeps_its_goal(folder: Path) -> None:
    scorer = build_text_scorer(folder, CriticOptions(device="cpu"))
    ids = scorer.texts.encode("h : " + "x" * 3000 + "\n⊢ n = n")
    assert len(ids) <= 1024
    assert "⊢ n = n" in scorer.texts._tokenizer.decode(ids)
    scorer.close()


class Stingy:
    """A network that runs out of memory over more than `most` new tokens."""

    def __init__(self, network: Any, most: int) -> None:
        self._network, self._most = network, most

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def extend(self, batch: Any, cache: Any) -> Any:
        if len(batch.tokens) > self._most:
            raise torch.OutOfMemoryError("pretended")
        return self._network.extend(batch, cache)


def test_out_of_memory_halves_the_batch_and_goes_on(folder: Path) -> None:
    scorer = build_text_scorer(folder, CriticOptions(device="cpu"))
    expected = scorer.score(STATES)
    fresh = build_text_scorer(folder, CriticOptions(device="cpu"))
    inner: Any = fresh.texts.reader
    inner._network = Stingy(inner._network, 250)
    assert fresh.score(STATES) == pytest.approx(expected, abs=1e-5)
    inner._network = Stingy(inner._network, 10)
    with pytest.raises(ModelError, match="out of memory over one state"):
        fresh.score(["⊢ something else entirely, so that nothing of it is cached"])
    scorer.close()
    fresh.close()


async def test_a_published_critics_folder_is_all_that_is_needed(folder: Path) -> None:
    opened = await open_critic(f"{folder}?check=0", device="cpu")
    open_state = ProofState((Goal("n = n", pretty="⊢ n = n"),), "k")
    values = await opened.critic.score(Theorem("t"), [open_state, ProofState((), "done")])
    await opened.close()
    assert 0 < values[0] < 1 and float(values[1]) == 1.0


async def test_the_sanity_test_is_passed_or_said(folder: Path, weights: Weights, tmp_path: Path) -> None:
    """Exactly one of a random critic and its opposite prefers a finished proof."""
    write_fast(tmp_path)
    opposite = weights | {"v_head.weight": -weights["v_head.weight"]}
    write_checkpoint(tmp_path, CONFIG, opposite)
    refused = 0
    for path in (folder, tmp_path):
        try:
            await (await open_critic(str(path), device="cpu")).close()
        except ModelError as error:
            assert "try bos=1 or bos=2" in str(error)
            refused += 1
    assert refused == 1


async def test_a_folder_that_is_no_critic_is_refused(tmp_path: Path) -> None:
    config = tiny_config()
    write_fast(tmp_path)
    write_checkpoint(tmp_path, config, random_weights(config))
    with pytest.raises((ModelError, UsageError), match=r"reward|critic"):
        await open_critic(str(tmp_path), device="cpu")


async def test_heads_are_trained_on_a_model_and_opened_again(tmp_path: Path) -> None:
    run = write_traced_run(tmp_path / "run")
    config = tiny_config(max_position_embeddings=1024, rope_scaling=None)
    trunk = tmp_path / "trunk"
    write_checkpoint(trunk, config, random_weights(config))
    write_fast(trunk)
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    out = tmp_path / "heads.json"
    words = ["--base", str(trunk), "--frozen", "--data", str(run), "--out", str(out), "--device", "cpu", "--quiet"]
    assert train.run(parser.parse_args(["critic", *words])) == 0
    texts = [state_text(f"t{number}", length) for length in (4, 2) for number in range(NUM_THEOREMS)]
    states = [ProofState((Goal("", pretty=text),), text) for text in texts]
    for query in ("", "?head=steps"):
        opened = await open_critic(f"{out}{query}", device="cpu")
        values = await opened.critic.score(Theorem("t"), states)
        await opened.close()
        assert sum(values[:NUM_THEOREMS]) < sum(values[NUM_THEOREMS:]) - 1
    with pytest.raises(UsageError, match="head takes value or steps, not 'depth'"):
        await open_critic(f"{out}?head=depth", device="cpu")


async def test_heads_or_their_model_with_numbers_that_are_none_are_refused_when_they_are_opened(tmp_path: Path) -> None:
    trunk, out = tmp_path / "trunk", tmp_path / "heads.json"
    config = tiny_config(max_position_embeddings=1024)
    write_checkpoint(trunk, config, random_weights(config))
    write_fast(trunk)
    size = config["hidden_size"]
    for wrong in (math.nan, math.inf):
        write_heads(out, Heads((wrong,) * size, None, 0.0), Calibration(), trunk=str(trunk))
        with pytest.raises(UsageError, match=f"{out} is not a critic of ours.*no finite number"):
            await open_critic(str(out), device="cpu")
    write_heads(out, Heads((0.1,) * size, None, 0.0), Calibration(), trunk=str(trunk))
    damaged = {name: tensor * math.nan for name, tensor in random_weights(config).items()}
    write_checkpoint(trunk, config, damaged)
    with pytest.raises(ModelError, match=f"{trunk}: it gives NaN"):
        await open_critic(str(out), device="cpu")
