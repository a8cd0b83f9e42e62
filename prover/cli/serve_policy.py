"""`stepwise serve-policy FOLDER`: our sampling engine as an OpenAI-compatible server."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from prover.cli.page import Page
from prover.cli.serving import add_address_arguments, serve_until_interrupted
from prover.errors import UsageError

if TYPE_CHECKING:
    from prover.serve.json_server import JsonServer


PAGE = Page(
    examples=(
        "stepwise serve-policy models/prover --port 8000",
        "stepwise prove FILE.lean --policy openai:http://127.0.0.1:8000/v1",
    ),
    document="models.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("model", metavar="FOLDER", help="a model's folder, options behind it: FOLDER?device=cuda:1")
    add_address_arguments(parser, port=8000)
    parser.add_argument(
        "--device",
        metavar="NAME",
        help="cpu, cuda or cuda:N; cuda:0+cuda:1 for an engine on each (default: a GPU if there is one)",
    )
    parser.add_argument(
        "--samples", type=int, default=32, metavar="N", help="tactics for one LeanCopilot request (default 32)"
    )


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    service = _policy_service(options.model, device=options.device, samples=options.samples)
    return serve_until_interrupted(service, options.host, options.port)


@asynccontextmanager
async def _policy_service(
    model: str, *, device: str | None, samples: int
) -> AsyncIterator[tuple[JsonServer, Callable[[str], str]]]:
    """A loaded policy behind a server that does not listen yet. Raises UsageError for what is no model's folder."""
    from prover.models.policy import ModelPolicy
    from prover.policy.registry import open_policy
    from prover.serve.json_server import JsonServer
    from prover.serve.policy import PolicyService

    opened = await open_policy(model, device=device)
    try:
        policy = opened.policy
        if not isinstance(policy, ModelPolicy):
            raise UsageError(f"{model} is not a model's folder, and only those are served")
        server = JsonServer(PolicyService(policy, samples=samples).routes())
        yield server, lambda address: f"{policy.name} at {address}: stepwise prove --policy openai:{address}/v1"
    finally:
        await opened.close()
