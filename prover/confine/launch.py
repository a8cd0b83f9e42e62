"""The command, confinement and limits of a process, as values; `prover/confine/guard.py` gets them as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")
"""The script that every confined process runs under; it imports nothing of this project."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """The files and folders that a server may read and write beside the system's libraries. Network, other processes
    and other programs are denied as far as the platform can deny them."""

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Launch:
    """The start of a server: program and arguments, whole environment, working folder, limits in bytes.

    A server that `cancels` reads the numbers (from 1) of requests to be cancelled, one a line, from the descriptor that
    STEPWISE_CONTROL names. A server that `restores` has a host that takes it back to the memory that it began with. A
    server that `is_upstream` speaks the community REPL's protocol (`prover/lean/upstream.py`).
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    stack_bytes: int | None = None
    memory_bytes: int | None = None
    max_file_bytes: int = 256 * 1024 * 1024
    confinement: Confinement | None = None
    cancels: bool = False
    restores: bool = False
    is_upstream: bool = False

    def spec(self, control: int | None = None) -> str:
        """The guard's specification, as JSON; `control` is the descriptor that the server reads cancellations from."""
        limits = {"core": 0, "file": self.max_file_bytes}
        if self.stack_bytes is not None:
            limits["stack"] = self.stack_bytes
        confine = self.confinement and {
            "read": [str(path) for path in self.confinement.read],
            "write": [str(path) for path in self.confinement.write],
        }
        spec = {"argv": self.argv, "env": dict(self.env), "cwd": str(self.cwd), "limits": limits}
        return json.dumps({**spec, "confine": confine, "parent": os.getpid(), "control": control})
