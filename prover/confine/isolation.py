"""Measures that confine the processes which elaborate other people's text, and a probe for those in force here.

Every Lean process runs under `prover/confine/guard.py`, which takes what the platform offers:

    no network             a network namespace without interfaces; TCP refused by Landlock as well
    no other processes     a process namespace: nothing outside can be seen, signalled or traced
    files read-only        nothing that is mounted can be written, nor its rights or times be changed
    files by Landlock      its own folders and the system's libraries, read only; no other program can be started
    unprivileged user      root becomes nobody, where nobody can reach the files
    no capabilities        otherwise root keeps the ownership of its files and nothing else
    (always)               no core dumps, files and stack limited, memory watched, no new privileges

The embedded Lean is confined by WebAssembly and Node's permission flags before any of this: it has no host calls for
processes or sockets, and sees its mounts only. Not covered: side channels of the processor, and faults of the kernel.
"""

from __future__ import annotations

from dataclasses import replace

from prover.confine.command import output_of
from prover.confine.launch import Launch
from prover.confine.lines import json_object
from prover.errors import ToolchainError

MEASURES = ("no network", "no other processes", "files read-only", "files by Landlock")
"""What a Linux of today has for every user; without them a native Lean is confined in part only."""

_PROBE_S = 20.0


async def in_force(launch: Launch) -> tuple[str, ...]:
    """The measures that confine a server with this launch. They depend on where the server's files lie, so the server's
    program is asked for its version under the same guard. Raises ToolchainError if the guard prints no measures.
    """
    probe = replace(launch, argv=(launch.argv[0], "--version"), cancels=False)
    try:
        _, printed = await output_of(probe, timeout_s=_PROBE_S)
    except TimeoutError:
        raise ToolchainError(f"`{' '.join(probe.argv)}` did not end within {_PROBE_S:g} s") from None
    for line in printed.splitlines():
        said = json_object(line.encode())
        if said is not None and "confined" in said:
            return tuple(str(measure) for measure in said["confined"])
    raise ToolchainError(f"`{' '.join(probe.argv)}` can't be confined: {printed.strip()[-400:]}")


def missing(measures: tuple[str, ...]) -> tuple[str, ...]:
    """The expected measures that are not in force."""
    return tuple(measure for measure in MEASURES if measure not in measures)
