"""Trains a policy: on tactics that led to proofs, and then to prefer them to tactics that Lean refused.

The second part is direct preference optimisation (Rafailov et al., arXiv 2305.18290), with tactics that proved a state
against those that Lean refused there (as BFS-Prover, arXiv 2502.03438).
"""

from __future__ import annotations

import copy
import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from trl.trainer.dpo_config import DPOConfig
from trl.trainer.dpo_trainer import DPOTrainer
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from prover.errors import UsageError
from prover.files import refuse_taken
from prover.learn.split import Split
from prover.models.checkpoint import Checkpoint, open_checkpoint
from prover.models.loading import load_causal
from prover.models.prompts import style_named
from prover.models.style import find_style
from prover.models.tokenizer import load_tokenizer
from prover.train.folder import write_model
from prover.train.prompted import Answered, Preferred, Prompted
from prover.train.recipe import Recipe, Tell
from prover.train.steps import Step
from prover.train.trainers import (
    arguments,
    merged,
    padded,
    placement,
    quieten,
    run,
    stand_in_tokenizer,
    with_lora,
    work_folder,
)

_BETA = 0.1
_GENTLER = 0.1  # the rate of preferences, in parts of the rate of tactics


@dataclass(frozen=True, slots=True)
class TrainedPolicy:
    """What a policy was trained on, and the mean log-probability of a held-out tactic's token before and after it."""

    style: str
    tactics: int
    preferences: int
    left_out: dict[str, int]
    held_out: int
    before: float
    after: float


def train_policy(
    base: Path, steps: Sequence[Step], recipe: Recipe, target: Path, tell: Tell, *, style: str | None = None
) -> TrainedPolicy:
    """Train the model in the folder `base` on steps of statements that are not held out; write it to the folder
    `target`, as one that `--policy` opens with the same prompts. Stopped, the same call goes on.

    Raises UsageError for a style that is not certain, a model that can't be trained so, and where there is nothing to
    learn from; ModelError for damaged weights.
    """
    quieten()
    refuse_taken(target)
    checkpoint = open_checkpoint(base)
    tokenizer = load_tokenizer(checkpoint)
    chosen = style_named(style) if style is not None else find_style(checkpoint, tokenizer)
    learned, held_out = Split().parted(steps)
    prompted = Prompted(tokenizer, chosen, recipe)
    answered, preferred = prompted.answered(learned), prompted.preferred(learned) if recipe.refused else []
    left_out = dict(prompted.left_out)
    if not answered:
        raise UsageError(f"nothing to learn from: no step of {len(steps)} has a tactic that can be taught ({left_out})")
    unseen = prompted.answered(held_out)
    model = _loaded(checkpoint, recipe)
    rows = [[[row.prompt, row.answer] for row in answered], [[row.prompt, row.better, row.worse] for row in preferred]]
    work = work_folder(target, str(base.resolve()), recipe, rows)
    before = _log_probability(model, unseen)
    model = _on_tactics(model, answered, recipe, work / "tactics", tell)
    if preferred:
        model = _on_preferences(model, preferred, recipe, work / "preferences", tell)
    done = TrainedPolicy(
        chosen.name, len(answered), len(preferred), left_out, len(unseen), before, _log_probability(model, unseen)
    )
    write_model(target, checkpoint, recipe, model.save_pretrained, _facts(done))
    shutil.rmtree(work, ignore_errors=True)
    return done


@torch.inference_mode()
def _log_probability(model: Any, rows: Sequence[Answered]) -> float:
    """The mean over all tokens of the answers; NaN without rows."""
    total, count = 0.0, 0
    for row in rows:
        ids = torch.tensor([row.prompt + row.answer], device=model.device)
        logs = model(ids).logits[0, len(row.prompt) - 1 : -1].float().log_softmax(-1)
        total += float(logs.gather(1, ids[0, len(row.prompt) :, None]).sum())
        count += len(row.answer)
    return total / count if count else math.nan


def _loaded(checkpoint: Checkpoint, recipe: Recipe) -> Any:
    model: Any = load_causal(checkpoint, placement(recipe))
    if model.config.is_encoder_decoder:
        raise UsageError(f"{checkpoint.folder}: only models that write on from their prompt can be trained here")
    return model


def _on_tactics(model: Any, rows: Sequence[Answered], recipe: Recipe, folder: Path, tell: Tell) -> Any:
    table = [{"input_ids": row.prompt + row.answer, "labels": [-100] * len(row.prompt) + row.answer} for row in rows]
    settings = arguments(recipe, folder, max_length=None, packing=False, dataset_kwargs={"skip_prepare_dataset": True})
    kept = copy.deepcopy((model.config, model.generation_config))
    trainer = SFTTrainer(
        model=with_lora(model, recipe),
        args=SFTConfig(**settings),
        train_dataset=Dataset.from_list(table),
        data_collator=_collated,
        processing_class=stand_in_tokenizer(),
    )
    run(trainer, "learning tactics", tell)
    return _finished(trainer.model, kept, recipe)


def _collated(rows: list[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
    return {
        "input_ids": padded([row["input_ids"] for row in rows]),
        "attention_mask": padded([[1] * len(row["input_ids"]) for row in rows]),
        "labels": padded([row["labels"] for row in rows], -100),
    }


def _on_preferences(model: Any, rows: Sequence[Preferred], recipe: Recipe, folder: Path, tell: Tell) -> Any:
    """The rows are given when the trainer is made: of texts it would take special tokens in a state for such."""
    kept = copy.deepcopy((model.config, model.generation_config))
    reference = None if recipe.lora else copy.deepcopy(model).requires_grad_(False)
    rate = recipe.rate * _GENTLER
    trainer = DPOTrainer(
        model=with_lora(model, recipe),
        ref_model=reference,
        args=DPOConfig(**arguments(recipe, folder, max_length=None, beta=_BETA, learning_rate=rate)),
        train_dataset=Dataset.from_list([{"prompt": "a", "chosen": "b", "rejected": "c"}]),
        processing_class=stand_in_tokenizer(),
    )
    trainer.train_dataset = Dataset.from_list(
        [{"prompt_ids": row.prompt, "chosen_ids": row.better, "rejected_ids": row.worse} for row in rows]
    )
    run(trainer, "learning preferences", tell)
    return _finished(trainer.model, kept, recipe)


def _finished(model: Any, kept: tuple[Any, Any], recipe: Recipe) -> Any:
    """The model as it is saved and read: libraries write the ids of their tokenizer into its configuration."""
    model = merged(model, recipe)
    model.config, model.generation_config = kept
    return model.train(False).requires_grad_(False)


def _facts(done: TrainedPolicy) -> dict[str, Any]:
    return {
        "kind": "policy",
        "style": done.style,
        "rows": {"tactics": done.tactics, "preferences": done.preferences, "left out": done.left_out},
        "held_out": {"tactics": done.held_out, "log_prob_before": done.before, "log_prob_after": done.after},
    }
