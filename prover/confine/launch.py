"""How a process is started and what confines it: values, told to `prover/confine/guard.py`."""

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
    """The files and folders that a server may read and write, beside the system's libraries; nothing else of the
    machine: no network, no other process, no other program, as far as the platform can see to it."""

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a server: program and arguments, its whole environment, its folder, its limits in bytes.

    One that `cancels` reads, on the descriptor that STEPWISE_CONTROL names, the numbers of requests (the first is 1) to
    be cancelled, a line each. One that `is_upstream` is the community REPL's own (`prover/lean/upstream.py`).
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    stack_bytes: int | None = None
    memory_bytes: int | None = None
    max_file_bytes: int = 256 * 1024 * 1024
    confinement: Confinement | None = None
    cancels: bool = False
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
