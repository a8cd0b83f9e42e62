"""Snapshots: the memory of a server that has just become ready, from which later servers start in a moment, and the
compiled code of what it does every time, with which their first requests are as quick as later ones.

A snapshot belongs to one server folder, whose name is a hash over everything that went into it. It is used only after a
server has started from it and answered a probe: a thread that was in the middle of something when the memory was saved
would stay there for ever. Without a snapshot or without code, servers start slowly and are otherwise the same.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from prover.errors import ToolchainError
from prover.lean.embedded.lean import EmbeddedLean
from prover.lean.embedded.memory import TOO_LITTLE_MEMORY, lacks_memory

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

_EASY = "theorem easy (a b : Nat) : a + b = b + a := by\n  "
_TACTICS = ("grind", "rfl", "simp", "constructor", "intro h", "induction a <;> omega")
_ROWS = (  # of `a + 0 = a`, as the judge's processes export it
    '[0,0,"easy"],[0,0,"Nat"],[8,2,[]],[0,0,"Eq"],[2,0],[8,3,[1]],[9,1,0],[0,0,"HAdd"],[0,4,"hAdd"],[8,5,[0,0,0]],'
    '[9,3,0],[9,4,0],[9,5,0],[0,0,"instHAdd"],[8,6,[0]],[9,7,0],[0,0,"instAddNat"],[8,7,[]],[9,8,9],[9,6,10],[6,0],'
    '[9,11,12],[0,0,"OfNat"],[0,8,"ofNat"],[8,9,[0]],[9,14,0],[14,0],[9,15,16],[0,0,"instOfNatNat"],[8,10,[]],'
    "[9,18,16],[9,17,19],[9,13,20],[9,2,21],[9,22,12],[11,0,0,23]"
)
_BY_RFL = '[0,3,"refl"],[8,11,[1]],[9,25,0],[9,26,21],[10,0,0,27],[21,1,[],24,28],[99,1]'
_USUAL: Mapping[str, tuple[dict[str, object], ...]] = {
    "Main.lean": (
        {"outline": f"{_EASY}sorry"},
        {"cmd": f"{_EASY}sorry"},
        {"premises": 8, "proofState": 0, "goal": 0},
        {"proofState": 0, "tactics": [{"tactic": tactic} for tactic in _TACTICS]},
    ),
    "JudgeMain.lean": (
        {"judge": "challenge", "text": f"{_EASY}sorry", "theorem": "easy"},
        {"judge": "solution", "text": f"{_EASY}grind", "theorem": "easy"},
        {
            "judge": "compare",
            "imports": ["Init"],
            "challenge": f"[{_ROWS},[21,1,[],24,-1],[99,1]]",
            "solution": f"[{_ROWS},{_BY_RFL}]",
        },
    ),
}
"""Work that a server of that name does for nearly everybody: its compiled code is kept. More of it would cost more disk
than it saves time."""


def take(lean: EmbeddedLean, main: Path) -> None:
    """Start the server `main` and save its memory and its code beside it, for `lean.command(main)` to find.

    Leaves no snapshot if the server doesn't tell the host that it is ready, and no code if it doesn't work with it.
    Raises ToolchainError, with Lean's own words, if the server doesn't start at all.
    """
    target = lean.snapshot_of(main)
    making = target.with_suffix(".part")
    for _ in range(_ATTEMPTS):
        started, output = _run(lean.saving_command(main, making), _START_S)
        if not started and lacks_memory(output):
            raise ToolchainError(f"{TOO_LITTLE_MEMORY}; the first start needs 2 GB")
        if not started:
            raise ToolchainError(f"the server {main.name} does not start:\n{output[:4000]}")
        if not making.exists():
            _log.info("%s does not announce itself; no snapshot is made", main.name)
            return
        making.replace(target)
        fault = _fault(lean, main)
        if not fault:
            _keep_code(lean, main)
            return
        _log.warning("%s does not work from its snapshot, which is discarded: %s", main.name, fault)
        target.unlink()


def _keep_code(lean: EmbeddedLean, main: Path) -> None:
    target = lean.code_of(main)
    making = target.with_suffix(".part")
    ended, output = _run(lean.keeping_command(main, making), _START_S, _lines(_USUAL.get(main.name, ())))
    if not ended or not making.exists():
        making.unlink(missing_ok=True)
        _log.info("the code of %s is not kept: %s", main.name, output[-1000:])
        return
    making.replace(target)
    if fault := _fault(lean, main):
        _log.warning("%s does not work with its code, which is discarded: %s", main.name, fault)
        target.unlink()


def _fault(lean: EmbeddedLean, main: Path) -> str:
    """The fault of a server that starts from its snapshot; empty if the server passes its probe and ends."""
    ended, output = _run(lean.command(main), _RESUME_S, _lines(_PROBES.get(main.name, ())))
    return "" if ended else output[-1000:]


def _lines(requests: Iterable[dict[str, object]]) -> str:
    return "".join(f"{json.dumps({**request, 'id': number})}\n\n" for number, request in enumerate(requests))


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
    killed = "killed, as a system does that is out of memory\n" if done.returncode == -signal.SIGKILL else ""
    return done.returncode == 0, killed + printed.decode(errors="replace")
