"""`stepwise prove --ray` as a user meets it: told to end, resumed, joined to a cluster that asks for a token."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from prover.lean.embedded import ensure_embedded
from prover.run.result import Status
from prover.run.store import read_tasks
from tests.cluster.disturbed import ENVIRONMENT, ROOT, results
from tests.processes import left, name

pytest.importorskip("ray", reason="the ray extra is not installed")
pytestmark = [pytest.mark.timeout(600)]

PROVE = [sys.executable, "-m", "prover.cli.main", "prove"]
STATEMENTS = [f"theorem t{n} (a b : Nat) : a + b + {n} = b + ({n} + a) := by sorry" for n in range(24)]


async def test_a_run_whose_whole_session_is_told_to_end_keeps_its_results_and_leaves_nothing(tmp_path: Path) -> None:
    """The drills tell it again and again, and go on with it to its end."""
    folder = tmp_path / "run"
    await hold_told(folder, begun(folder, 5), signal.SIGTERM, 143)
    assert {result.status for result in results(folder).values()} == {Status.PROVED}


def begun(folder: Path, count: int) -> list[str]:
    """The command of a run over so many statements, which takes some time."""
    given = [part for statement in STATEMENTS[:count] for part in ("--statement", statement)]
    return [*PROVE, *given, "--out", str(folder), "--ray", "local", "--time-limit", "200"]


async def hold_told(folder: Path, command: list[str], stop: signal.Signals, code: int) -> None:
    """As a terminal, a batch system or a container does it, after a new result: every process hears of the signal,
    Ray's and Lean's own too."""
    await ensure_embedded()
    told, below = told_to_end(command, folder, stop)
    assert told == code
    assert left(below, within_s=30.0) == []
    assert len(results(folder)) < len(read_tasks(folder).tasks)


def told_to_end(command: list[str], folder: Path, stop: signal.Signals) -> tuple[int, set[psutil.Process]]:
    """Start it, and signal its session after a new result: its exit status, and all that ran below it."""
    known = len(results(folder)) if folder.exists() else 0
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=ENVIRONMENT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        while not (folder / "results.jsonl").exists() or len(results(folder)) == known:
            assert process.poll() is None
            time.sleep(0.05)
        below = set(psutil.Process(process.pid).children(recursive=True))
        actors = [each for each in below if name(each).startswith("ray::_Shell")]
        assert len(actors) == 3
        assert {each.nice() for each in actors} == {psutil.Process().nice()}  # Lean has a whole core
        os.killpg(process.pid, stop)
        return process.wait(60.0), below
    finally:
        process.kill()
        process.wait()


async def test_a_run_that_is_told_to_end_while_ray_starts_ends_in_time_and_leaves_nothing(tmp_path: Path) -> None:
    """At one moment of the start; the drills have more."""
    await hold_told_at_start(tmp_path / "run", after_s=1.0)


async def hold_told_at_start(folder: Path, after_s: float) -> None:
    """Told so many seconds after Ray began to start."""
    await ensure_embedded()
    command = [*PROVE, "--statement", STATEMENTS[0], "--out", str(folder), "--ray", "local"]
    process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        while "starting a Ray" not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(after_s)
        below = set(psutil.Process(process.pid).children(recursive=True))
        process.terminate()
        _, said = process.communicate(timeout=5.0)
    finally:
        process.kill()
    assert process.returncode == 143
    assert "nothing was written" in said
    assert left(below, within_s=5.0) == []
    assert not folder.exists()


JOIN = """
import asyncio, sys
from prover.cluster.actors import ray_system
from prover.cluster.handle import Needs
from tests.cluster.cluster_run import FakeLeanHost

async def main():
    async with ray_system(sys.argv[1], local=Needs()) as system:
        print((await system.spawn("lean 0", FakeLeanHost, Needs(0.1)).call("ready", deadline_s=60.0)).fingerprint)

asyncio.run(main())
"""


@pytest.mark.parametrize("has_token", [True, False])
def test_a_cluster_is_joined_by_its_address_whether_it_asks_for_a_token_or_not(tmp_path: Path, has_token: bool) -> None:
    token = tmp_path / "token"
    token.write_text(secrets.token_hex(32), encoding="utf-8")
    environment = {**ENVIRONMENT, "RAY_AUTH_TOKEN_PATH": str(token)}
    environment.pop("RAY_AUTH_MODE", None)
    with head(environment if has_token else {**environment, "RAY_AUTH_MODE": "disabled"}) as address:
        joined = subprocess.run(
            [sys.executable, "-c", JOIN, address],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert joined.stdout == "fake\n", joined.stderr


@contextlib.contextmanager
def head(environment: dict[str, str]) -> Iterator[str]:
    """A cluster of this machine alone, as `ray start` makes it; its address, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--head", "--block", f"--port={port}", "--num-cpus=2", "--object-store-memory=80000000"]
    command = [str(Path(sys.executable).with_name("ray")), "start", *options, "--include-dashboard=false"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        said = ""
        while "Ray runtime started" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        yield f"127.0.0.1:{port}"
    finally:
        below = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        process.communicate(timeout=60)
        for each in psutil.wait_procs(below, 30)[1]:
            each.kill()
