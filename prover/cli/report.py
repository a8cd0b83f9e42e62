"""`stepwise report`: write a run's report again, or draw one theorem's search tree."""

from __future__ import annotations

import argparse
from pathlib import Path

from prover.cli.console import Console
from prover.cli.numbers import at_least_one
from prover.cli.page import Page
from prover.errors import UsageError
from prover.files import write_text
from prover.learn.traces import load_tree
from prover.report.tree_files import FORMATS
from prover.report.write import write_report
from prover.run.records import RunData, TheoremRecord, read_run

PAGE = Page(
    examples=(
        "stepwise report runs/mine",
        "stepwise report runs/mine --tree NAME",
        "stepwise report runs/mine --tree NAME --format graphml --out tree.graphml",
    ),
    document="data.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a run's folder; it may still be at work")
    parser.add_argument("--tree", metavar="NAME", help="draw the search of this theorem (by id or name)")
    add_hole(parser)
    parser.add_argument("--format", choices=FORMATS, default="svg", help="the tree's format (default svg)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the tree is written (default NAME.FORMAT)")
    parser.add_argument("--no-pages", action="store_true", help="without a page for each theorem")
    parser.add_argument("--json", action="store_true", help="the summary as JSON on standard output")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    console = Console(is_json=options.json)
    if options.tree is not None:
        return _draw(options, console)
    summary = write_report(options.run, pages=not options.no_pages)
    console.json(summary.to_json())
    console.line(f"{options.run}/report.html  {options.run}/report.md  {options.run}/report.json")
    return 0


def _draw(options: argparse.Namespace, console: Console) -> int:
    """Write the picture of one search."""
    data = read_run(options.run)
    record = record_of(data, options.tree)
    tree, reason = load_tree(data, record, record.final.note(options.hole) if record.final is not None else "")
    if tree is None:
        raise UsageError(f"there is no tree of {options.tree}: {reason or 'no state of it was expanded'}")
    target = options.out or Path(f"{record.stem}.{options.format}")
    write_text(target, FORMATS[options.format](tree))
    console.line(str(target))
    console.json({"tree": str(target)})
    return 0


def add_hole(parser: argparse.ArgumentParser) -> None:
    """Declare which `sorry` of a theorem that holds several is meant."""
    meant = "of several `sorry`s the one of this number (default: the first that is left)"
    parser.add_argument("--hole", type=at_least_one, metavar="N", help=meant)


def record_of(data: RunData, name: str) -> TheoremRecord:
    """The record of a theorem by id or name. Raises UsageError if the run has none such."""
    for record in data.records:
        if name == record.id or (record.task is not None and name == record.task.name):
            return record
    raise UsageError(f"no theorem of this run is called {name!r}")
