"""Trains a critic: a linear head on a language model, and the model with it, on pairs of states.

Pairs are those of `prover.learn.pairs`: later and earlier states of a proof, a state on a proof and its siblings, one
in ten of those with the finished state. The loss is that of InternLM2.5-StepProver's critic (arXiv 2410.15700,
Bradley–Terry) as XTuner has it for reward models: -log σ(better - worse), and 0.01 times a barrier that keeps scores
between -5 and 5.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import Trainer, TrainingArguments

from critic.calibration import PairAccuracy, fit_calibration
from critic.model import NO_GOALS, SANITY_STATE, Calibration
from critic.pairs import Pair
from prover.errors import UsageError
from prover.files import refuse_taken
from prover.learn.critic import fates, held_out_accuracy, refuse_worse_than_chance
from prover.learn.pairs import make_pairs
from prover.learn.tree import SearchTree
from prover.models.checkpoint import Checkpoint, open_checkpoint
from prover.models.loading import load_causal
from prover.models.network import can_lay_out
from prover.models.scoring import state_ids
from prover.models.tokenizer import Tokenizer, load_tokenizer
from prover.train.folder import write_model
from prover.train.recipe import Recipe, Tell
from prover.train.trainers import arguments, merged, padded, placement, quieten, run, with_lora, work_folder

_BARRIER, _MOST = 0.01, 5.0
_TERMINAL_SHARE, _FEW = 0.1, 1000
_NUM_BOS = 1
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class TrainedCritic:
    """What a critic was trained on, and how many held-out pairs it orders rightly."""

    pairs: int
    held_out: PairAccuracy
    calibration: Calibration


def train_critic(
    base: Path,
    trees: Sequence[SearchTree],
    held_out: Sequence[SearchTree],
    recipe: Recipe,
    target: Path,
    tell: Tell,
    *,
    is_forced: bool = False,
) -> TrainedCritic:
    """Train the model in the folder `base` on the pairs of `trees`; write it to the folder `target`, as one that
    `--critic` opens. Stopped, the same call goes on.

    Raises UsageError without pairs, for a model that can't be a critic, and, unless it is forced, for a critic that
    orders held-out pairs worse than chance or an open state above a finished proof; ModelError for damaged weights.
    """
    quieten()
    refuse_taken(target)
    checkpoint = open_checkpoint(base)
    states = _States(load_tokenizer(checkpoint), recipe.max_tokens)
    pairs = _pairs(trees, recipe.seed)
    work = work_folder(target, str(base.resolve()), recipe, [asdict(pair) for pair in pairs])
    model = _trained(_loaded(checkpoint, recipe), _rows(pairs, states), recipe, work, tell)
    accuracy = held_out_accuracy(lambda texts: model.scored(states, texts), held_out, seed=recipe.seed)
    if not is_forced:
        _refuse_useless(model.scored(states, [NO_GOALS, SANITY_STATE]), accuracy)
    known = fates(trees)
    done = TrainedCritic(len(pairs), accuracy, fit_calibration(model.scored(states, list(known)), list(known.values())))
    write_model(target, checkpoint, recipe, lambda folder: model.save(folder, states.reward_id), _facts(done))
    shutil.rmtree(work, ignore_errors=True)
    return done


def _pairs(trees: Sequence[SearchTree], seed: int) -> list[Pair]:
    """The published mix: one in ten of the pairs with the finished state; all of them where there are few. Raises
    UsageError where there are none."""
    pairs = make_pairs(trees, rng=random.Random(seed), terminal_share=_TERMINAL_SHARE)
    if len(pairs) < _FEW:
        pairs = make_pairs(trees, rng=random.Random(seed), terminal_share=1.0)
    if not pairs:
        raise UsageError("no proof of two steps or more in these traces: nothing to learn from")
    return pairs


def _refuse_useless(sanity: Sequence[float], accuracy: PairAccuracy) -> None:
    """Raises UsageError for a critic that no search is better off with; `sanity` are the scores of a finished proof and
    of an open state."""
    finished, unfinished = sanity
    refuse_worse_than_chance(accuracy)
    if not finished > unfinished:
        raise UsageError(
            f"the trained critic scores a finished proof {finished:.2f}, below an open state's {unfinished:.2f}, and "
            "is not written; train longer or on more theorems, or write it all the same with --force"
        )


class _States:
    """Token ids of states, as the critic reads them in a search."""

    def __init__(self, tokenizer: Tokenizer, limit: int) -> None:
        self._tokenizer, self.reward_id, self._limit = tokenizer, _reward_id(tokenizer), limit

    def ids(self, text: str) -> list[int]:
        return state_ids(self._tokenizer, text, reward_id=self.reward_id, num_bos=_NUM_BOS, limit=self._limit)


def _reward_id(tokenizer: Tokenizer) -> int:
    """The token on which the score is read: the vocabulary's own for this, or its end of text."""
    found = tokenizer.vocabulary.special_id("<|reward|>")
    if found is None and not tokenizer.eos_ids:
        raise UsageError("the tokenizer names no token on which a score could be read")
    return tokenizer.eos_ids[0] if found is None else found


