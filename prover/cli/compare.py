"""`stepwise compare`: two runs on the same theorems, paired."""

from __future__ import annotations

import argparse
from pathlib import Path

from prover.cli.console import Console
from prover.cli.page import Page
from prover.report.compare import compare_runs, comparison_text
from prover.run.records import read_run

PAGE = Page(
    examples=(
        "stepwise compare runs/a runs/b",
        "stepwise compare runs/a runs/b --common-only",
    ),
    document="data.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("first", type=Path, metavar="RUN")
    parser.add_argument("second", type=Path, metavar="RUN")
    parser.add_argument(
        "--common-only", action="store_true", help="compare what is the same in both, and leave the rest"
    )
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    console = Console(is_json=options.json)
    comparison = compare_runs(read_run(options.first), read_run(options.second), common_only=options.common_only)
    console.line(comparison_text(comparison).rstrip())
    console.json(comparison.to_json())
    return 0
