"""What each rule of the built-in policy is worth: `scripts/bench policy RUN…` reads the traces of finished runs.

`prover.learn.figures` says what counts as a success. With `--write` the figures of rules that were tried often enough
are written to the policy's `figures.json`; the other rules keep theirs.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import prover.policy.builtin as builtin
from prover.learn.figures import Trials, count_trials
from prover.learn.traces import read_tree
from prover.policy.builtin.table import Row, rows

_ENOUGH = 20
"""Trials on provable goals below which a rule's figures stay as they are."""
_RARELY = 0.001
"""The rate of a rule that never led to a proof: small, but it may still come last."""


def figures(trials: Trials, known: Row) -> Row:
    """A rule's figures after these trials; its `onward` stays as it was if it hardly ever left goals."""
    if trials.on_provable < _ENOUGH:
        return known
    onward = trials.led_on / trials.left_goals if trials.left_goals >= _ENOUGH else known.onward
    return Row(
        rate=max(_RARELY, (trials.closed + trials.led_on) / trials.on_provable),
        onward=max(_RARELY, onward),
        cost=max(1.0, 1000.0 * trials.lean_s / trials.tried),
    )


def write(path: Path, found: dict[str, Row]) -> None:
    """Write the figures, a line for each rule, in the order of their names."""
    lines = (f"  {json.dumps(name)}: [{', '.join(f'{x:.3g}' for x in row)}]" for name, row in sorted(found.items()))
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main(argv: list[str]) -> int:
    """Print the figures; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/bench policy", description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run folders with traces")
    parser.add_argument("--write", action="store_true", help="write the policy's figures.json")
    options = parser.parse_args(argv)
    paths = (path for run in options.runs for path in sorted((run / "trace").glob("*.jsonl.gz")))
    trials = count_trials(tree for path in paths if (tree := read_tree(path)) is not None)
    new = {name: figures(trials.get(name, Trials()), known) for name, known in rows().items()}
    for name, found in sorted(trials.items(), key=lambda each: -each[1].closed - each[1].led_on):
        share = f"{found.closed:>5} closed, {found.led_on:>5} of {found.left_goals:>6} led on, {found.lean_s:.1f} s"
        print(f"{name:<32} {found.tried:>6} tried, {found.on_provable:>6} on provable goals: {share}")
    if options.write:
        write(Path(builtin.__file__).parent / "figures.json", new)
    return 0
