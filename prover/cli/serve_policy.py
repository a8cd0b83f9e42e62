"""`stepwise serve-policy FOLDER`: our sampling engine as an OpenAI-compatible server."""

from __future__ import annotations

import argparse
import asyncio

from prover.cli.console import Console
from prover.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("model", metavar="FOLDER", help="a model's folder, options behind it: FOLDER?device=cuda:1")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: this machine alone)")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="default 8000")
    parser.add_argument("--device", metavar="NAME", help="cpu, cuda or cuda:N; cuda:0+cuda:1 for an engine on each")
    parser.add_argument("--samples", type=int, default=32, metavar="N", help="tactics per LeanCopilot request")


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    try:
        asyncio.run(serve(options, Console()))
    except KeyboardInterrupt:
        return 0
    return 0


async def serve(options: argparse.Namespace, console: Console) -> None:
    """Load, listen, wait."""
    from prover.policy.models.policy import ModelPolicy
    from prover.policy.registry import open_policy
    from prover.serve.http import JsonServer
    from prover.serve.policy import PolicyService

    opened = await asyncio.to_thread(open_policy, options.model, device=options.device)
    if not isinstance(opened.policy, ModelPolicy):
        await opened.close()
        raise UsageError(f"{options.model} is not a model's folder, and only those are served")
    server = JsonServer(PolicyService(opened.policy, samples=options.samples).routes())
    try:
        port = await server.start(options.host, options.port)
        address = f"http://{options.host}:{port}"
        console.note(f"{opened.policy.name} at {address}: stepwise prove --policy openai:{address}/v1")
        await asyncio.Event().wait()
    finally:
        await server.close()
        await opened.close()
