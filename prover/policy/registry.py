"""Opens policies by name: `builtin`, a model's folder, an endpoint, or a mix of them.

builtin
builtin?model=rules.json
internlm/internlm2_5-step-prover
models/internlm2_5-step-prover?style=stepprover2.5-raw&device=cuda:1
openai:http://localhost:8000/v1?model=bfs-prover&style=bfs-prover
mix:models/prover=0.7,builtin=0.3
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from prover.ask.served import urls_of
from prover.ask.tape import Tape
from prover.errors import UsageError
from prover.models.facts import ModelFacts
from prover.models.hub import find_model
from prover.models.options import PolicyOptions
from prover.policy.opened import OpenPolicy, needs_engine, nothing_to_close, options
from prover.policy.rule_models import BuiltinOptions, read_rule_model
from search.base import Policy

if TYPE_CHECKING:
    from prover.models.policy import ModelPolicy
    from prover.policy.builtin.rule_model import RuleModel


async def open_policy(
    spec: str, *, device: str | None = None, memory: float | None = None, tape: Tape | None = None
) -> OpenPolicy:
    """Open the policy that `spec` names. `memory` is the part of its device's memory that it may fill; requests to
    servers go through the tape.

    Raises UsageError or ModelError, with the cause and a remedy.
    """
    _refuse_other(spec)
    if spec.startswith("mix:"):
        return await _open_mix(spec.removeprefix("mix:"), device, memory, tape)
    name, _, query = spec.partition("?")
    if name == "builtin":
        from prover.policy.builtin import BuiltinPolicy

        return OpenPolicy(BuiltinPolicy(_rule_model(query, spec)), nothing_to_close)
    if (urls := urls_of(name)) is not None:
        from prover.policy.openai import EndpointOptions, OpenAIPolicy

        client = OpenAIPolicy(urls, options(EndpointOptions, query, spec), tape=tape)
        try:
            return OpenPolicy(client, client.close, (await client.open(),))
        except BaseException:
            await client.close()
            raise
    settings = options(PolicyOptions, query, spec, device=device, memory=memory)
    model = await asyncio.to_thread(_load, find_model(name), settings)

    async def close() -> None:
        await asyncio.to_thread(model.close)

    return OpenPolicy(model, close, (model.facts,) if model.facts else ())


def _rule_model(query: str, spec: str) -> RuleModel | None:
    file = options(BuiltinOptions, query, spec).model
    return None if file is None else read_rule_model(file)


def _load(folder: Path, settings: PolicyOptions) -> ModelPolicy:
    from prover.models.build import build_policy

    return build_policy(folder, settings)


def check_policy(spec: str, *, device: str | None = None) -> None:
    """Raise what `open_policy` would raise before it reads any weights; takes seconds, and keeps nothing."""
    _refuse_other(spec)
    name, _, query = spec.partition("?")
    if spec.startswith("mix:"):
        for source, _ in _shares(spec.removeprefix("mix:")):
            check_policy(source, device=device)
    elif needs_engine(spec):
        settings = options(PolicyOptions, query, spec, device=device)
        folder = find_model(name)
        from prover.models.build import prepare_policy

        prepare_policy(folder, settings)
    elif name == "builtin":
        _rule_model(query, spec)
    else:
        from prover.policy.openai import EndpointOptions

        options(EndpointOptions, query, spec)


def _refuse_other(spec: str) -> None:
    """Raises UsageError, with what there is, for an empty spec and for one of a critic."""
    name = spec.partition("?")[0].strip()
    if not name or name == "heuristic" or name.endswith(".json"):
        raise UsageError(
            f"{spec!r} is no policy: give builtin, a model's folder, OWNER/NAME from the hub's cache, openai:URL, or a "
            "mix (mix:FOLDER=0.7,builtin=0.3)"
        )


async def _open_mix(text: str, device: str | None, memory: float | None, tape: Tape | None) -> OpenPolicy:
    from prover.policy.mix import MixedPolicy

    shares = _shares(text)
    part_each = (memory or 1.0) / max(1, sum(needs_engine(spec) for spec, _ in shares))
    sources: list[tuple[Policy, float]] = []
    facts: list[ModelFacts] = []
    async with AsyncExitStack() as stack:
        for spec, share in shares:
            opened = await open_policy(spec, device=device, memory=part_each, tape=tape)
            stack.push_async_callback(opened.close)
            sources.append((opened.policy, share))
            facts += opened.facts
        return OpenPolicy(MixedPolicy(sources), stack.pop_all().aclose, tuple(facts))
    raise AssertionError("the block returns or raises")


def _shares(text: str) -> list[tuple[str, float]]:
    """A mix's sources with their weights. Raises UsageError naming the part that is wrong."""
    shares: list[tuple[str, float]] = []
    for part in text.split(","):
        spec, equals, weight = part.rpartition("=")
        try:
            share = float(weight) if equals else -1.0
        except ValueError:
            share = -1.0
        if not share > 0 or spec.startswith("mix:"):
            raise UsageError(f"mix:{text}: {part!r} is not SOURCE=WEIGHT with a positive weight")
        shares.append((spec, share))
    return shares
