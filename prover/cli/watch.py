"""`stepwise watch`: a run in the browser, finished or at work; and the same for a run of this process (`--watch`)."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from prover.cli.console import Console
from prover.cli.ending import Told, run_until_told
from prover.cli.page import Page
from prover.errors import MissingExtra

if TYPE_CHECKING:
    from prover.web.app import Viewer

T = TypeVar("T")

PAGE = Page(
    examples=("stepwise watch runs/mine", "stepwise watch runs/mine --port 8123"),
    document="interactive.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a run's folder; the run may be at work")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="the port to listen on (default: a free one)")


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted; the exit code."""
    try:
        run_until_told(_watch(options.run, options.port, Console()))
    except Told:
        return 0
    return 0


async def _watch(path: Path, port: int, console: Console) -> None:
    viewer = viewer_for("stepwise watch")
    viewer.follow(path)
    await while_shown(asyncio.Event().wait(), viewer, console, port=port)


def viewer_for(purpose: str) -> Viewer:
    """A viewer, still without a run. Raises MissingExtra, naming the purpose, where its libraries are missing."""
    try:
        from prover.web.app import Viewer
    except ImportError as error:
        raise MissingExtra(purpose, "web") from error
    return Viewer()


async def while_shown(work: Coroutine[Any, Any, T], viewer: Viewer, console: Console, *, port: int = 0) -> T:
    """Do the work with the viewer's page served beside it, and say where the page is."""
    from prover.web.serving import serving

    try:
        async with serving(viewer, port) as address:
            console.note(f"the page is at {address}")
            return await work
    finally:
        work.close()
