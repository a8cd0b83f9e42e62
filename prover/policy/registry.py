"""Policies by what a user types: `builtin`, a model's folder, an endpoint, or a mix of them.

builtin
models/internlm2_5-step-prover?style=stepprover2.5-raw&device=cuda:1
openai:http://localhost:8000/v1?model=bfs-prover&style=bfs-prover
mix:models/prover=0.7,builtin=0.3
"""

from __future__ import annotations

import asyncio

from prover.errors import UsageError
from prover.policy.opened import OpenPolicy, nothing_to_close, options


def open_policy(spec: str, *, device: str | None = None) -> OpenPolicy:
    """The policy of that name; a model is loaded here, which takes time.

    Raises UsageError or ModelError saying what is wrong and what would do.
    """
    if spec == "builtin":
        from prover.policy.builtin import BuiltinPolicy

        return OpenPolicy(BuiltinPolicy(), nothing_to_close)
    if spec.startswith("mix:"):
        return _open_mix(spec.removeprefix("mix:"), device)
    name, _, query = spec.partition("?")
    if name.startswith(("openai:", "http://", "https://")):
        from prover.policy.openai import EndpointOptions, OpenAIPolicy

        client = OpenAIPolicy(name.removeprefix("openai:").split("+"), options(EndpointOptions, query, spec))
        return OpenPolicy(client, client.close)
    from prover.models.build import ModelOptions, build_policy

    settings = options(ModelOptions, query, spec, device=device)
    model = build_policy(name, settings)

    async def close() -> None:
        await asyncio.to_thread(model.close)

    return OpenPolicy(model, close)


def _open_mix(text: str, device: str | None) -> OpenPolicy:
    from prover.policy.mix import MixedPolicy

    sources: list[tuple[OpenPolicy, float]] = []
    for part in text.split(","):
        spec, equals, weight = part.rpartition("=")
        try:
            share = float(weight) if equals else -1.0
        except ValueError:
            share = -1.0
        if not share > 0 or spec.startswith("mix:"):
            raise UsageError(f"mix:{text}: {part!r} is not SOURCE=WEIGHT with a positive weight")
        sources.append((open_policy(spec, device=device), share))

    async def close() -> None:
        for opened, _ in sources:
            await opened.close()

    return OpenPolicy(MixedPolicy([(opened.policy, share) for opened, share in sources]), close)
