"""The judge beside others that check the same files on the same Lean by `stepwise repl`, by turns, on two workers each.

scripts/bench peers [--run DIR] [--turns N]       beside LeanInteract's pool, where it is installed (lean-interact)
scripts/bench peers --kimina CHECKOUT [PYTHON]    beside Kimina's server, too: a checkout of
                                                  project-numina/kimina-lean-server, and a Python (3.12 or later)
                                                  that has kimina-client, fastapi 0.115, uvicorn, prisma,
                                                  psutil, rich and google-cloud-logging

A peer's file passes if Lean reports no error, which is less than a verdict: nothing is compared with the original
statement, and nothing is checked again by another process. The files are the proofs of a run over `examples/`. Kimina's
server works without its database here, as it does by default; the client of that database is replaced by a stand-in.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import importlib.util
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from prover.judge import Judge
from scripts.benchmarks._provenance import heading, line
from scripts.benchmarks.judge import prepared, questions_of, rate

_WORKERS = 2
_WARM = "theorem warm (a b : Nat) : a + b = b + a := by omega"
_REPL = ".lake/build/bin/repl"
_SCRIPTS = {
    _REPL: f'#!/bin/sh\nexec "{sys.executable}" -m prover.cli.main repl\n',
    "lake": '#!/bin/sh\nshift\nexec "$@"\n',
    "prisma.py": "class Prisma:\n    pass\n",
}
_START_S = 120.0

PeerRate = Callable[[Path, Sequence[str]], float]
"""Files a second, given a folder with the scripts; every file has to pass."""


def main(argv: Sequence[str]) -> int:
    """Measure; 1 if the judge is slower than a peer."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", type=Path, metavar="DIR", help="a run over the examples")
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--kimina", nargs="+", metavar=("CHECKOUT", "PYTHON"), help="Kimina's server")
    options = parser.parse_args(argv)
    peers: dict[str, PeerRate] = {}
    if importlib.util.find_spec("lean_interact") is not None:
        peers["LeanInteract's pool"] = _pool_rate
    if options.kimina is not None:
        checkout, python = (*options.kimina, sys.executable)[:2]
        peers["Kimina's server"] = partial(_kimina_rate, Path(checkout), python)
    if not peers:
        raise SystemExit("no peer is here: pip install lean-interact, or name --kimina CHECKOUT")
    print(heading("peers", seed=0), flush=True)
    return 0 if asyncio.run(_measure(options, peers)) else 1


async def _measure(options: argparse.Namespace, peers: dict[str, PeerRate]) -> bool:
    toolchain = await prepared()
    ours: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in peers}
    with TemporaryDirectory() as folder:
        scratch = Path(folder)
        _write_scripts(scratch)
        questions = await questions_of(options.run)
        files = [question.solution for question in questions]
        for _ in range(options.turns):
            async with Judge(toolchain, parallel=_WORKERS) as judge:
                judge.begin()
                await rate(judge, questions[:1])
                ours.append(await rate(judge, questions))
            for name, peer in peers.items():
                theirs[name].append(await asyncio.to_thread(peer, scratch, files))
    mine = statistics.median(ours)
    line("our judge: verdicts a second", f"{mine:.2f}")
    is_as_quick = True
    for name, rates in theirs.items():
        line(f"{name}: files without an error a second", f"{statistics.median(rates):.2f}")
        ratio = mine / statistics.median(rates)
        is_as_quick &= line("  ours to theirs", f"{ratio:.2f}", target="1", is_met=ratio >= 1)
    return is_as_quick


def _write_scripts(scratch: Path) -> None:
    (scratch / _REPL).parent.mkdir(parents=True)
    (scratch / "lean-toolchain").write_text("leanprover/lean4:v4.28.0\n")
    for name, text in _SCRIPTS.items():
        (scratch / name).write_text(text)
        (scratch / name).chmod(0o755)


def _rated(check: Callable[[Sequence[str]], list[str]], files: Sequence[str]) -> float:
    """Files a second by a function from texts to complaints, warmed up first."""
    check([_WARM] * _WORKERS)
    began = time.monotonic()
    failed = check(files)
    took_s = time.monotonic() - began
    if failed:
        raise SystemExit(f"{len(failed)} files have errors, the first: {failed[0]}")
    return len(files) / took_s


def _complaint(messages: Any, answer: object) -> list[str]:
    """The answer, if it has an error, or no messages at all: then the server itself failed."""
    severities = [] if messages is None else [each["severity"] for each in messages]
    return [str(answer)] if messages is None or "error" in severities else []


def _pool_rate(scratch: Path, files: Sequence[str]) -> float:
    peer = importlib.import_module("lean_interact")
    config = peer.LeanREPLConfig(local_repl_path=scratch, build_repl=False, lake_path=scratch / "lake")
    with peer.LeanServerPool(config, num_workers=_WORKERS) as pool:

        def check(texts: Sequence[str]) -> list[str]:
            failed: list[str] = []
            for answer in pool.run_batch([peer.Command(cmd=text) for text in texts]):
                messages = getattr(answer, "messages", None)
                plain = None if messages is None else [{"severity": each.severity} for each in messages]
                failed += _complaint(plain, answer)
            return failed

        return _rated(check, files)


def _kimina_rate(checkout: Path, python: str, scratch: Path, files: Sequence[str]) -> float:
    with _kimina(checkout, python, scratch) as client:

        def check(texts: Sequence[str]) -> list[str]:
            snippets = [{"id": str(number), "code": text} for number, text in enumerate(texts)]
            answer = client.post("/api/check", json={"snippets": snippets, "timeout": 300}).raise_for_status().json()
            failed: list[str] = []
            for result in answer["results"]:
                said = result.get("response")
                failed += _complaint(None if said is None or "env" not in said else said.get("messages", []), result)
            return failed

        return _rated(check, files)


@contextmanager
def _kimina(checkout: Path, python: str, scratch: Path) -> Iterator[httpx.Client]:
    """A client of Kimina's server, which runs while the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "REPL_PATH": str(scratch / _REPL),
        "PROJECT_DIR": str(scratch),
        "MAX_REPLS": str(_WORKERS),
        "MAX_REPL_MEM": "64G",  # of addresses, of which WebAssembly reserves many
        "MAX_WAIT": "600",
        "ENVIRONMENT": "prod",
        "LOG_LEVEL": "ERROR",
    }
    env = {**os.environ, **{f"LEAN_SERVER_{name}": value for name, value in settings.items()}}
    for name in ("PATH", "PYTHONPATH"):
        env[name] = os.pathsep.join(filter(None, (str(scratch), env.get(name))))
    quiet = subprocess.DEVNULL
    with subprocess.Popen([python, "-m", "server"], cwd=checkout, env=env, stdout=quiet, stderr=quiet) as server:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=1800.0) as client:
                _wait_for(client, server)
                yield client
        finally:
            server.terminate()


def _wait_for(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            if client.get("/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise SystemExit("Kimina's server does not start: are its requirements installed?")
