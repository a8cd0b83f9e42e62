"""Snapshots: a server starts once, slowly, and from then on from the memory it had when it was ready.

A snapshot belongs to one server folder, whose name is a hash over everything that made it. It is used only after a
server has been seen to start from it; without one, servers start slowly and are otherwise the same.
"""

from __future__ import annotations

import logging
import os
import subprocess
from pathlib import Path

from prover.errors import ToolchainError
from prover.lean.embedded.lean import EmbeddedLean

_log = logging.getLogger(__name__)
_START_S = 900.0  # on a busy machine; an idle one needs about 15
_RESUME_S = 120.0


def take(lean: EmbeddedLean, main: Path) -> None:
    """Starts the server `main` and saves its memory beside it, for `lean.command(main)` to find.

    Leaves no snapshot if the server doesn't announce itself to the host. Raises ToolchainError if the server doesn't
    start at all, with what Lean said.
    """
    target = lean.snapshot_of(main)
    making = target.with_suffix(".part")
    started, output = _run(lean.saving_command(main, making), _START_S)
    if not started:
        raise ToolchainError(f"the server {main.name} does not start:\n{output[-4000:]}")
    if not making.exists():
        _log.info("%s does not announce itself; no snapshot is made", main.name)
        return
    making.rename(target)
    resumed, output = _run(lean.command(main), _RESUME_S)
    if not resumed:
        _log.warning("%s does not start from its snapshot, which is discarded: %s", main.name, output[-1000:])
        target.unlink()


def _run(command: tuple[list[str], dict[str, str]], limit_s: float) -> tuple[bool, str]:
    """Whether the process ends well when it has nothing to read, and what it printed."""
    argv, env = command
    try:
        done = subprocess.run(
            argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired:
        return False, f"not within {limit_s:.0f} s"
    except OSError as fault:
        raise ToolchainError(f"{os.fspath(argv[0])} can't be started: {fault}") from fault
    printed = done.stdout if done.stdout.strip() else done.stderr
    return done.returncode == 0, printed.decode(errors="replace")
