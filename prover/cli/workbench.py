"""`stepwise workbench`: the workbenches that run, and the process of one."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import secrets
import signal
import sys
from functools import partial

from prover.assembly.warm import open_warm
from prover.cli.console import Console
from prover.cli.ending import Told, run_until_told
from prover.cli.page import Page
from prover.config import Config, stored_config
from prover.errors import UsageError
from prover.workbench.address import Spot, spots
from prover.workbench.bench import Workbench
from prover.workbench.client import running
from prover.workbench.host import serve
from prover.workbench.jobs import Json

PAGE = Page(examples=("stepwise workbench", "stepwise workbench --stop"), document="interactive.md")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--stop", action="store_true", help="end those that run")
    parser.add_argument(
        "--settings",
        action="store_true",
        help="be a workbench, with the settings that standard input holds as a line of JSON; it ends when no editor, "
        "agent or command needs it any more",
    )


def run(options: argparse.Namespace) -> int:
    """List or end those that run, or be one."""
    if options.settings:
        config = _settings()
        bench = Workbench(partial(open_warm, config), f"-{secrets.token_hex(2)}")
        with contextlib.suppress(Told):
            run_until_told(serve(Spot.of(config), bench))
        return 0
    return _list(Console(), stops=options.stop)


def _settings() -> Config:
    try:
        # Unbuffered: what follows is read by the event loop.
        values = json.loads(_first_line())
    except ValueError as error:
        raise UsageError(f"standard input holds no settings: {error}") from error
    return stored_config(values, "standard input")


def _first_line() -> bytes:
    line = bytearray()
    while (byte := os.read(sys.stdin.fileno(), 1)) not in (b"", b"\n"):
        line += byte
    return bytes(line)


async def _jobs(spot: Spot) -> list[Json]:
    async with running(spot) as client:
        return [] if client is None else await client.jobs()


def _list(console: Console, *, stops: bool) -> int:
    for spot in spots():
        address = spot.read()
        with spot.held() as is_free:
            is_running = not is_free
        if address is None or not is_running:
            continue
        if stops:
            os.kill(address.pid, signal.SIGTERM)
        console.line(f"{'ended' if stops else 'running'}: process {address.pid}, port {address.port}, {spot.folder}")
        for job in [] if stops else asyncio.run(_jobs(spot)):
            console.line(f"  {job['job']}: {job['kind']} {job['theorem']}, {job['state']}")
    return 0
