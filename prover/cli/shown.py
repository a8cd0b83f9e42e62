"""A run of this process in the browser (`--watch`)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from prover.cli.console import Console
from prover.errors import MissingExtra

if TYPE_CHECKING:
    from prover.web.app import Viewer

T = TypeVar("T")


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
