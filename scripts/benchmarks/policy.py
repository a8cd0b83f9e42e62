"""What each template of the built-in policy is worth: `scripts/bench policy RUN…` reads the traces of finished runs.

`prover.learn.figures` says what counts as a success. Rates are smoothed towards the present table's, so that a template
that was hardly ever tried keeps its row. With `--table` the rows are printed as Python.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from prover.learn.figures import Trials, count_trials
from prover.learn.traces import read_tree
from prover.policy.builtin.table import Row, row_of

_PRIOR = 12.0  # as many trials as the present table weighs


def row(template: str, trials: Trials) -> Row:
    """The template's figures after these trials."""
    known = row_of(template)
    return Row(
        rate=_smoothed(trials.closed + trials.led_on, trials.on_provable, known.rate),
        onward=_smoothed(trials.led_on, trials.left_goals, known.onward),
        cost=_smoothed(1000.0 * trials.lean_s, trials.tried, known.cost),
    )


def _smoothed(total: float, trials: int, guess: float) -> float:
    """A mean over the trials and as many guesses as `_PRIOR` says, to three digits."""
    return float(f"{(total + _PRIOR * guess) / (trials + _PRIOR):.3g}")


def main(argv: list[str]) -> int:
    """Print the table; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/bench policy", description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run folders with traces")
    parser.add_argument("--table", action="store_true", help="print rows for prover/policy/builtin/table.py")
    options = parser.parse_args(argv)
    paths = (path for run in options.runs for path in sorted((run / "trace").glob("*.jsonl.gz")))
    trees = (tree for path in paths if (tree := read_tree(path)) is not None)
    rows = [(row(template, found), template, found) for template, found in count_trials(trees).items()]
    for figures, template, found in sorted(rows, key=lambda each: -each[0].rate):
        if options.table:
            print(f'    "{template}": Row({figures.rate:g}, {figures.onward:g}, {figures.cost:g}),')
        else:
            share = f"{found.closed:>5} closed, {found.led_on:>5} of {found.left_goals:>6} led on"
            print(
                f"{template:<32} {found.tried:>6} tried, {found.on_provable:>6} on provable goals: {share}; {figures}"
            )
    return 0
