"""What confines the processes in which other people's text is elaborated, and what of that is in force here.

Every Lean process runs under `prover/lean/guard.py`, which takes what the platform offers:

    no network             a network namespace without interfaces; TCP refused by Landlock as well
    no other processes     a process namespace: nothing outside can be seen, signalled or traced
    files by Landlock      its own folders and the system's libraries, read only; no other program can be started
    unprivileged user      root becomes nobody, where nobody can reach the files
    no capabilities        … and where not, root keeps the ownership of its files and nothing else
    (always)               no core dumps, files and stack limited, memory watched, no new privileges

The embedded Lean is confined by WebAssembly and Node's permission flags before any of this: it has no host calls for
processes or sockets, and sees its mounts only. Not covered: what the processor leaks, and the kernel's own faults.
"""

from __future__ import annotations

import sys
from pathlib import Path

from prover.lean.transport import Confinement, Launch, LeanProcess

MEASURES = ("no network", "no other processes", "files by Landlock")
"""What a Linux of today has for every user; without them a native Lean is confined in part only."""

_SAYS_READY = 'print("{\\"ready\\": true}", flush=True); input()'


async def in_force() -> tuple[str, ...]:
    """What would confine a Lean process on this machine, found by confining a small one."""
    argv = (sys.executable, "-I", "-S", "-c", _SAYS_READY)
    read = tuple(Path(place) for place in {sys.prefix, sys.base_prefix})
    launch = Launch(argv, {}, Path("/"), confinement=Confinement(read=read))
    process = await LeanProcess.start(launch, ready_timeout_s=20.0)
    await process.close(grace_s=0.0)
    return process.confined


def missing(measures: tuple[str, ...]) -> tuple[str, ...]:
    """What is not in force, of what should be."""
    return tuple(measure for measure in MEASURES if measure not in measures)
