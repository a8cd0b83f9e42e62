"""The guard: a program of its own that runs one command, which can't outlive Stepwise. Standard library only.

    python -I -S guard.py SPEC        SPEC: JSON of `_Spec`

The guard leads a process group and adopts all descendants of the command. When the command ends, when the guard gets
SIGTERM, or when the process that started the guard is gone (even by kill -9), the guard kills all descendants and exits
with the command's status. Before the command starts, the guard sets its resource limits. If the spec asks for it, the
command is confined by all that the platform offers: namespaces of its own (no network, no other processes, all files
read-only), Landlock (the named folders and no others; no program but the command itself), an unprivileged user or at
least no capabilities. The measures in force are the first line on standard output: `{"confined": [TEXT, ...]}`.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import signal
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAPBSET_DROP = 24
_LIMITS = {"stack": resource.RLIMIT_STACK, "core": resource.RLIMIT_CORE, "file": resource.RLIMIT_FSIZE}
_NOT_STARTED = 127
_NOBODY = 65534

_CLONE_NEWNS = 0x00020000
_CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18

# Linux 5.12 and later: the same number on every architecture.
_SYS_MOUNT_SETATTR = 442
_AT_FDCWD, _AT_RECURSIVE, _MOUNT_ATTR_RDONLY = -100, 0x8000, 1

# Landlock (Linux 5.13 and later): the same numbers on every architecture.
_SYS_LANDLOCK_CREATE, _SYS_LANDLOCK_ADD, _SYS_LANDLOCK_RESTRICT = 444, 445, 446
_FS_EXECUTE, _FS_WRITE_FILE, _FS_READ_FILE, _FS_READ_DIR = 1, 2, 4, 8
_FS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_FS_OF_FILES = _FS_EXECUTE | _FS_WRITE_FILE | _FS_READ_FILE | 1 << 14 | 1 << 15  # the last two: truncate, ioctl
_NET_TCP = 0b11
_SCOPE_SOCKETS_AND_SIGNALS = 0b11
_SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")

_Spec = dict[str, Any]
_libc = ctypes.CDLL(None, use_errno=True)


def main() -> NoReturn:
    spec: _Spec = json.loads(sys.argv[1])
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    if os.getppid() != spec["parent"]:  # it died before the line above could notice
        os._exit(_NOT_STARTED)
    apart = _leave_namespaces(spec["confine"]["write"]) if spec["confine"] is not None else []
    child = os.fork()
    if child == 0:
        _become_init(spec, apart) if "processes" in apart else _become(spec, apart)
    _let_go_of_pipes(spec)
    status = _wait(child)
    _end_all()
    os._exit(status)


def _become_init(spec: _Spec, apart: list[str]) -> NoReturn:
    """The first process of a new namespace: the kernel ends all others in it with this one."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    child = os.fork()
    if child == 0:
        _become(spec, apart)
    _let_go_of_pipes(spec)
    os._exit(_wait(child))


def _become(spec: _Spec, apart: list[str]) -> NoReturn:
    """Turn this (forked) process into the command."""
    program = spec["argv"][0]
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        for name, size in spec["limits"].items():
            _lower(_LIMITS[name], size)
        os.chdir(spec["cwd"])
        if spec["control"] is not None:
            spec["env"]["STEPWISE_CONTROL"] = str(spec["control"])
        if spec["confine"] is not None:
            program = shutil.which(program, path=spec["env"].get("PATH")) or program
            _say_confined(apart, _confine(program, spec["confine"]))
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # after a change of user, which resets it
        os.execvpe(program, spec["argv"], spec["env"])  # a program and its arguments, never a shell
    except (OSError, ValueError) as error:
        os.write(2, f"cannot start {spec['argv'][0]}: {error}\n".encode())
    os._exit(_NOT_STARTED)


# --------------------------------------------------------------------------------------------------- confinement


def _leave_namespaces(writable: list[str]) -> list[str]:
    """Enter new namespaces, in which everything we start will run; a user other than root needs a user namespace for
    that, if those are allowed. Returns the measures that are in force."""
    wanted = _CLONE_NEWPID | _CLONE_NEWNET | _CLONE_NEWIPC | _CLONE_NEWNS
    if _libc.unshare(wanted) != 0:
        if not _tried(lambda: _leave_as_user(wanted)):  # half of it may be allowed, and then there is no way back
            return []
        _leave_as_user(wanted)
    return ["network", "processes", *(["files read-only"] if _make_read_only(writable) else [])]


def _make_read_only(writable: list[str]) -> bool:
    """Make all mounted files read-only but for the folders `writable`. Landlock alone would let the owner of a file
    change its rights and times. Returns whether it worked."""
    if _libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None) != 0:
        return False
    folders = [os.fsencode(path) for path in writable]
    if any(_libc.mount(folder, folder, None, _MS_BIND, None) != 0 for folder in folders):
        return False
    if not _set_mount(b"/", _AT_RECURSIVE, _MOUNT_ATTR_RDONLY, 0):
        return False
    return all(_set_mount(folder, 0, 0, _MOUNT_ATTR_RDONLY) for folder in folders)


def _set_mount(path: bytes, flags: int, given: int, taken: int) -> bool:
    attributes = struct.pack("=4Q", given, taken, 0, 0)
    return bool(_libc.syscall(_SYS_MOUNT_SETATTR, _AT_FDCWD, path, flags, attributes, len(attributes)) == 0)


def _leave_as_user(wanted: int) -> None:
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(wanted | _CLONE_NEWUSER) != 0:
        raise PermissionError("user namespaces are not allowed")
    for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path(f"/proc/self/{name}").write_text(line)


