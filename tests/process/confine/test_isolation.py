"""A confined process keeps to its folders: what it tries beyond them fails, and what is in force is said."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from prover.confine.isolation import MEASURES, in_force, missing
from prover.confine.launch import Confinement, Launch
from prover.errors import ToolchainError
from prover.lean.transport import LeanProcess

pytestmark = pytest.mark.timeout(20)
PYTHON = Launch(
    (sys.executable,),
    {},
    Path("/"),
    confinement=Confinement(read=tuple(Path(place) for place in {sys.prefix, sys.base_prefix})),
)

PROBE = """
import json, os, socket, subprocess, sys
print('{"ready": true}', flush=True)
request = json.loads(sys.stdin.readline())
tries = {
    "read_own": lambda: open(request["own"]).read(),
    "write_own": lambda: open(request["own"], "w"),
    "rights_own": lambda: os.chmod(request["own"], 0o777),
    "rights_other": lambda: os.chmod(request["other"], 0o777),
    "times_other": lambda: os.utime(request["other"], (0, 0)),
    "owner_other": lambda: os.chown(request["other"], os.getuid(), os.getgid()),
    "write_scratch": lambda: open(request["scratch"] + "/new", "w"),
    "read_other": lambda: open(request["other"]).read(),
    "read_system": lambda: open("/etc/passwd").read(),
    "read_environment": lambda: open("/proc/%d/environ" % request["parent"]).read(),
    "signal": lambda: os.kill(request["parent"], 0),
    "run": lambda: subprocess.run(["/bin/ls"]),
    "network": lambda: socket.create_connection(("127.0.0.1", request["port"]), 1),
    "root": lambda: os.setuid(0) or os.listdir("/root"),
}
worked = {}
for name, attempt in tries.items():
    try:
        attempt()
        worked[name] = True
    except OSError:
        worked[name] = False
print(json.dumps({"id": request["id"], **worked}), flush=True)
sys.stdin.read()
"""


async def attempts(tmp_path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    own, other, scratch = tmp_path / "own", tmp_path / "other", tmp_path / "scratch"
    own.write_text("mine")
    other.write_text("secret")
    scratch.mkdir(mode=0o777)
    read = (own, *(Path(place) for place in {sys.prefix, sys.base_prefix}))
    confinement = Confinement(read=read, write=(scratch,))
    launch = Launch((sys.executable, "-I", "-S", "-c", PROBE), {}, Path("/"), confinement=confinement)
    process = await LeanProcess.start(launch, ready_timeout_s=10)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        places = {"own": str(own), "other": str(other), "scratch": str(scratch)}
        facts = {"parent": os.getpid(), "port": listener.getsockname()[1]}
        answer = await asyncio.wait_for(process.submit({**places, **facts}, timeout_s=10), 10)
    confined = process.confined
    await process.close()
    return answer, confined


async def test_a_confined_process_can_touch_its_own_and_nothing_else(tmp_path: Path) -> None:
    worked, confined = await attempts(tmp_path)
    if missing(confined):
        pytest.skip(f"this machine lacks {missing(confined)}: {json.dumps(worked)}")
    allowed = {name for name, did in worked.items() if did}
    assert allowed == {"read_own", "write_scratch"}


async def test_what_is_in_force_is_said() -> None:
    confined = await in_force(PYTHON)
    assert set(confined) <= {*MEASURES, "unprivileged user", "no capabilities"}
    assert len(set(confined)) == len(confined)


@pytest.mark.skipif(os.getuid() != 0, reason="only root becomes another user")
async def test_the_user_it_runs_as_depends_on_who_may_read_its_files(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert PYTHON.confinement is not None
    needs = replace(PYTHON, confinement=replace(PYTHON.confinement, read=(*PYTHON.confinement.read, closed)))
    assert "no capabilities" in await in_force(needs)


async def test_a_program_that_is_not_there_confines_nothing() -> None:
    with pytest.raises(ToolchainError, match="can't be confined: cannot start"):
        await in_force(replace(PYTHON, argv=("/nowhere/lean",)))


async def test_without_a_confinement_nothing_is_claimed() -> None:
    argv = (sys.executable, "-I", "-S", "-c", PROBE)
    process = await LeanProcess.start(Launch(argv, {}, Path("/")), ready_timeout_s=10)
    assert process.confined == ()
    await process.close()
