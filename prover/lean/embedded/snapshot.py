"""Snapshots: the memory of a server that has just become ready, from which later servers start in a moment.

A snapshot belongs to one server folder, whose name is a hash over everything that went into it. It is used only after a
server has started from it and answered a probe: a thread that was in the middle of something when the memory was saved
would stay there for ever. Without a snapshot, servers start slowly and are otherwise the same.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from prover.errors import ToolchainError
from prover.lean.embedded.lean import EmbeddedLean

_log = logging.getLogger(__name__)
_START_S = 900.0  # on a busy machine; an idle one needs about 15
_RESUME_S = 90.0
_ATTEMPTS = 3

_STATEMENT = "theorem probe (a b : Nat) (h : a ≤ b) : a < b + 1 ∧ b + a = a + b := by\n  "
_WITH_THREADS = "constructor <;> exact?"  # the search for lemmas starts tasks, and with them a thread
_PROBES: Mapping[str, tuple[dict[str, object], ...]] = {
    "Main.lean": ({"cmd": f"{_STATEMENT}grind"}, {"cmd": f"{_STATEMENT}{_WITH_THREADS}"}),
    "JudgeMain.lean": (
        {"judge": "challenge", "text": f"{_STATEMENT}sorry", "theorem": "probe"},
        {"judge": "solution", "text": f"{_STATEMENT}grind", "theorem": "probe"},
        {"judge": "solution", "text": f"{_STATEMENT}{_WITH_THREADS}", "theorem": "probe"},
    ),
}
"""Work that a server of that name has to get done before its snapshot is believed."""


def take(lean: EmbeddedLean, main: Path) -> None:
    """Start the server `main` and save its memory beside it, for `lean.command(main)` to find.

    Leaves no snapshot if the server doesn't tell the host that it is ready. Raises ToolchainError, with Lean's own
    words, if the server doesn't start at all.
    """
    target = lean.snapshot_of(main)
    making = target.with_suffix(".part")
    for _ in range(_ATTEMPTS):
        started, output = _run(lean.saving_command(main, making), _START_S)
        if not started:
            raise ToolchainError(f"the server {main.name} does not start:\n{output[-4000:]}")
        if not making.exists():
            _log.info("%s does not announce itself; no snapshot is made", main.name)
            return
        making.replace(target)
        fault = _fault(lean, main)
        if not fault:
            return
        _log.warning("%s does not work from its snapshot, which is discarded: %s", main.name, fault)
        target.unlink()


def _fault(lean: EmbeddedLean, main: Path) -> str:
    """The fault of a server that starts from its snapshot; empty if the server passes its probe and ends."""
    probe = enumerate(_PROBES.get(main.name, ()))
    requests = "".join(f"{json.dumps({**request, 'id': number})}\n\n" for number, request in probe)
    ended, output = _run(lean.command(main), _RESUME_S, requests)
    return "" if ended else output[-1000:]


def _run(command: tuple[list[str], dict[str, str]], limit_s: float, reads: str = "") -> tuple[bool, str]:
    """Run a process on the input `reads`, for at most `limit_s` seconds. Returns whether it ended with status 0, and
    what it printed."""
    argv, env = command
    try:
        done = subprocess.run(argv, env=env, input=reads.encode(), capture_output=True, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired:
        return False, f"not within {limit_s:.0f} s"
    except OSError as fault:
        raise ToolchainError(f"{os.fspath(argv[0])} can't be started: {fault}") from fault
    printed = done.stdout if done.stdout.strip() else done.stderr
    return done.returncode == 0, printed.decode(errors="replace")
