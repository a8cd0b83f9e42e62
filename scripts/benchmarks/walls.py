"""The judge's walls around inductive types: `scripts/bench walls [--against COMMIT]`.

All safe inductive types of Lean's own library are put to the walls: how many are refused, and what a type costs. With a
commit, the honest cases of the judge are compared by its comparing process and by today's, by turns.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from prover.files import lean_sources
from prover.judge.processes import start_process
from prover.lean.embedded import EmbeddedLean, ensure_embedded, ensure_server
from prover.lean.embedded.bundle import bundle
from prover.lean.toolchain import Embedded
from prover.lean.transport import LeanProcess
from scripts.benchmarks._provenance import heading

_ROOT = Path(__file__).resolve().parents[2]
_CASES = _ROOT / "tests" / "cases" / "judge" / "honest"
_PROGRAM = Path(__file__).parent / "data" / "library_types.lean"
_ROUNDS = 6
_WORDS_OF_TYPES = ("inductive ", "structure ", "class ")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench walls", description=__doc__)
    parser.add_argument("--against", metavar="COMMIT", help="also measure the comparing process of another commit")
    options = parser.parse_args(argv)
    print(heading("walls", seed=None), flush=True)
    asyncio.run(_measure(options.against))
    return 0


async def _measure(commit: str | None) -> None:
    lean = await ensure_embedded()
    library = put_library(lean)
    print(f"library: {library.types} types, {len(library.refused)} refused, {library.ms / library.types:.2f} ms a type")
    for line in library.refused:
        print(f"  {line}")
    if commit is not None:
        with TemporaryDirectory() as scratch:
            archive = subprocess.run(
                ["git", "-C", str(_ROOT), "archive", commit, "lean_project"], capture_output=True, check=True
            )
            subprocess.run(["tar", "-x", "-C", scratch], input=archive.stdout, check=True)
            await _by_turns(lean, Path(scratch) / "lean_project", commit)


class Library(NamedTuple):
    """What became of the library's types: how many there are, a sentence for each refused one, milliseconds in all."""

    types: int
    refused: list[str]
    ms: int


def put_library(lean: EmbeddedLean) -> Library:
    """Put all safe inductive types of Lean's own library to the walls."""
    with TemporaryDirectory() as scratch:
        sources, folder = Path(scratch) / "sources", Path(scratch) / "program"
        shutil.copytree(lean_sources(), sources)
        folder.mkdir()
        shutil.copy(_PROGRAM, sources / "Types.lean")
        (folder / "Types.lean").write_text(bundle(sources, "Types.lean"), encoding="utf8")
        argv, env = lean.lean_command(["--run", "/server/Types.lean"], server=folder)
        done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=280, check=False)
    lines = done.stdout.splitlines()
    totals = [line.split() for line in lines if line.startswith("types: ")]
    if not totals:
        raise SystemExit(f"the program did not end well: {done.stdout[-2000:]}")
    return Library(int(totals[0][1]), [line for line in lines if "Lean's kernel refuses" in line], int(totals[0][3]))


async def _by_turns(lean: EmbeddedLean, old_sources: Path, commit: str) -> None:
    """The milliseconds that a comparison takes now and at `commit`, over the honest cases, the best of several each."""
    elaborating, new, old = [await _started(lean, each) for each in (lean_sources(), lean_sources(), old_sources)]
    try:
        groups: dict[str, list[tuple[float, float]]] = {"with types": [], "without types": []}
        for folder in sorted(_CASES.iterdir()):
            request = await _comparison(elaborating, folder)
            if request is not None:
                text = (folder / "Solution.lean").read_text(encoding="utf-8")
                group = "with types" if any(word in text for word in _WORDS_OF_TYPES) else "without types"
                groups[group].append(await _best(new, old, request))
    finally:
        for process in (elaborating, new, old):
            await process.close(grace_s=0.0)
    for name, pairs in groups.items():
        now_ms, then_ms = (1000 * statistics.mean(each) for each in zip(*pairs, strict=True))
        ratio = statistics.median(now / then for now, then in pairs)
        print(
            f"{name}: {len(pairs)} cases, {now_ms:.1f} ms now, {then_ms:.1f} ms at {commit}, median ratio {ratio:.2f}"
        )


async def _started(lean: EmbeddedLean, sources: Path) -> LeanProcess:
    server = await ensure_server(lean, sources, main="JudgeMain.lean")
    toolchain = Embedded(lean, server / "Main.lean", server / "JudgeMain.lean")
    return await start_process(toolchain, memory_bytes=3 << 30, start_timeout_s=180.0)


async def _comparison(elaborating: LeanProcess, folder: Path) -> Mapping[str, Any] | None:
    """What the comparing process is asked about a case; None if Lean finds errors in it."""
    theorem = json.loads((folder / "expect.json").read_text(encoding="utf-8"))["theorem"]
    answers = []
    for role, file in (("challenge", "Challenge.lean"), ("solution", "Solution.lean")):
        text = (folder / file).read_bytes().decode("utf-8").replace("\r\n", "\n")
        request = {"judge": role, "text": text, "theorem": theorem}
        answers.append(await elaborating.submit(request, timeout_s=60.0))
    if any(answer["errors"] or answer["found"] != 1 for answer in answers):
        return None
    asked, given = answers
    return {"judge": "compare", "imports": asked["imports"], "challenge": asked["export"], "solution": given["export"]}


async def _best(new: LeanProcess, old: LeanProcess, request: Mapping[str, Any]) -> tuple[float, float]:
    """The shortest time in seconds that each process takes for the request, asked by turns."""
    taken: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(_ROUNDS):
        for number, process in enumerate((new, old)):
            began = time.perf_counter()
            await process.submit(request, timeout_s=60.0)
            taken[number].append(time.perf_counter() - began)
    return min(taken[0]), min(taken[1])
