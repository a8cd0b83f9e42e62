"""Small critics that `stepwise train critic` writes: one JSON file each, never a pickle.

`line`: a line through features of a state's text. `heads`: linear heads on the hidden states of a model in a folder,
for value and for remaining steps.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from critic.features import NAMES, features
from critic.model import Calibration, ModelCritic
from critic.train import Heads, Line
from prover.errors import ModelError, UsageError
from prover.models.checkpoint import sha256
from prover.models.facts import ModelFacts, weights_id
from prover.models.hub import find_model
from prover.models.options import HeadsOptions, NoOptions, TrunkOptions
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


@dataclass(frozen=True, slots=True)
class _Trained:
    """What a critic's file holds: a line through features, or heads for the model that `trunk` names."""

    calibration: Calibration
    parts: Line | Heads
    trunk: str = ""


def _read(path: Path) -> _Trained:
    """The critic in a file, its model not opened. Raises UsageError for a file that isn't such a critic, or has other
    features."""
    if not path.is_file():
        raise UsageError(f"no critic at {path}")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        calibration = Calibration(float(content["scale"]), float(content["shift"]))
        if content["kind"] == "heads":
            steps = content["steps"]
            heads = Heads(_numbers(content["value"]), steps and _numbers(steps), float(content["steps_bias"]))
            return _Trained(calibration, heads, str(content["trunk"]))
        line = Line(*(_numbers(content[key]) for key in ("weights", "means", "spreads")))
        names = list(content["features"])
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a critic of ours: {error!r}") from error
    if names != list(NAMES) or {len(line.weights), len(line.means), len(line.spreads)} != {len(NAMES)}:
        raise UsageError(f"{path} was trained on other features: train it again")
    return _Trained(calibration, line)


def check_trained(path: Path, query: str, *, device: str | None = None) -> None:
    """Raise what `open_trained` would raise before it reads any weights."""
    trained = _read(path)
    if isinstance(trained.parts, Line):
        options(NoOptions, query, str(path))
    else:
        _settings(path, trained.parts, trained.trunk, query, device=device)
        find_model(trained.trunk.partition("?")[0])


def open_trained(path: Path, query: str, *, device: str | None, memory: float | None = None) -> OpenCritic:
    """Open the critic in a file. Raises UsageError as `check_trained` does, and ModelError for a model."""
    trained = _read(path)
    if isinstance(trained.parts, Heads):
        settings = _settings(path, trained.parts, trained.trunk, query, device=device, memory=memory)
        folder = find_model(trained.trunk.partition("?")[0])
        return _open_heads(path, trained.parts, trained.calibration, folder, settings)
    line = trained.parts
    options(NoOptions, query, str(path))

    async def score(texts: Sequence[str]) -> list[float]:
        return [line.score(features(text)) for text in texts]

    digest = {path.name: sha256(path)}
    facts = ModelFacts(path.name, "a line through features", "float64", weights_id(digest), "cpu", files=digest)
    return OpenCritic(ModelCritic(score, trained.calibration, fault=ModelError), nothing_to_close, (facts,))


def read_line(path: Path) -> tuple[Line, Calibration]:
    """The line through features in a file, and its calibration. Raises UsageError for anything else."""
    trained = _read(path)
    if not isinstance(trained.parts, Line):
        raise UsageError(f"{path} is no line through features: it holds heads on {trained.trunk}")
    return trained.parts, trained.calibration


def _settings(
    path: Path, heads: Heads, trunk: str, query: str, *, device: str | None, memory: float | None = None
) -> HeadsOptions:
    """The options of heads: those that the file has for its model, and before them those of the query."""
    own = options(TrunkOptions, trunk.partition("?")[2], f"{path}, {trunk}", device=device, memory=memory)
    settings = options(HeadsOptions, query, str(path), **asdict(own))
    if settings.head == "steps" and heads.steps is None:
        raise UsageError(f"{path}: head=steps, and this critic has value alone: train it on proofs of several steps")
    return settings


def _open_heads(path: Path, heads: Heads, calibration: Calibration, folder: Path, settings: HeadsOptions) -> OpenCritic:
    """Value by its head, or 1 / (1 + remaining steps) with `?head=steps`."""
    import torch

    from prover.models.build import build_text_reader
    from prover.models.reward import RewardScorer
    from prover.models.scoring import TextScorer

    texts = build_text_reader(folder, settings)
    assert texts.facts is not None, "a model that was built has facts"
    texts.facts = facts = _facts(path, texts.facts, settings)
    weights = heads.value if settings.head == "value" or heads.steps is None else heads.steps
    if len(weights) != texts.reader.hidden_size:
        raise UsageError(f"the heads are for {len(weights)} hidden numbers, {folder} has {texts.reader.hidden_size}")
    head = torch.tensor([weights], device=texts.reader.device)
    rewards = RewardScorer(texts.reader, head)
    if settings.head == "steps":
        scorer, calibration = (
            TextScorer(texts, rewards, lambda read: -_log_steps(read + heads.steps_bias)),
            Calibration(),
        )
    else:
        scorer = TextScorer(texts, rewards)

    async def close() -> None:
        await asyncio.to_thread(scorer.close)

    return OpenCritic(ModelCritic(scorer, calibration, fault=ModelError), close, (facts,))


def _log_steps(read: float) -> float:
    """log(steps) of log(1 + steps), which the head was trained on; of it the logistic curve makes 1 / (1 + steps)."""
    return math.log(max(math.expm1(min(read, 50.0)), 1e-3))


def _facts(path: Path, trunk: ModelFacts, settings: HeadsOptions) -> ModelFacts:
    """Those of the heads' model, with the heads' own file."""
    files = {**trunk.files, path.name: sha256(path)}
    style = f"head {settings.head}, {trunk.style}"
    named = replace(trunk, name=f"{path.name} on {trunk.name}", style=style, files=files)
    return replace(named, weights_id=weights_id(files))


def _numbers(values: Any) -> tuple[float, ...]:
    """Numbers of a file. Raises ValueError for one that is infinite or none."""
    numbers = tuple(float(value) for value in values)
    if not all(map(math.isfinite, numbers)):
        raise ValueError("a weight is no finite number")
    return numbers


def _write(path: Path, kind: str, calibration: Calibration, content: dict[str, Any]) -> None:
    whole = {"schema": _SCHEMA, "kind": kind, "scale": calibration.scale, "shift": calibration.shift, **content}
    path.write_text(json.dumps(whole, indent=1), encoding="utf-8")
