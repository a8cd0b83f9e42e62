"""Shared by the serving commands: the address options, and serving until interrupted."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

from prover.cli.console import Console
from prover.cli.ending import Told, run_until_told
from prover.cli.numbers import port_number

if TYPE_CHECKING:
    from prover.serve.json_server import JsonServer

Opened: TypeAlias = "AbstractAsyncContextManager[tuple[JsonServer, Callable[[str], str]]]"
"""A loaded service; with the address it listens at, the function says how to use it."""


def add_address_arguments(parser: argparse.ArgumentParser, *, port: int) -> None:
    """Declare `--host` and `--port`."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1: this machine alone)"
    )
    parser.add_argument(
        "--port", type=port_number, default=port, metavar="N", help=f"the port to listen on (default {port})"
    )


def serve_until_interrupted(service: Opened, host: str, port: int) -> int:
    """Load, listen, wait for Ctrl-C; the exit code."""
    try:
        run_until_told(_serve(service, host, port, Console()))
    except Told:
        return 0
    return 0


async def _serve(service: Opened, host: str, port: int, console: Console) -> None:
    async with service as (server, usage), _listening(server, host, port) as address:
        console.note(usage(address))
        await asyncio.Event().wait()


@asynccontextmanager
async def _listening(server: JsonServer, host: str, port: int) -> AsyncIterator[str]:
    try:
        yield f"http://{host}:{await server.start(host, port)}"
    finally:
        await server.close()
