"""Half-finished proofs filled and judged within a time limit: `scripts/bench holes [FILE…]`.

Without files, 25 theorems of our own with two to six `sorry`s in every position that one can have. A theorem counts if
the judge accepted it as a whole.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from prover.assembly.proving import RunResults, prove
from prover.config import Config, LeanConfig, load_config
from prover.report.stats import rate
from prover.run.result import Status
from prover.tasks.load import open_inputs
from scripts.benchmarks._provenance import heading

_OWN = Path(__file__).parent / "data" / "half_done.lean"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench holes", description=__doc__)
    parser.add_argument("files", nargs="*", default=[str(_OWN)], metavar="FILE")
    parser.add_argument("--time-limit", type=float, default=30.0, metavar="SECONDS", help="for each theorem")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting (repeatable)")
    options = parser.parse_args(argv)
    base = Config(
        time_limit_s=options.time_limit, seed=options.seed, trace=False, lean=LeanConfig(workers=options.workers)
    )
    config = load_config(None, options.set, base=base)
    print(heading("holes", seed=options.seed), flush=True)
    print(f"# {options.time_limit:g} s a theorem, {options.workers} workers", flush=True)
    began = time.monotonic()
    with TemporaryDirectory() as scratch:
        results = asyncio.run(prove(open_inputs(options.files), config, Path(scratch) / "run"))
    _say(results, time.monotonic() - began)
    return 0


def _say(results: RunResults, wall_s: float) -> None:
    """A line for each theorem that is not filled, and the shares."""
    found = list(results.by_id.values())
    proved = [result for result in found if result.status is Status.PROVED]
    holes = [hole for result in found for hole in result.holes]
    for result in found:
        left = [hole.line for hole in result.holes if hole.proof is None]
        if result.status is not Status.PROVED:
            print(f"{result.id:<28} {result.status}, {result.stop_reason}: lines left {left}")
    filled = sum(hole.proof is not None for hole in holes)
    times = sorted(result.elapsed_s for result in proved)
    median = f", median {times[len(times) // 2]:.1f} s" if times else ""
    share = rate(len(proved), results.total)
    print(f"theorems filled and judged {len(proved)} of {results.total} ({share.share:.0%}){median}")
    print(f"holes filled               {filled} of {len(holes)}; {wall_s:.0f} s in all")
