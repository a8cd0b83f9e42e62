"""`stepwise replay`: one theorem's search made again from its trace, expansion by expansion, without Lean."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from prover.assembly.replaying import remade
from prover.cli.console import Console
from prover.cli.numbers import at_least_one, natural
from prover.cli.page import Page
from prover.cli.report import add_hole, record_of
from prover.driver.alternatives import CONTRADICTION, DISPROOF
from prover.driver.expanded import Expanded
from prover.driver.history import expansions
from prover.errors import UsageError
from prover.run.records import read_run
from search.base import Advanced, Proved
from search.replay import ReplayError
from search.side_by_side import AnySearch

_WIDTH = 100


PAGE = Page(
    examples=(
        "stepwise replay runs/mine NAME",
        "stepwise replay runs/mine NAME --step",
        "stepwise replay runs/mine NAME --beside disproof --until 20",
    ),
    document="data.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("run", type=Path, metavar="RUN", help="a run's folder")
    parser.add_argument("theorem", metavar="NAME", help="a theorem, by id or name")
    parser.add_argument(
        "--attempt", type=at_least_one, metavar="N", help="which attempt at it (default: the one that counts)"
    )
    add_hole(parser)
    parser.add_argument(
        "--beside",
        choices=(DISPROOF, CONTRADICTION),
        default="",
        help="what was searched beside the statement (default: the statement itself)",
    )
    parser.add_argument(
        "--until", type=natural, metavar="N", help="stop after so many expansions (default: at the end)"
    )
    parser.add_argument("--step", action="store_true", help="wait for Enter after each expansion")
    parser.add_argument("--json", action="store_true", help="one JSON object an expansion")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    console = Console(is_json=options.json)
    if options.beside and options.hole:
        raise UsageError("--hole is about the statement's own search, and --beside about another")
    data = read_run(options.run)
    record = record_of(data, options.theorem)
    search, events = remade(data, record, options.attempt, options.beside, options.hole)
    try:
        for number, expanded in enumerate(expansions(search, events), start=1):
            _say(console, number, expanded, search)
            if number == options.until:
                break
            if options.step and not sys.stdin.readline():
                break
    except ReplayError as error:
        raise UsageError(f"the trace was written by another version of Stepwise: {error}") from error
    console.line(f"\n{search.done or 'not at its end'}; {search.spent.expansions} expansions")
    proof = search.result().proof
    if proof is not None:
        console.line(proof.indented(4))
    return 0


def _say(console: Console, number: int, expanded: Expanded, search: AnySearch) -> None:
    """One expansion: the state, what was accepted, and how much was not."""
    expansion = expanded.expansion
    outcomes = Counter(type(outcome).__name__ for _, outcome in expanded.tried)
    accepted = [(c.tactic, o) for c, o in expanded.tried if isinstance(o, Advanced | Proved)]
    console.line(f"\n#{number}  state {expansion.node.index}, {len(expansion.path)} tactics deep: {_goal_of(expanded)}")
    for tactic, outcome in accepted:
        left = "proved" if isinstance(outcome, Proved) else " | ".join(_shown(g.target) for g in outcome.state.goals)
        console.line(f"    {_shown(tactic)}  →  {left}")
    others = ", ".join(f"{count} {name.lower()}" for name, count in outcomes.items() if name not in _ACCEPTED)
    console.line(f"    {others or 'nothing refused'}; expansion {expansion.id}, {search.spent.tactics} tactics so far")
    console.json({"expansion": number, "state": expansion.node.index, "accepted": [tactic for tactic, _ in accepted]})


_ACCEPTED = ("Advanced", "Proved")


def _goal_of(expanded: Expanded) -> str:
    """The targets of a state on one line."""
    return " | ".join(_shown(goal.target) for goal in expanded.expansion.state.goals)


def _shown(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"
