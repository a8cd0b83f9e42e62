"""Small critics that `stepwise train critic` writes: one JSON file each, never a pickle.

`line`: a line through features of a state's text. `heads`: linear heads on the hidden states of a model in a folder,
for value and for remaining steps.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from critic.features import NAMES, features
from critic.model import Calibration, ModelCritic
from critic.train import Heads, Line
from prover.errors import ModelError, UsageError
from prover.models.hub import find_model
from prover.models.options import CriticOptions
from prover.policy.opened import OpenCritic, nothing_to_close, options

_SCHEMA = 1


def write_line(path: Path, line: Line, calibration: Calibration) -> None:
    """Write a line through features."""
    content = {"weights": line.weights, "means": line.means, "spreads": line.spreads, "features": list(NAMES)}
    _write(path, "line", calibration, content)


def write_heads(path: Path, heads: Heads, calibration: Calibration, *, trunk: str) -> None:
    """Write heads, with the folder (and options) of the model whose hidden states they read."""
    content = {"trunk": trunk, "value": heads.value, "steps": heads.steps, "steps_bias": heads.steps_bias}
    _write(path, "heads", calibration, content)


def open_trained(path: Path, query: str, *, device: str | None, memory: float | None = None) -> OpenCritic:
    """Open the critic in a file. Raises UsageError for a file that isn't such a critic, or has other features."""
    if not path.is_file():
        raise UsageError(f"no critic at {path}")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        calibration = Calibration(float(content["scale"]), float(content["shift"]))
        if content["kind"] == "heads":
            steps = content["steps"]
            heads = Heads(_numbers(content["value"]), steps and _numbers(steps), float(content["steps_bias"]))
            return _open_heads(heads, calibration, str(content["trunk"]), query, device, memory)
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a critic of ours: {error!r}") from error
    line, calibration = read_line(path)

    async def score(texts: Sequence[str]) -> list[float]:
        return [line.score(features(text)) for text in texts]

    return OpenCritic(ModelCritic(score, calibration, fault=ModelError), nothing_to_close)


def read_line(path: Path) -> tuple[Line, Calibration]:
    """The line through features in a file, and its calibration. Raises UsageError as `open_trained`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        calibration = Calibration(float(content["scale"]), float(content["shift"]))
        line = Line(*(_numbers(content[key]) for key in ("weights", "means", "spreads")))
        names = list(content["features"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a critic of ours: {error!r}") from error
    if names != list(NAMES) or {len(line.weights), len(line.means), len(line.spreads)} != {len(NAMES)}:
        raise UsageError(f"{path} was trained on other features: train it again")
    return line, calibration


def _open_heads(
    heads: Heads, calibration: Calibration, trunk: str, query: str, device: str | None, memory: float | None
) -> OpenCritic:
    """Value by its head, or 1 / (1 + remaining steps) with `?head=steps`."""
    import torch

    from prover.models.build import build_text_reader
    from prover.models.reward import RewardScorer
    from prover.models.scoring import TextScorer

    folder, _, own = trunk.partition("?")
    settings = options(
        CriticOptions, "&".join(part for part in (own, query) if part), trunk, bos=1, device=device, memory=memory
    )
    if settings.head not in {"value", "steps"} or (settings.head == "steps" and heads.steps is None):
        raise UsageError(f"head={settings.head}: this critic has value{' and steps' if heads.steps else ' alone'}")
    texts = build_text_reader(find_model(folder), settings)
    weights = heads.value if settings.head == "value" or heads.steps is None else heads.steps
    if len(weights) != texts.reader.hidden_size:
        raise UsageError(f"the heads are for {len(weights)} hidden numbers, {folder} has {texts.reader.hidden_size}")
    head = torch.tensor([weights], device=texts.reader.device)
    scorer = TextScorer(texts, RewardScorer(texts.reader, head))

    async def score_steps(states: Sequence[str]) -> list[float]:
        """-log(steps), so that the plain logistic curve gives 1 / (1 + steps)."""
        logs = [value + heads.steps_bias for value in await scorer(states)]
        return [-math.log(max(math.expm1(min(value, 50.0)), 1e-3)) for value in logs]

    async def close() -> None:
        await asyncio.to_thread(scorer.close)

    if settings.head == "steps":
        return OpenCritic(ModelCritic(score_steps, Calibration(), fault=ModelError), close)
    return OpenCritic(ModelCritic(scorer, calibration, fault=ModelError), close)


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _write(path: Path, kind: str, calibration: Calibration, content: dict[str, Any]) -> None:
    whole = {"schema": _SCHEMA, "kind": kind, "scale": calibration.scale, "shift": calibration.shift, **content}
    path.write_text(json.dumps(whole, indent=1), encoding="utf-8")
