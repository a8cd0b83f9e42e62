"""Critics by what a user types: `heuristic`, a published critic's folder, one of our own, or a served one.

heuristic
models/internlm2_5-step-prover-critic?bos=2&device=cuda:1
runs/mine/critic.json
http://localhost:8001
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from critic.heuristic import HeuristicCritic
from critic.model import Calibration, ModelCritic
from prover.errors import ModelError, UsageError
from prover.policy.registry import options
from search.base import Critic

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class OpenCritic:
    """A critic and how to let go of it."""

    critic: Critic
    close: Callable[[], Awaitable[None]]


async def open_critic(spec: str, *, device: str | None = None) -> OpenCritic:
    """The critic of that name, loaded and past its sanity test. Raises UsageError or ModelError."""
    if spec == "heuristic":
        return OpenCritic(HeuristicCritic(), _nothing)
    if spec.startswith(("http://", "https://")):
        from prover.serve.client import RemoteScorer

        remote = RemoteScorer(spec)
        return OpenCritic(ModelCritic(remote, fault=ModelError), remote.close)
    name, _, query = spec.partition("?")
    if Path(name).suffix == ".json":
        return OpenCritic(await asyncio.to_thread(_own_line, Path(name)), _nothing)
    return await _open_model(name, query, spec, device)


async def _open_model(name: str, query: str, spec: str, device: str | None) -> OpenCritic:
    from prover.policy.models.build import ModelOptions, build_text_scorer

    settings = options(ModelOptions, query, spec, device=device)
    scorer = await asyncio.to_thread(build_text_scorer, name, settings)

    async def close() -> None:
        await asyncio.to_thread(scorer.close)

    critic = ModelCritic(scorer, Calibration(settings.scale, settings.shift), fault=ModelError)
    if settings.check:
        try:
            await critic.check_sanity()
        except ModelError:
            await close()
            raise
    return OpenCritic(critic, close)


def _own_line(path: Path) -> ModelCritic:
    """A critic that `critic-eval --train` wrote: a line through features of a state's text."""
    from critic.features import NAMES, features
    from critic.train import Line

    if not path.is_file():
        raise UsageError(f"no critic at {path}")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        line = Line(*(tuple(map(float, content[key])) for key in ("weights", "means", "spreads")))
        calibration = Calibration(float(content["scale"]), float(content["shift"]))
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a critic of ours: {error!r}") from error
    if (
        content.get("features") != list(NAMES)
        or len({len(NAMES), *map(len, (line.weights, line.means, line.spreads))}) > 1
    ):
        raise UsageError(f"{path} was trained on other features: train it again")

    async def score(texts: Sequence[str]) -> list[float]:
        return [line.score(features(text)) for text in texts]

    return ModelCritic(score, calibration, fault=ModelError)


def write_line(path: Path, line: Any, calibration: Calibration) -> None:
    """Keep a trained line and its calibration as JSON."""
    from critic.features import NAMES

    content = {
        "schema": SCHEMA,
        "features": list(NAMES),
        "weights": line.weights,
        "means": line.means,
        "spreads": line.spreads,
        "scale": calibration.scale,
        "shift": calibration.shift,
    }
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


async def _nothing() -> None:
    pass
