"""Statements made backwards from proofs of 1 to 4 basic moves: `scripts/bench constructed`.

Prints the share that is proved within the time limit for each number of moves, and for the instances of library lemmas
whether the lemma is among the first 16 that Lean names for them, with what a question takes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from prover.assembly.proving import prove
from prover.config import Config, LeanConfig
from prover.lean.embedded import ensure_embedded
from prover.lean.pool import LeanPool
from prover.lean.problem import OpenFailed, Problem
from prover.lean.process_seat import local_pool
from prover.lean.theorem import OpenTheorem
from prover.lean.toolchain import Embedded
from prover.run.result import Status
from prover.tasks import load_tasks
from scripts.benchmarks._constructed import Constructed, constructed
from scripts.benchmarks._provenance import heading

_DEPTHS = (1, 2, 3, 4)
_NAMED = 16
_UNIFIED = ("unify", "unify_mp", "unify_mpr")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench constructed", description=__doc__)
    parser.add_argument("--count", type=int, default=50, metavar="N", help="statements of each depth")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--time-limit", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep the runs there")
    options = parser.parse_args(argv)
    print(heading("constructed", seed=options.seed), flush=True)
    with TemporaryDirectory() as scratch:
        for depth in _DEPTHS:
            made = list(constructed(options.seed, depth, options.count))
            solved = proved(made, options, options.out or Path(scratch), depth)
            print(f"depth {depth}: {solved} of {len(made)} proved ({solved / max(1, len(made)):.0%})", flush=True)
    asyncio.run(recall(list(constructed(options.seed, 1, 2 * options.count))))
    return 0


def proved(made: list[Constructed], options: argparse.Namespace, folder: Path, depth: int) -> int:
    """The number of statements that were proved within the limit."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = folder / f"depth-{depth}.jsonl"
    rows.write_text("".join(json.dumps(each.row, ensure_ascii=False) + "\n" for each in made), encoding="utf8")
    config = Config(
        time_limit_s=options.time_limit,
        seed=options.seed,
        trace=options.out is not None,
        lean=LeanConfig(workers=options.workers),
    )
    results = asyncio.run(prove(load_tasks([str(rows)]), config, folder / f"depth-{depth}"))
    return sum(result.status is Status.PROVED for result in results.by_id.values())


async def recall(made: list[Constructed]) -> None:
    """Print how many instances of lemmas have their lemma among the first that Lean names."""
    instances = [each for each in made if each.lemma]
    toolchain = await Embedded.prepare(await ensure_embedded())
    found, took_ms = 0, []
    async with local_pool(toolchain, workers=1) as pool:
        for key, each in enumerate(instances):
            names, ms = await named(pool, key, each)
            took_ms.append(ms)
            found += each.lemma in names
    share = found / max(1, len(instances))
    print(f"the lemma is among the first {_NAMED}: {found} of {len(instances)} ({share:.0%})")
    print(f"a question: {statistics.median(took_ms):.0f} ms at the median, {max(took_ms):.0f} ms at most")


async def named(pool: LeanPool, key: int, of: Constructed) -> tuple[list[str], float]:
    """The first lemmas that Lean names for a statement, and the milliseconds of a second question."""
    problem = Problem(of.name, f"{of.header}\n", f"{of.statement} := by sorry")
    theorem = await OpenTheorem.open(pool, key, problem)
    if isinstance(theorem, OpenFailed):
        raise SystemExit(theorem.text)
    await theorem.premises((), 31)  # the same question once more would be answered from memory
    began = time.perf_counter()
    premises = await theorem.premises((), 32)
    ms = 1000 * (time.perf_counter() - began)
    await theorem.close()
    return [premise.name for premise in premises if premise.kind in _UNIFIED][:_NAMED], ms
