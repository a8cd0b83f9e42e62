"""`stepwise watch`: a run in the browser, finished or at work, or a job of a workbench; and the same for a run of this
process (`--watch`)."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from prover.cli.console import Console
from prover.cli.ending import Told, run_until_told
from prover.cli.numbers import port_number
from prover.cli.page import Page
from prover.cli.shown import viewer_for, while_shown
from prover.errors import UsageError
from prover.run.folder import read_info
from prover.workbench.address import spots
from prover.workbench.bench import Bench
from prover.workbench.client import running

if TYPE_CHECKING:
    pass

T = TypeVar("T")
_JOB = re.compile(r"job\d+(-[0-9a-f]+)?")

PAGE = Page(
    examples=("stepwise watch runs/mine", "stepwise watch runs/mine --port 8123", "stepwise watch job3-1f2a"),
    document="interactive.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "run",
        metavar="RUN|JOB",
        help="a run's folder, where the run may be at work, or a job of a workbench (`stepwise workbench` lists them)",
    )
    parser.add_argument(
        "--port", type=port_number, default=0, metavar="N", help="the port to listen on (default: a free one)"
    )


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted; the exit code."""
    try:
        run_until_told(_watch(options.run, options.port, Console()))
    except Told:
        return 0
    return 0


async def _watch(name: str, port: int, console: Console) -> None:
    viewer = viewer_for("stepwise watch")
    shown = asyncio.Event()
    if not _JOB.fullmatch(name) or Path(name).exists():
        read_info(Path(name))  # a folder that is no run is said to be none
        viewer.follow(Path(name))
        await while_shown(shown.wait(), viewer, console, port=port)
        return
    async with _holder(name) as bench:
        from prover.web.jobs import JobsView

        viewer.view = view = JobsView(bench)
        view.follow(name)
        try:
            await while_shown(shown.wait(), viewer, console, port=port)
        finally:
            await view.close()


@contextlib.asynccontextmanager
async def _holder(job: str) -> AsyncIterator[Bench]:
    """The workbench that has a job. Raises UsageError if none has, or several have one of that name."""
    async with contextlib.AsyncExitStack() as stack:
        benches = [await stack.enter_async_context(running(spot)) for spot in spots()]
        holders = [
            each for each in benches if each is not None and job in [known["job"] for known in await each.jobs()]
        ]
        if len(holders) != 1:
            what = "no workbench has a" if not holders else f"{len(holders)} workbenches have a"
            raise UsageError(f"{what} job {job!r}: `stepwise workbench` lists the jobs")
        yield holders[0]
