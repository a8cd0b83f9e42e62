"""`stepwise export`: a run's proofs in other projects' layouts, or training data mined from its traces."""

from __future__ import annotations

import argparse
from pathlib import Path

from prover.cli.console import Console
from prover.cli.page import Page
from prover.data.export import KINDS, export_run

PAGE = Page(
    examples=(
        "stepwise export runs/mine tactics data.parquet",
        "stepwise export runs/mine deepseek proofs.jsonl",
    ),
    document="data.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a run's folder")
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help="a layout of proofs, or training data: %(choices)s")
    parser.add_argument("target", type=Path, metavar="FILE", help=".jsonl, .json or .parquet")
    parser.add_argument("--json", action="store_true", help="what was written, as JSON")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    console = Console(is_json=options.json)
    count = export_run(options.run, options.kind, options.target)
    console.line(f"{count} rows of {options.kind} in {options.target}")
    console.json({"kind": options.kind, "rows": count, "target": str(options.target)})
    return 0