def _tried(attempt: Callable[[], None]) -> bool:
    """Whether `attempt` works, tried in a child process that ends afterwards."""
    child = os.fork()
    if child == 0:
        try:
            attempt()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def _confine(program: str, confine: dict[str, list[str]]) -> list[str]:
    """Give up for good all rights that the command doesn't need. Returns the measures that are in force."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    ruleset, measures = _landlock(program, confine)
    needed = [program, *confine["read"]]
    if os.getuid() != 0 or (_is_reachable(needed, by=_NOBODY) and _become_nobody()):
        measures.append("unprivileged user")
    elif _is_reachable(needed, by=0) and _drop_capabilities():
        measures.append("no capabilities")
    if ruleset >= 0 and _libc.syscall(_SYS_LANDLOCK_RESTRICT, ruleset, 0) != 0:
        measures = [measure for measure in measures if not measure.startswith("files")]
    return measures


def _landlock(program: str, confine: dict[str, list[str]]) -> tuple[int, list[str]]:
    """A Landlock ruleset that allows the named paths alone, and the measures that it stands for; -1 and none where the
    kernel has no Landlock."""
    abi = _libc.syscall(_SYS_LANDLOCK_CREATE, None, 0, 1)
    if abi < 1:
        return -1, []
    handled = _FS_BY_ABI[min(abi, 5)]
    fields = [handled, _NET_TCP if abi >= 4 else 0, _SCOPE_SOCKETS_AND_SIGNALS if abi >= 6 else 0]
    fields = fields[: 3 if abi >= 6 else 2 if abi >= 4 else 1]
    attributes = (ctypes.c_uint64 * len(fields))(*fields)
    ruleset: int = _libc.syscall(_SYS_LANDLOCK_CREATE, attributes, ctypes.sizeof(attributes), 0)
    if ruleset < 0:
        return -1, []
    reading = _FS_READ_FILE | _FS_READ_DIR
    for path in (*_SYSTEM_LIBRARIES, *confine["read"]):
        _allow(ruleset, path, reading)
    for path in _DEVICES:
        _allow(ruleset, path, _FS_READ_FILE | _FS_WRITE_FILE)
    for path in confine["write"]:
        _allow(ruleset, path, handled & ~_FS_EXECUTE)
    for path in (program, *_loaders()):
        _allow(ruleset, path, _FS_EXECUTE | _FS_READ_FILE)
    return ruleset, ["files by Landlock"]


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Allow `rights` on a path and everything below it. A path that doesn't exist needs no rule."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights &= ~0 if os.path.isdir(path) else _FS_OF_FILES  # noqa: PTH112 (start-up time)
        rule = struct.pack("=Qi", rights, place)
        _libc.syscall(_SYS_LANDLOCK_ADD, ruleset, 1, rule, 0)
    finally:
        os.close(place)


def _loaders() -> list[str]:
    """The dynamic loaders, which the kernel starts for the command."""
    return [str(path) for folder in ("/lib", "/lib64") for path in Path(folder).glob("ld-*.so*")] + [
        str(path) for path in Path("/lib").glob("*-linux-*/ld-*.so*")
    ]


def _is_reachable(paths: list[str], *, by: int) -> bool:
    """Whether a user without capabilities can reach all of these paths and read them."""
    for path in map(Path, paths):
        places = [path.resolve(), *path.resolve().parents]
        for place in places:
            status = place.stat()
            wanted = 0o1 if place != places[0] else 0o5 if place.is_dir() else 0o4
            if status.st_mode >> (6 if status.st_uid == by else 0) & wanted != wanted:
                return False
    return True


def _become_nobody() -> bool:
    """Become the user `nobody`. Returns False where that is not possible, as in a user namespace of one user."""
    try:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    except OSError:
        return False
    return True


def _drop_capabilities() -> bool:
    """Drop all capabilities for good; root then keeps the ownership of its files alone. Returns whether it worked."""
    for capability in range(64):
        _prctl(_PR_CAPBSET_DROP, capability)
    header = struct.pack("=Ii", 0x20080522, 0)  # version 3, this process
    return bool(_libc.capset(header, struct.pack("=6I", 0, 0, 0, 0, 0, 0)) == 0)


def _say_confined(*measures: list[str]) -> None:
    names = {"network": "no network", "processes": "no other processes"}
    said = [names.get(measure, measure) for group in measures for measure in group]
    os.write(1, json.dumps({"confined": said}).encode() + b"\n")


# ------------------------------------------------------------------------------------------------ limits and ends


def _lower(kind: int, size: int) -> None:
    """Lower the soft and the hard limit to `size`, so that the command can't raise them again."""
    hard = resource.getrlimit(kind)[1]
    size = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(kind, (size, size))


def _let_go_of_pipes(spec: _Spec) -> None:
    """Close our ends of the command's pipes: their readers must see the end when the command closes them, not when the
    guard exits."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    if spec["control"] is not None:
        os.close(spec["control"])


def _wait(child: int) -> int:
    """Wait for `child` and return its exit status; reap adopted processes meanwhile."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _stop(_signal: int, _frame: object) -> NoReturn:
    _end_all()
    os._exit(128 + signal.SIGTERM)


def _end_all() -> None:
    """Kill all descendants, those too that left the process group, until none is left."""
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
    """Call prctl, on Linux alone; elsewhere the command still ends when its standard input does."""
    if sys.platform == "linux":
        _libc.prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main()
