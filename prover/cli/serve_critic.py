"""`stepwise serve-critic SPEC`: a critic's scores over HTTP."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from critic.model import ModelCritic
from prover.cli.page import Page
from prover.cli.serving import Service, add_address_arguments, serve_until_interrupted
from prover.errors import UsageError

PAGE = Page(
    examples=(
        "stepwise serve-critic models/critic --port 8001",
        "stepwise prove FILE.lean --rule critic --critic http://127.0.0.1:8001",
    ),
    document="models.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("model", metavar="SPEC", help="a critic's folder (options behind it: FOLDER?bos=1) or .json")
    add_address_arguments(parser, port=8001)
    parser.add_argument("--device", metavar="NAME", help="cpu, cuda or cuda:N (default: a GPU if there is one)")


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    return serve_until_interrupted(_critic_service(options.model, device=options.device), options.host, options.port)


@asynccontextmanager
async def _critic_service(model: str, *, device: str | None) -> AsyncIterator[Service]:
    """A loaded critic behind a server that does not listen yet. Raises UsageError for what is no model."""
    from prover.policy.critics import open_critic
    from prover.serve.critic import CriticService
    from prover.serve.json_server import JsonServer

    opened = await open_critic(model, device=device)
    try:
        if not isinstance(opened.critic, ModelCritic):
            raise UsageError(f"{model} is not a model, and only those are served")
        server = JsonServer(CriticService(opened.critic, name=model).routes())
        yield Service(server, lambda address: f"{model} at {address}: stepwise prove --critic {address}")
    finally:
        await opened.close()
