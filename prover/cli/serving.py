"""Shared by the serving commands: the address options, and serving until interrupted."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from prover.cli.console import Console
from prover.cli.ending import Told, run_until_told
from prover.cli.numbers import port_number

if TYPE_CHECKING:
    from prover.serve.json_server import JsonServer


async def _for_ever() -> None:
    """Wait without end."""
    await asyncio.Event().wait()


@dataclass(frozen=True, slots=True)
class Service:
    """A loaded service: its server; what says, with the address that it listens at, how to use it; and what returns, or
    raises why, when it can't serve any more."""

    server: JsonServer
    usage: Callable[[str], str]
    until_ended: Callable[[], Awaitable[None]] = _for_ever


Opened: TypeAlias = AbstractAsyncContextManager[Service]


def add_address_arguments(parser: argparse.ArgumentParser, *, port: int) -> None:
    """Declare `--host` and `--port`."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1: this machine alone)"
    )
    parser.add_argument(
        "--port", type=port_number, default=port, metavar="N", help=f"the port to listen on (default {port})"
    )


def serve_until_interrupted(service: Opened, host: str, port: int) -> int:
    """Load, listen, wait for Ctrl-C; the exit code. Raises the fault by which the service ends itself."""
    try:
        run_until_told(_serve(service, host, port, Console()))
    except Told:
        return 0
    return 0


async def _serve(service: Opened, host: str, port: int, console: Console) -> None:
    async with service as opened, _listening(opened.server, host, port) as address:
        console.note(opened.usage(address))
        await opened.until_ended()


@asynccontextmanager
async def _listening(server: JsonServer, host: str, port: int) -> AsyncIterator[str]:
    try:
        yield f"http://{host}:{await server.start(host, port)}"
    finally:
        await server.close()
