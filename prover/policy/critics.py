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
from prover.models.options import CriticOptions, NoOptions
from prover.policy.opened import OpenCritic, nothing_to_close, options

_URL = ("http://", "https://")


async def open_critic(spec: str, *, device: str | None = None, memory: float | None = None) -> OpenCritic:
    """Load the critic that `spec` names and check its sanity. `memory` is the part of its device's memory that it may
    fill.

    Raises UsageError or ModelError.
    """
    name, query = _told_apart(spec)
    if name == "heuristic":
        return OpenCritic(HeuristicCritic(), nothing_to_close)
    if name.startswith(_URL):
        from prover.policy.served_critic import RemoteScorer

        remote = RemoteScorer(name)
        try:
            await remote(["⊢ True"])
        except BaseException:
            await remote.close()
            raise
        return OpenCritic(ModelCritic(remote, fault=ModelError), remote.close)
    if Path(name).suffix == ".json":
        from prover.policy.trained import open_trained

        return await asyncio.to_thread(open_trained, Path(name), query, device=device, memory=memory)
    return await _open_model(name, query, spec, device, memory)


def check_critic(spec: str, *, device: str | None = None) -> None:
    """Raise what `open_critic` would raise before it reads any weights; takes seconds, and keeps nothing."""
    name, query = _told_apart(spec)
    if name == "heuristic" or name.startswith(_URL):
        return
    if Path(name).suffix == ".json":
        from prover.policy.trained import check_trained

        check_trained(Path(name), query, device=device)
        return
    folder, settings = _settings(name, query, spec, device=device)
    from prover.models.build import prepare_critic

    prepare_critic(folder, settings)


def _settings(
    name: str, query: str, spec: str, *, device: str | None, memory: float | None = None
) -> tuple[Path, CriticOptions]:
    """The folder of a critic and its options: those of the query, then those in the manifest of one that was trained
    here."""
    options(CriticOptions, query, spec)  # a wrong one is said whether or not there is such a folder
    folder = find_model(name)
    manifest = open_checkpoint(folder).manifest
    usual = {key: manifest[key] for key in ("bos", "scale", "shift") if key in manifest}
    return folder, options(CriticOptions, query, spec, device=device, memory=memory, **usual)


def _told_apart(spec: str) -> tuple[str, str]:
    """A spec's name and its options. Raises UsageError, with what there is, for an empty spec, for one of a policy, and
    for options of what has none."""
    name, _, query = spec.partition("?")
    if not name.strip() or name == "builtin" or name.startswith(("openai:", "mix:")):
        raise UsageError(
            f"{spec!r} is no critic: give heuristic, a model's folder, OWNER/NAME from the hub's cache, FILE.json of "
            "`stepwise train critic`, or http://HOST:PORT of `stepwise serve-critic`"
        )
    if name == "heuristic" or name.startswith(_URL):
        options(NoOptions, query, spec)
    return name, query


async def _open_model(name: str, query: str, spec: str, device: str | None, memory: float | None) -> OpenCritic:
    folder, settings = _settings(name, query, spec, device=device, memory=memory)
    from prover.models.build import build_text_scorer

    scorer = await asyncio.to_thread(build_text_scorer, folder, settings)

    async def close() -> None:
        await asyncio.to_thread(scorer.close)

    critic = ModelCritic(scorer, Calibration(settings.scale, settings.shift), fault=ModelError)
    if settings.check:
        try:
            await critic.check_sanity()
        except ModelError:
            await close()
            raise
    return OpenCritic(critic, close, (scorer.facts,) if scorer.facts else ())
