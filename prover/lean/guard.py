"""Runs one command as a child that cannot outlive us: a program of its own, standard library only.

    python -I -S guard.py SPEC        SPEC: JSON of `Spec`

It leads a process group and is the reaper of everything below it. When the command ends, when it is told to
(SIGTERM), or when the process that started it is gone (even by kill -9), everything below is killed and it exits
with the command's status. Before the command starts, its resource limits are set.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LIMITS = {"stack": resource.RLIMIT_STACK, "core": resource.RLIMIT_CORE, "file": resource.RLIMIT_FSIZE}
_NOT_STARTED = 127


def main() -> NoReturn:
    spec: dict[str, Any] = json.loads(sys.argv[1])
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    if os.getppid() != spec["parent"]:  # it died before the line above could notice
        os._exit(_NOT_STARTED)
    child = os.fork()
    if child == 0:
        _become(spec)
    _let_go_of_pipes()
    status = _wait(child)
    _end_all()
    os._exit(status)


def _become(spec: dict[str, Any]) -> NoReturn:
    """Turn this (forked) process into the command."""
    try:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for name, size in spec["limits"].items():
            _lower(_LIMITS[name], size)
        os.chdir(spec["cwd"])
        os.execvpe(spec["argv"][0], spec["argv"], spec["env"])  # a program and its arguments, never a shell
    except (OSError, ValueError) as error:
        os.write(2, f"cannot start {spec['argv'][0]}: {error}\n".encode())
    os._exit(_NOT_STARTED)


def _lower(kind: int, size: int) -> None:
    """Set the soft limit, as far as the hard one allows; the hard one follows so that it can't be raised again."""
    hard = resource.getrlimit(kind)[1]
    size = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(kind, (size, size))


def _let_go_of_pipes() -> None:
    """The other side must see the end of a pipe when the command closes it, not when we do."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)


def _wait(child: int) -> int:
    """The status of `child`; reaps everything else that falls to us meanwhile."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _stop(_signal: int, _frame: object) -> NoReturn:
    _end_all()
    os._exit(128 + signal.SIGTERM)


def _end_all() -> None:
    """Kill whatever is below us, those too that left the process group, until nothing is."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    deadline = time.monotonic() + 5.0
    while time.monotonic() < deadline:
        for pid in _children():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.005)
        except ChildProcessError:
            return


def _children() -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
    except OSError:
        return []


def _prctl(option: int, value: int) -> None:
    """Linux only; elsewhere the command still ends with its standard input."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main()
