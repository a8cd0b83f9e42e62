"""`stepwise dataset`: runs as a data set for the Hugging Face hub, and a check of one."""

from __future__ import annotations

import argparse
from pathlib import Path

from prover.assembly.dataset_check import check_dataset
from prover.cli.console import Console
from prover.cli.ending import run_until_told
from prover.cli.numbers import at_least_one
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.cli.telling import Telling
from prover.data.dataset import write_dataset
from prover.errors import UsageError

_SHOWN = 10

PAGE = Page(
    examples=(
        "stepwise dataset runs/a runs/b --out my-data --licence Apache-2.0",
        "stepwise dataset --check my-data --sample 500",
    ),
    document="data.md",
    exits={0: "written; or every step of the sample came back equal", 1: "a step of the sample came back different"},
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN", help="folders of runs")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the new folder: Parquet files by table, and a card")
    parser.add_argument("--licence", default="", help="of the statements whose list names none")
    check = parser.add_argument_group("checking")
    check.add_argument("--check", type=Path, metavar="DIR", help="run a sample of this data set's steps again")
    check.add_argument("--sample", type=at_least_one, default=200, metavar="N", help="so many (default 200)")
    check.add_argument("--seed", type=int, default=0, metavar="N", help="which (default 0)")
    add_project_arguments(parser)
    parser.add_argument("--json", action="store_true", help="the counts, as JSON")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    console = Console(is_json=options.json)
    if options.check is not None and not options.runs and options.out is None:
        return _check(options, console)
    if options.check is not None or not options.runs or options.out is None:
        raise UsageError("either runs and --out DIR, or --check DIR alone")
    counted = write_dataset(options.runs, options.out, licence=options.licence)
    for name, counts in counted.rows.items():
        parts = ", ".join(f"{counts[part]:,} {part}" for part in counts)
        console.line(f"{name}: {counts.total():,} rows{f' ({parts})' if parts else ''}")
    console.line(f"data set: {options.out}; look at a sample: stepwise dataset --check {options.out}")
    console.json({"target": str(options.out), "rows": counted.rows})
    return 0


def _check(options: argparse.Namespace, console: Console) -> int:
    checking = check_dataset(
        options.check, lean_settings(options), Telling(console), sample=options.sample, seed=options.seed
    )
    done = run_until_told(checking)
    different = [each for each in done if not each.is_equal]
    for each in different[:_SHOWN]:
        console.line(f"{each.theorem}: {each.tactic}\n  now: {each.said}")
    equal = len(done) - len(different)
    console.line(f"{equal} of {len(done)} steps came back equal ({equal / len(done):.1%})")
    console.json({"steps": len(done), "equal": equal, "different": [[each.theorem, each.tactic] for each in different]})
    return 1 if different else 0
