"""Opens critics by name: `heuristic`, a model's folder, a small one of `stepwise train`, or a served one.

heuristic
models/internlm2_5-step-prover-critic?bos=2&device=cuda:1
runs/mine/critic.json
http://localhost:8001
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from critic.heuristic import HeuristicCritic
from critic.model import Calibration, ModelCritic
from prover.errors import ModelError, UsageError
from prover.models.checkpoint import open_checkpoint
from prover.models.hub import find_model
from prover.models.options import CriticOptions
from prover.policy.opened import OpenCritic, nothing_to_close, options


async def open_critic(spec: str, *, device: str | None = None, memory: float | None = None) -> OpenCritic:
    """Load the critic that `spec` names and check its sanity. `memory` is the part of its device's memory that it may
    fill.

    Raises UsageError or ModelError.
    """
    if spec == "heuristic":
        return OpenCritic(HeuristicCritic(), nothing_to_close)
    if spec.startswith(("http://", "https://")):
        from prover.policy.served_critic import RemoteScorer

        remote = RemoteScorer(spec)
        try:
            await remote(["⊢ True"])
        except BaseException:
            await remote.close()
            raise
        return OpenCritic(ModelCritic(remote, fault=ModelError), remote.close)
    name, _, query = spec.partition("?")
    if Path(name).suffix == ".json":
        from prover.policy.trained import open_trained

        return await asyncio.to_thread(open_trained, Path(name), query, device=device, memory=memory)
    return await _open_model(name, query, spec, device, memory)


def check_critic(spec: str, *, device: str | None = None) -> None:
    """Raise what `open_critic` would raise before it reads any weights; takes seconds, and keeps nothing."""
    name, _, query = spec.partition("?")
    if spec == "heuristic" or spec.startswith(("http://", "https://")):
        return
    if Path(name).suffix == ".json":
        if not Path(name).is_file():
            raise UsageError(f"no critic at {name}")
        return
    folder = find_model(name)
    settings = options(CriticOptions, query, spec, device=device, **_usual(folder))
    from prover.models.build import prepare_critic

    prepare_critic(folder, settings)


def _usual(folder: Path) -> dict[str, float]:
    """The options of a critic that was trained here, as its manifest has them; of another one none."""
    manifest = open_checkpoint(folder).manifest
    return {name: manifest[name] for name in ("bos", "scale", "shift") if name in manifest}


async def _open_model(name: str, query: str, spec: str, device: str | None, memory: float | None) -> OpenCritic:
    folder = find_model(name)
    settings = options(CriticOptions, query, spec, device=device, memory=memory, **_usual(folder))
    from prover.models.build import build_text_scorer

    try:
        calibration = Calibration(settings.scale, settings.shift)
    except ValueError as error:
        raise UsageError(f"{spec}: {error}") from error
    scorer = await asyncio.to_thread(build_text_scorer, folder, settings)

    async def close() -> None:
        await asyncio.to_thread(scorer.close)

    critic = ModelCritic(scorer, calibration, fault=ModelError)
    if settings.check:
        try:
            await critic.check_sanity()
        except ModelError:
            await close()
            raise
    return OpenCritic(critic, close, (scorer.facts,) if scorer.facts else ())
