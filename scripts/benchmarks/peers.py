"""The judge beside LeanInteract's pool, which checks the same files on the same Lean by `stepwise repl`, by turns.

scripts/bench peers [--run DIR] [--turns N]    files a second, on two workers each; needs `pip install lean-interact`

A peer's file passes if Lean reports no error, which is less than a verdict: nothing is compared with the original
statement, and nothing is checked again by another process. The files are the proofs of a run over `examples/`.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prover.judge import Judge
from scripts.benchmarks._provenance import heading
from scripts.benchmarks.judge import example_run, line, prepared, questions_of, rate

_WORKERS = 2
_WARM = "theorem warm (a b : Nat) : a + b = b + a := by omega"
_SCRIPTS = {
    ".lake/build/bin/repl": f'#!/bin/sh\nexec "{sys.executable}" -m prover.cli.main repl\n',
    "lake": '#!/bin/sh\nshift\nexec "$@"\n',
}


def main(argv: Sequence[str]) -> int:
    """Measure; 1 if the judge is slower than the peer."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", type=Path, metavar="DIR", help="a run over the examples")
    parser.add_argument("--turns", type=int, default=2)
    options = parser.parse_args(argv)
    try:
        peer = importlib.import_module("lean_interact")
    except ImportError:
        raise SystemExit("LeanInteract is not installed: pip install lean-interact") from None
    print(heading("peers", seed=0), flush=True)
    return 0 if asyncio.run(_measure(options, peer)) else 1


async def _measure(options: argparse.Namespace, peer: Any) -> bool:
    toolchain = await prepared()
    ours: list[float] = []
    theirs: list[float] = []
    with TemporaryDirectory() as scratch:
        questions = questions_of(options.run or await example_run(Path(scratch) / "run"))
        files = [question.solution for question in questions]
        for _ in range(options.turns):
            async with Judge(toolchain, parallel=_WORKERS) as judge:
                judge.begin()
                await rate(judge, questions[:1])
                ours.append(await rate(judge, questions))
            theirs.append(await asyncio.to_thread(_peer_rate, peer, Path(scratch), files))
    ratio = statistics.median(ours) / statistics.median(theirs)
    line("our judge: verdicts a second", f"{statistics.median(ours):.2f}")
    line("LeanInteract's pool: files without an error a second", f"{statistics.median(theirs):.2f}")
    return line("  ours to theirs", f"{ratio:.2f}", "1", is_met=ratio >= 1)


def _peer_rate(peer: Any, scratch: Path, files: Sequence[str]) -> float:
    """Files a second in LeanInteract's pool; every one has to pass."""
    (scratch / ".lake" / "build" / "bin").mkdir(parents=True, exist_ok=True)
    (scratch / "lean-toolchain").write_text("leanprover/lean4:v4.28.0\n")
    for name, text in _SCRIPTS.items():
        (scratch / name).write_text(text)
        (scratch / name).chmod(0o755)
    config = peer.LeanREPLConfig(local_repl_path=scratch, build_repl=False, lake_path=scratch / "lake")
    with peer.LeanServerPool(config, num_workers=_WORKERS) as pool:
        pool.run_batch([peer.Command(cmd=_WARM)] * _WORKERS)
        began = time.monotonic()
        answers = pool.run_batch([peer.Command(cmd=text) for text in files])
        took_s = time.monotonic() - began
    if failed := [str(answer) for answer in answers if not _passes(answer)]:
        raise SystemExit(f"{len(failed)} files have errors, the first: {failed[0]}")
    return len(files) / took_s


def _passes(answer: Any) -> bool:
    messages = getattr(answer, "messages", None)  # an error of the server has none
    return messages is not None and all(message.severity != "error" for message in messages)
