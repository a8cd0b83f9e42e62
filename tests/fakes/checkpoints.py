"""Tiny models of a policy and a critic in the published layout, with tokenizers, as folders that commands take."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from pathlib import Path

import torch

from prover.models.build import build_text_scorer
from prover.models.checkpoint import Checkpoint
from prover.models.options import CriticOptions
from prover.models.tokenizer import load_tokenizer
from tests.fakes.internlm2 import Weights, random_weights, tiny_config, write_checkpoint
from tests.unit.models.test_tokenizer import write_fast

POLICY = tiny_config(max_position_embeddings=512)
CRITIC = tiny_config(
    architectures=["InternLM2ForRewardModel"], max_position_embeddings=1024, reward_token_id=300, _name_or_path=""
)
_SPELLING = tiny_config(vocab_size=304, hidden_size=304, max_position_embeddings=1024)


def policy_folder(folder: Path) -> Path:
    """A policy with random weights, which writes nothing that can be read."""
    folder.mkdir()
    write_fast(folder)
    return write_checkpoint(folder, POLICY, random_weights(POLICY))


def critic_folder(folder: Path, *, is_sane: bool = False) -> Path:
    """A critic with random weights; `is_sane` has it pass its sanity test."""
    folder.mkdir()
    write_fast(folder)
    weights = random_weights(CRITIC, reward=True)
    write_checkpoint(folder, CRITIC, weights)
    if is_sane:
        from critic.model import NO_GOALS, SANITY_STATE

        scorer = build_text_scorer(folder, CriticOptions(device="cpu"))
        finished, unfinished = scorer.score([NO_GOALS, SANITY_STATE])
        scorer.close()
        if finished < unfinished:
            write_checkpoint(folder, CRITIC, weights | {"v_head.weight": -weights["v_head.weight"]})
    return folder


def spelling_policy_folder(folder: Path, tactics: Sequence[str]) -> Path:
    """A policy that writes one of the tactics, each as likely as the others, whatever it is asked.

    It knows the last letter alone, so no letter may be in the tactics twice.
    """
    folder.mkdir()
    write_fast(folder)
    vocabulary = load_tokenizer(Checkpoint(folder, _SPELLING, ())).vocabulary
    end = vocabulary.special_id("<|im_end|>")
    assert end is not None
    (newline,) = vocabulary.encode("\n")
    chances = torch.full((304, 304), -40.0)  # of the next token, by the last: logits
    for tactic in tactics:
        ids = [newline, *vocabulary.encode(tactic), end]
        for last, following in itertools.pairwise(ids):
            chances[last, following] = 0.0
    return write_checkpoint(folder, _SPELLING, _bigrams(chances))


def _bigrams(chances: torch.Tensor) -> Weights:
    """Weights with which the layers do nothing, and a token's logits are its row of `chances`."""
    size = len(chances)
    weights = {name: torch.zeros_like(tensor) for name, tensor in random_weights(_SPELLING).items()}
    weights |= {name: torch.ones_like(weights[name]) for name in weights if name.endswith("norm.weight")}
    weights["model.tok_embeddings.weight"] = torch.eye(size)
    weights["output.weight"] = chances.T / math.sqrt(size)  # the norm makes a one of the embedding so large
    return weights
