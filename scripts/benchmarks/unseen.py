"""Statements that nobody looked at, this checkout by turns with others: `scripts/bench unseen POOL.jsonl --out DIR`.

POOL is what `stepwise mine statements` wrote. A hash of the seed draws modules from it, and statements of each. Only
totals are printed, and no traces are kept: whoever reads the statements that are missed can't count on them any more.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean

from prover.report.stats import mcnemar
from prover.run.journal import read_results
from prover.run.result import Status, TheoremResult
from scripts.benchmarks._provenance import heading

_HERE = Path(__file__).resolve().parents[2]
_AT_A_TURN = 10  # statements, so that whatever else the machine does meets all checkouts


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench unseen", description=__doc__)
    parser.add_argument("pool", type=Path, metavar="POOL.jsonl")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where the runs go, and are gone on with"
    )
    parser.add_argument("--against", type=Path, nargs="*", default=[], metavar="CHECKOUT")
    parser.add_argument("--modules", type=int, default=30)
    parser.add_argument("--count", type=int, default=60, metavar="N", help="statements in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--time-limit", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting (repeatable)")
    options = parser.parse_args(argv)
    print(heading("unseen", seed=options.seed), flush=True)
    rows = [line for line in options.pool.read_text(encoding="utf-8").splitlines() if line]
    drawn = draw(rows, modules=options.modules, count=options.count, seed=options.seed)
    print(f"# {len(drawn)} statements, {options.time_limit:g} s each, {options.workers} workers", flush=True)
    checkouts = {path.name: path.resolve() for path in (_HERE, *options.against)}
    found: dict[str, list[TheoremResult]] = {name: [] for name in checkouts}
    for start in range(0, len(drawn), _AT_A_TURN):
        for name, checkout in checkouts.items():
            folder = options.out / name / str(start)
            found[name] += _turn(checkout, drawn[start : start + _AT_A_TURN], folder, options)
            print(f"  {name}: {len(_proved(found[name]))} of {len(found[name])}", flush=True)
    _show(found)
    return 0


def draw(rows: Iterable[str], *, modules: int, count: int, seed: int) -> list[str]:
    """`count` of the rows, from `modules` modules in turn; the same ones for the same seed."""

    def place(text: str) -> bytes:
        return hashlib.sha256(f"{seed} {text}".encode()).digest()

    by_module: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        by_module[json.loads(row)["module"]].append(row)
    chosen = [sorted(by_module[name], key=place) for name in sorted(by_module, key=place)[:modules]]
    return [group[rank] for rank in range(count) for group in chosen if rank < len(group)][:count]


def _turn(checkout: Path, rows: Sequence[str], folder: Path, options: argparse.Namespace) -> list[TheoremResult]:
    """The results of one checkout on these statements, by its own command."""
    results = folder / "run" / "results.jsonl"
    if not results.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "statements.jsonl"
        file.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
        settings = [f"--set={setting}" for setting in ("trace=false", f"lean.workers={options.workers}", *options.set)]
        limits = ["--time-limit", str(options.time_limit), "--seed", str(options.seed)]
        command = [sys.executable, "-m", "prover.cli.main", "prove", str(file), "--out", str(folder / "run")]
        env = {**os.environ, "PYTHONPATH": str(checkout)}
        subprocess.run([*command, *limits, *settings], cwd=checkout, env=env, check=False, capture_output=True)
    return list(read_results(results))


def _proved(results: Iterable[TheoremResult]) -> dict[str, float]:
    """Seconds to the verdict of each theorem that is proved."""
    return {result.id: result.elapsed_s for result in results if result.status is Status.PROVED}


def _show(found: Mapping[str, Sequence[TheoremResult]]) -> None:
    (name, results), *others = found.items()
    ours = _proved(results)
    print(f"{name}: {len(ours)} of {len(results)} proved, after {mean(ours.values() or [0.0]):.1f} s in the mean")
    for other, theirs in ((other, _proved(results)) for other, results in others):
        won, lost = len(ours.keys() - theirs), len(theirs.keys() - ours)
        print(
            f"{other}: {len(theirs)}, after {mean(theirs.values() or [0.0]):.1f} s; only {name} {won}, only {other} "
            f"{lost}; p {mcnemar(won, lost):.2f}; ratio {len(ours) / max(1, len(theirs)):.2f}"
        )
