"""What each template of the built-in policy is worth: `scripts/bench policy RUN…` reads the traces of finished runs.

A proposal counts as a success if it closed its goal, or led to parts that were all proved in the same search. Only
goals that were proved count: of the others nobody knows what would have helped; nor does a proposal count whose parts
the search never looked at. Rates are smoothed towards the present
table's, so that a template that was hardly ever tried keeps its row. With `--table` the rows are printed as Python.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from prover.policy.builtin.table import Row, row_of
from prover.run.trace import TraceExpansion, TraceTactic, read_trace

_PREFIX = "builtin:"
_PRIOR = 12.0  # as many trials as the present table weighs


@dataclass(slots=True)
class Count:
    """One template's trials: all of them for the price, those on provable goals for the rate."""

    tried: int = 0
    lean_s: float = 0.0
    on_provable: int = 0
    closed: int = 0
    left_goals: int = 0
    led_on: int = 0

    def row(self, template: str) -> Row:
        """The template's figures after these trials."""
        known = row_of(template)
        return Row(
            rate=_smoothed(self.closed + self.led_on, self.on_provable, known.rate),
            onward=_smoothed(self.led_on, self.left_goals, known.onward),
            cost=_smoothed(1000.0 * self.lean_s, self.tried, known.cost),
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
    counts = count(trace for run in options.runs for trace in sorted((run / "trace").glob("*.jsonl*")))
    for template, found in sorted(counts.items(), key=lambda item: -item[1].row(item[0]).rate):
        row = found.row(template)
        if options.table:
            print(f'    "{template}": Row({row.rate:g}, {row.onward:g}, {row.cost:g}),')
        else:
            share = f"{found.closed:>5} closed, {found.led_on:>5} of {found.left_goals:>6} led on"
            print(f"{template:<32} {found.tried:>6} tried, {found.on_provable:>6} on provable goals: {share}; {row}")
    return 0


def count(traces: Iterable[Path]) -> dict[str, Count]:
    """The trials of every template in these traces."""
    counts: dict[str, Count] = {}
    for trace in traces:
        expansions = list(read_trace(trace)[1])
        proved = provable(expansions)
        looked_at = {expansion.key for expansion in expansions}
        for key, tactic in _trials(expansions):
            found = counts.setdefault(tactic.origin.removeprefix(_PREFIX), Count())
            found.tried += 1
            found.lean_s += tactic.lean_s
            is_known = tactic.outcome != "advanced" or any(child in looked_at for child in tactic.children)
            if key in proved and is_known:
                found.on_provable += 1
                found.closed += tactic.outcome == "proved"
                if tactic.outcome == "advanced":
                    found.left_goals += 1
                    found.led_on += succeeded(tactic, proved)
    return counts


def _trials(expansions: Iterable[TraceExpansion]) -> Iterator[tuple[str, TraceTactic]]:
    for expansion in expansions:
        for tactic in expansion.tactics:
            if tactic.origin.startswith(_PREFIX):
                yield expansion.key, tactic


def succeeded(tactic: TraceTactic, proved: set[str]) -> bool:
    """Whether a tactic closed its goal or led to parts that were all proved."""
    if tactic.outcome == "proved":
        return True
    return tactic.outcome == "advanced" and all(child in proved for child in tactic.children)


def provable(expansions: list[TraceExpansion]) -> set[str]:
    """The keys of the states that were proved within the search: the least fixed point over its tactics."""
    proved: set[str] = set()
    while True:
        more = {
            expansion.key
            for expansion in expansions
            if expansion.key not in proved and any(succeeded(tactic, proved) for tactic in expansion.tactics)
        }
        if not more:
            return proved
        proved |= more