def _rows(pairs: Sequence[Pair], states: _States) -> list[dict[str, list[int]]]:
    return [{"better": states.ids(pair.better), "worse": states.ids(pair.worse)} for pair in pairs]


class _Rewards(nn.Module):
    """A trunk and a head; scores of states [states] at their last tokens."""

    def __init__(self, trunk: Any) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = nn.Linear(trunk.config.hidden_size, 1, bias=False)
        nn.init.zeros_(self.head.weight)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        hidden = self.trunk(input_ids=ids, attention_mask=mask).last_hidden_state
        last = hidden[torch.arange(len(ids), device=ids.device), mask.sum(1) - 1]
        scores: Tensor = self.head(last.float())[:, 0]
        return scores

    @torch.inference_mode()
    def scored(self, states: _States, texts: Sequence[str]) -> list[float]:
        """Raw scores of states."""
        found: list[float] = []
        for start in range(0, len(texts), _AT_ONCE):
            rows = [states.ids(text) for text in texts[start : start + _AT_ONCE]]
            batch = (tensor.to(self.head.weight.device) for tensor in _batch(rows))
            found += self(*batch).tolist()
        return found

    def save(self, folder: Path, reward_id: int) -> None:
        """Write a checkpoint: the trunk under its own names, the head beside it."""
        config = self.trunk.config.to_dict()
        kind = type(self.trunk).__name__.removesuffix("Model")
        config |= {"architectures": [f"{kind}ForRewardModel"], "reward_token_id": reward_id}
        (folder / "config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
        weights = {f"model.{name}": tensor.contiguous() for name, tensor in self.trunk.state_dict().items()}
        save_file(
            {**weights, "v_head.weight": self.head.weight.detach()}, folder / "model.safetensors", {"format": "pt"}
        )


class _PairTrainer(Trainer):
    """A trainer with the loss of pairs."""

    def compute_loss(
        self,
        model: Any,
        inputs: Any,
        return_outputs: bool = False,
        num_items_in_batch: Any = None,  # noqa: ARG002
    ) -> Any:
        scores = model(inputs["ids"], inputs["mask"])
        better, worse = scores.chunk(2)
        loss = -F.logsigmoid(better - worse).mean() + _BARRIER * _barrier(scores)
        return (loss, scores) if return_outputs else loss


def _barrier(scores: Tensor) -> Tensor:
    """-log(5 - s) - log(s + 5), on average; flat beyond."""
    return -((_MOST - scores).clamp_min(1e-3).log() + (scores + _MOST).clamp_min(1e-3).log()).mean()


def _loaded(checkpoint: Checkpoint, recipe: Recipe) -> _Rewards:
    model: Any = load_causal(checkpoint, placement(recipe))
    if not can_lay_out(model.config):
        raise UsageError(f"{checkpoint.folder}: a {model.config.model_type} can't be a critic's trunk")
    return _Rewards(model.model).to(model.device)


def _trained(model: _Rewards, rows: list[dict[str, list[int]]], recipe: Recipe, folder: Path, tell: Tell) -> _Rewards:
    model.trunk = with_lora(model.trunk, recipe)
    settings = arguments(recipe, folder, activation_checkpointing=False, remove_unused_columns=False)
    trainer = _PairTrainer(
        model=model,
        args=TrainingArguments(**settings),
        train_dataset=rows,
        data_collator=_collated,
    )
    run(trainer, "learning pairs", tell)
    model.trunk = merged(model.trunk, recipe)
    model.train(False).requires_grad_(False)
    return model


def _collated(rows: list[dict[str, list[int]]]) -> dict[str, Tensor]:
    """The better states, and behind them the worse ones."""
    ids, mask = _batch([*(row["better"] for row in rows), *(row["worse"] for row in rows)])
    return {"ids": ids, "mask": mask}


def _batch(rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Token ids [rows, longest], and which of them count."""
    return padded(rows), padded([[1] * len(row) for row in rows])


def _facts(done: TrainedCritic) -> dict[str, Any]:
    return {
        "kind": "critic",
        "bos": _NUM_BOS,
        "scale": done.calibration.scale,
        "shift": done.calibration.shift,
        "rows": {"pairs": done.pairs},
        "held_out": {
            "pairs": done.held_out.num_pairs,
            "ordered_rightly": done.held_out.accuracy if done.held_out.num_pairs else None,
        },
    }
