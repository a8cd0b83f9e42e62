"""`stepwise repl`: speak the community REPL's protocol on standard input and output."""

from __future__ import annotations

import argparse
import asyncio
import os
import stat
import sys
from pathlib import Path
from typing import BinaryIO

from prover.assembly.toolchains import open_toolchain
from prover.cli.console import Console
from prover.cli.ending import run_until_told
from prover.cli.numbers import positive
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.cli.telling import Telling
from prover.lean.repl import MAX_REQUEST, Repl

PAGE = Page(
    examples=(
        'echo \'{"cmd": "def f := 2"}\' | stepwise repl',
        "stepwise repl --project DIR",
    ),
    document="lean.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_project_arguments(parser)
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=positive,
        default=600.0,
        help="for one request (default 600)",
    )


def run(options: argparse.Namespace) -> int:
    """0 at the end of the input."""
    run_until_told(_serve(options))
    return 0


async def _serve(options: argparse.Namespace) -> None:
    toolchain = await open_toolchain(lean_settings(options), Telling(Console(is_json=True)))
    await Repl(toolchain, Path.cwd(), timeout_s=options.timeout).serve(
        await requests_of(sys.stdin.buffer if sys.stdin else None), _write
    )


async def requests_of(source: BinaryIO | None) -> asyncio.StreamReader:
    """What `source` brings: a file as a whole, since the event loop waits for pipes and terminals alone."""
    requests = asyncio.StreamReader(limit=MAX_REQUEST)
    if source is None:  # the input is closed
        requests.feed_eof()
    elif not _can_be_waited_for(source):
        requests.feed_data(source.read())
        requests.feed_eof()
    else:
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(requests), source)
    return requests


def _can_be_waited_for(source: BinaryIO) -> bool:
    mode = os.fstat(source.fileno()).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or source.isatty()


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
