"""Makes a server's sources ready to run on the embedded Lean."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from prover.errors import ToolchainError
from prover.lean.embedded.bundle import bundle
from prover.lean.embedded.folders import Progress, locked, made, silent
from prover.lean.embedded.lean import EmbeddedLean


async def ensure_server(
    lean: EmbeddedLean, sources: Path, *, main: str = "Main.lean", progress: Progress = silent
) -> Path:
    """A folder with `main` in it, for `lean.command(folder / main)`; made once per content of the sources.

    Safe when several processes call it at once. Raises ToolchainError if the sources or the cache can't be used.
    """
    return await asyncio.to_thread(_ensure, lean, sources, main, progress)


def _ensure(lean: EmbeddedLean, sources: Path, main: str, progress: Progress) -> Path:
    text = bundle(sources, main)
    digest = hashlib.sha256(f"{lean.content}\0{text}".encode()).hexdigest()
    home = lean.root.parent
    folder = home / f"server-{digest[:16]}"
    try:
        if not folder.exists():
            with locked(home / "lock"):
                if not folder.exists():
                    progress("preparing the step server", 0, 0)
                    with made(folder) as making:
                        (making / main).write_text(text, encoding="utf8")
    except OSError as fault:
        raise ToolchainError(f"the step server can't be prepared in {home}: {fault}") from fault
    return folder
