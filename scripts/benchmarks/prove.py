"""Theorems proved and judged within a time limit, beside what single tactics close: `scripts/bench prove FILE…`.

A record's `closed_by` names the single tactics that were seen to close it; a file without it has no baseline. With
`--sample N` a random part of each file is taken, and the count for the whole file is estimated with its interval. With
`--negated` the negations of those that a single tactic closes are tried instead: they are false, none may be proved.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from prover.assembly.proving import prove, resume
from prover.config import Config, LeanConfig, load_config
from prover.report.stats import rate
from prover.run.journal import read_results
from prover.run.result import Status
from prover.tasks import TaskList, load_tasks
from prover.tasks.negation import negation_of
from scripts.benchmarks._provenance import heading


@dataclass(frozen=True, slots=True)
class Row:
    """One file's figures. `baseline` counts records that a single tactic closes, of the same sample;
    `in_time` proofs for which search and judge together kept the limit."""

    name: str
    whole: int
    taken: int
    baseline: int | None
    proved: int
    in_time: int
    wall_s: float

    def __str__(self) -> str:
        solved = rate(self.proved, self.taken)
        line = f"{self.name:<28} {self.taken:>4} of {self.whole:<4} proved {self.proved:>4}, in time {self.in_time:>4}"
        if self.baseline is not None:
            ratio = f"{self.proved / self.baseline:.2f}×" if self.baseline else "–"
            line += f", single tactics {self.baseline:>4} ({ratio})"
        if self.taken < self.whole:
            low, high = solved.low * self.whole, solved.high * self.whole
            line += f", whole file ≈ {solved.share * self.whole:.0f} ({low:.0f}–{high:.0f})"
        return f"{line}, {self.wall_s:.0f} s"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench prove", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--sample", type=int, metavar="N", help="theorems of each file (default: all)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--time-limit", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting (repeatable)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="keep the runs there")
    parser.add_argument("--negated", action="store_true", help="false statements: 1 if any of them is proved")
    options = parser.parse_args(argv)
    base = Config(
        time_limit_s=options.time_limit,
        seed=options.seed,
        trace=options.out is not None,
        lean=LeanConfig(workers=options.workers),
    )
    config = load_config(None, options.set, base=base)
    print(heading("prove", seed=options.seed), flush=True)
    print(f"# {options.time_limit:g} s a theorem, {options.workers} workers, rule {config.search.rule}", flush=True)
    with TemporaryDirectory() as scratch:
        rows = []
        for file in options.files:
            rows.append(measure(file, config, options.sample, options.out or Path(scratch), negated=options.negated))
            print(rows[-1], flush=True)
    return int(options.negated and any(row.proved for row in rows))


def measure(file: Path, config: Config, sample: int | None, out: Path, *, negated: bool = False) -> Row:
    """Prove (a sample of) one file in a run folder below `out`; an existing run there is resumed."""
    whole = load_tasks([str(file)])
    closed = closed_by_single_tactics(file)
    if negated:
        whole, closed = negations(whole, closed or frozenset()), None
    tasks = sampled(whole, sample, config.seed)
    folder = out / f"{file.stem}{'-negated' if negated else ''}"
    began = time.monotonic()
    has_begun = (folder / "run.json").exists()
    asyncio.run(resume(folder, config) if has_begun else prove(tasks, config, folder))
    wall_s = time.monotonic() - began
    solved = [result for result in read_results(folder / "results.jsonl") if result.status is Status.PROVED]
    return Row(
        name=f"{file.name}{', negated' if negated else ''}",
        whole=len(whole),
        taken=len(tasks),
        baseline=None if closed is None else sum(task.id in closed for task in tasks.tasks),
        proved=len(solved),
        in_time=sum(result.elapsed_s <= config.time_limit_s for result in solved),
        wall_s=wall_s,
    )


def sampled(tasks: TaskList, size: int | None, seed: int) -> TaskList:
    """A random part of the theorems, in their order; refused records always stay."""
    if size is None or size >= len(tasks.tasks):
        return tasks
    chosen = sorted(random.Random(seed).sample(range(len(tasks.tasks)), size))
    return replace(tasks, tasks=tuple(tasks.tasks[index] for index in chosen))


def closed_by_single_tactics(file: Path) -> frozenset[str] | None:
    """The ids that a single tactic closes, by the file's own record; None if it keeps none."""
    if file.suffix != ".jsonl":
        return None
    records = [json.loads(line) for line in file.read_text(encoding="utf8").splitlines() if line.strip()]
    if not any("closed_by" in record for record in records):
        return None
    return frozenset(record["name"] for record in records if record.get("closed_by"))


def negations(tasks: TaskList, proved: frozenset[str]) -> TaskList:
    """That each of the `proved` is false."""
    made = (negation_of(task) for task in tasks.tasks if task.id in proved)
    return replace(tasks, tasks=tuple(negation for negation in made if negation is not None), refused=())
