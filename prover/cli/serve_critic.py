"""`stepwise serve-critic SPEC`: a critic's scores over HTTP."""

from __future__ import annotations

import argparse
import asyncio

from critic.model import ModelCritic
from prover.cli.console import Console
from prover.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("model", metavar="SPEC", help="a critic's folder (options behind it: FOLDER?bos=1) or .json")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine alone)")
    parser.add_argument("--port", type=int, default=8001, metavar="N", help="default 8001")
    parser.add_argument("--device", metavar="NAME", help="cpu, cuda or cuda:N")


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    try:
        asyncio.run(serve(options, Console()))
    except KeyboardInterrupt:
        return 0
    return 0


async def serve(options: argparse.Namespace, console: Console) -> None:
    """Load, listen, wait."""
    from prover.policy.critics import open_critic
    from prover.serve.critic import CriticService
    from prover.serve.http import JsonServer

    opened = await open_critic(options.model, device=options.device)
    if not isinstance(opened.critic, ModelCritic):
        await opened.close()
        raise UsageError(f"{options.model} is not a model, and only those are served")
    server = JsonServer(CriticService(opened.critic, name=options.model).routes())
    try:
        port = await server.start(options.host, options.port)
        address = f"http://{options.host}:{port}"
        console.note(f"{options.model} at {address}: stepwise prove --critic {address}")
        await asyncio.Event().wait()
    finally:
        await server.close()
        await opened.close()
