"""Makes a server's sources ready to run on the embedded Lean."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from pathlib import Path

from prover.errors import ToolchainError
from prover.lean.embedded import snapshot
from prover.lean.embedded.bundle import bundle
from prover.lean.embedded.disk import discard_old_versions
from prover.lean.embedded.folders import (
    ELSEWHERE,
    Progress,
    complete,
    held,
    locked,
    made,
    require_room,
    silent,
)
from prover.lean.embedded.lean import EmbeddedLean

_NEEDED_BYTES = 700_000_000


async def ensure_server(
    lean: EmbeddedLean, sources: Path, *, main: str = "Main.lean", progress: Progress = silent
) -> Path:
    """A folder with `main` in it, for `lean.command(folder / main)`; made once per content of the sources, and not
    removed by others while this process lives.

    Making it starts the server once, to take its snapshot. Safe when several processes call it at once. Raises
    ToolchainError if the sources or the cache can't be used, or the server does not start.
    """
    return await asyncio.to_thread(_ensure, lean, sources, main, progress)


def server_folder(lean: EmbeddedLean, sources: Path, main: str) -> Path:
    """The folder of a server, made or not. Raises ToolchainError if its sources can't be used."""
    digest = hashlib.sha256(f"{lean.content}\0{bundle(sources, main)}".encode()).hexdigest()
    return lean.root.parent / f"server-{digest[:16]}"


def find_server(lean: EmbeddedLean, sources: Path, *, main: str = "Main.lean") -> Path | None:
    """The folder that `ensure_server` makes, if it is complete; marked as used, which keeps it."""
    folder = server_folder(lean, sources, main)
    if not held(folder):
        return None
    with contextlib.suppress(OSError):  # of somebody else, or on a disk that can only be read
        folder.touch()
    return folder


def _ensure(lean: EmbeddedLean, sources: Path, main: str, progress: Progress) -> Path:
    if (ready := find_server(lean, sources, main=main)) is not None:
        return ready
    folder = server_folder(lean, sources, main)
    home = folder.parent
    try:
        with locked(home / f"lock-{main}"):
            if not complete(folder):
                progress("starting Lean's servers for the first time (a minute or two)", 0, 0)
                discard_old_versions(home)
                require_room(home, _NEEDED_BYTES, "a server's snapshot")
                with made(folder) as making:
                    (making / main).write_text(bundle(sources, main), encoding="utf8")
                    snapshot.take(lean, making / main)
            held(folder)
    except OSError as fault:
        raise ToolchainError(f"the step server can't be prepared in {home}: {fault}; {ELSEWHERE}") from fault
    return folder
