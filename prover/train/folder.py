"""The folder of a trained model: weights, the tokenizer of its base, and a manifest; whole or not there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prover.files import made_whole
from prover.models.checkpoint import MANIFEST, Checkpoint
from prover.train.recipe import Recipe

_TOKENIZER = (
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
    "generation_config.json",
)


def write_model(
    target: Path, base: Checkpoint, recipe: Recipe, save: Callable[[Path], object], facts: Mapping[str, Any]
) -> None:
    """Write a trained model: its weights, which `save` writes to a folder, the tokenizer of its base, and a manifest
    of the facts, the base and the recipe. Raises as `made_whole`."""
    with made_whole(target) as folder:
        save(folder)
        _copy_tokenizer(base.folder, folder)
        made_of = {"base": base.name, "base_files": base.file_hashes(), "recipe": asdict(recipe)}
        write_manifest(folder, {**facts, **made_of})


def _copy_tokenizer(base: Path, folder: Path) -> None:
    """Copy the files that say how text becomes tokens, byte by byte."""
    for name in _TOKENIZER:
        if (base / name).is_file():
            shutil.copyfile(base / name, folder / name)


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write what the model was made of."""
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
