"""What the trainings of policies and critics have in common: libraries, arguments, LoRA, progress, going on."""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import datasets
import torch
from peft import LoraConfig, get_peft_model
from tokenizers import Tokenizer as Fast
from tokenizers.models import WordLevel
from transformers import PreTrainedTokenizerFast, PrinterCallback, TrainerCallback, set_seed
from transformers.trainer_utils import get_last_checkpoint
from transformers.utils import logging

from prover.models.build import SMALL
from prover.models.loading import Placement, place
from prover.train.recipe import Recipe, Tell

_ROWS_AT_ONCE = 16
_SAVE_EVERY = 200  # steps, beside the last one


def placement(recipe: Recipe) -> Placement:
    """The device, and the precision of the weights: 32 bits where they are trained themselves."""
    return place(recipe.device, None if recipe.lora else "float32")


def quieten() -> None:
    """Keep the libraries' bars, and what they warn of each other, from the console."""
    datasets.disable_progress_bars()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    warnings.filterwarnings("ignore", category=FutureWarning, module=r"(transformers|trl|peft)\.")


def with_lora(model: Any, recipe: Recipe) -> Any:
    """The model with all weights to be trained, or with low-rank matrices beside its linear layers in their place (Hu
    et al., arXiv 2106.09685)."""
    if not recipe.lora:
        return model.requires_grad_(True)
    return get_peft_model(
        model, LoraConfig(r=recipe.lora, lora_alpha=2 * recipe.lora, lora_dropout=0.0, target_modules="all-linear")
    )


def merged(model: Any, recipe: Recipe) -> Any:
    """The model with its low-rank matrices multiplied into its weights."""
    return model.merge_and_unload() if recipe.lora else model


def arguments(recipe: Recipe, folder: Path, **changes: Any) -> dict[str, Any]:
    """Arguments for any trainer. Checkpoints go to `folder`; steps on several devices share the batch."""
    set_seed(recipe.seed)
    rows = min(recipe.batch, _ROWS_AT_ONCE)
    device = placement(recipe).device
    return {
        "output_dir": str(folder),
        "num_train_epochs": recipe.epochs,
        "learning_rate": recipe.rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": 0.03,
        "per_device_train_batch_size": rows,
        "gradient_accumulation_steps": max(1, recipe.batch // rows),
        "max_grad_norm": 1.0,
        "weight_decay": 0.0,
        "bf16": device.type == "cuda",
        "activation_checkpointing": device.type == "cuda",
        "use_cpu": device.type == "cpu",
        "seed": recipe.seed,
        "save_strategy": "steps",
        "save_steps": _SAVE_EVERY,
        "save_total_limit": 1,
        "logging_steps": 10,
        "report_to": "none",
        "disable_tqdm": True,
        "dataloader_pin_memory": device.type == "cuda",
        **changes,
    }


def run(trainer: Any, name: str, tell: Tell) -> None:
    """Train from the last checkpoint, if a stopped training left one. On the CPU small models take one thread: others
    would wait for each other."""
    if trainer.args.use_cpu and sum(each.numel() for each in trainer.model.parameters()) < SMALL:
        torch.set_num_threads(1)
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(_Telling(name, tell))
    folder = Path(trainer.args.output_dir)
    last = get_last_checkpoint(str(folder)) if folder.is_dir() else None  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=last)


def work_folder(target: Path, base: str, recipe: Recipe, rows: object) -> Path:
    """The folder for the checkpoints of this training, beside its target: another one for other rows or numbers."""
    order = json.dumps([base, asdict(recipe), rows], ensure_ascii=False)
    return target.with_name(f".{target.name}.{hashlib.sha256(order.encode()).hexdigest()[:12]}")


def stand_in_tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer for libraries that ask for one. It is never used: rows are token ids already, and what pads them is
    masked."""
    words = Fast(WordLevel({"<pad>": 0}, unk_token="<pad>"))
    special = dict.fromkeys(("pad_token", "eos_token", "unk_token"), "<pad>")
    return PreTrainedTokenizerFast(tokenizer_object=words, **special)  # type: ignore[no-untyped-call]


def padded(rows: list[list[int]], fill: int = 0) -> torch.Tensor:
    """Rows [rows, longest], filled up on the right."""
    longest = max(map(len, rows))
    return torch.tensor([row + [fill] * (longest - len(row)) for row in rows])


class _Telling(TrainerCallback):
    """Tells after each step."""

    def __init__(self, name: str, tell: Tell) -> None:
        self._name, self._tell = name, tell

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:  # noqa: ARG002
        self._tell(self._name, state.global_step, state.max_steps, "step")
