"""`stepwise iterate`: search a list in rounds, learn from each, search again; goes on where it was stopped."""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from prover.assembly.listener import Listener
from prover.cli.console import Console
from prover.cli.ending import Told, run_until_told
from prover.cli.numbers import at_least_one, positive, setting
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, project_setting
from prover.cli.telling import TellingRun
from prover.config import Config, load_config
from prover.driver.searches import rules_named
from prover.errors import UsageError
from prover.iterate.learners import LineCritic
from prover.iterate.loop import DECIDED, Assignment, iterate
from prover.iterate.report import report_json, report_lines
from prover.iterate.rounds import RoundsFolder
from prover.iterate.rule_learner import RuleLearner
from prover.iterate.schedule import Schedule
from prover.settings import overlay, refuse_out_of_range

_LEARNERS = (RuleLearner(), LineCritic())
_COLLECT = 0.2  # of the states are tried whole, for the rules to learn from
_GROWTH = 3.0
_DISPROVE = 0.2  # of a theorem's budget, for its negation

PAGE = Page(
    examples=(
        "stepwise iterate pool.jsonl --out loops/a --rounds 4 --budget 3600",
        "stepwise iterate --out loops/a",
        "stepwise iterate --out loops/a --rounds 6 --budget 9000",
    ),
    document="learning.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("inputs", nargs="*", metavar="FILE", help="theorems, as for `stepwise prove`")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the folder; one that is there is gone on with"
    )
    parser.add_argument("--rounds", type=at_least_one, metavar="N", help="how often the list is gone round")
    parser.add_argument("--budget", type=positive, metavar="SECONDS", help="seconds of Lean for all rounds together")
    parser.add_argument(
        "--growth",
        type=setting("search.growth"),
        metavar="X",
        help=f"between the budgets of two rounds (default {_GROWTH:g})",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="of every random choice (default 0)")
    parser.add_argument("--ray", metavar="ADDRESS", help="spread each round's run over a Ray cluster")
    parser.add_argument("--config", type=Path, metavar="TOML", help="settings of the runs from a file")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help='any setting of docs/settings.md for the runs, as in --set "search.rule=critic" (repeatable)',
    )
    lean = add_project_arguments(parser)
    lean.add_argument("--workers", type=setting("lean.workers"), metavar="N", help="Lean processes")
    parser.add_argument("--json", action="store_true", help="the report, as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
    folder = RoundsFolder(options.out)
    assignment = assignment_of(options, folder)

    def listening() -> AbstractContextManager[Listener]:
        return TellingRun(console, is_live=False)

    try:
        done = run_until_told(iterate(assignment, folder, listening))
    except Told as told:
        console.warn(f"\ninterrupted; go on with: stepwise iterate --out {options.out}")
        return told.exit_code
    for line in report_lines(done.rounds, done.stop, done.total):
        console.line(line)
    console.json(report_json(done.rounds, done.stop, done.total))
    console.line(f"\nreport: {options.out}/report.html\nproofs: {options.out}/proofs.jsonl, judged, one a line")
    return 0


def assignment_of(options: argparse.Namespace, folder: RoundsFolder) -> Assignment:
    """The assignment that the options name, or the one that was begun in the folder. Raises UsageError."""
    return _begun(options, folder) if folder.has_begun else _new(options)


def _new(options: argparse.Namespace) -> Assignment:
    """The assignment of a new loop."""
    if not options.inputs or options.rounds is None or options.budget is None:
        raise UsageError("name the theorems, --rounds and --budget; only a loop that was begun goes on without them")
    schedule = Schedule(options.rounds, options.budget, _GROWTH if options.growth is None else options.growth)
    inputs = [_absolute(name) for name in options.inputs]
    return Assignment(inputs, schedule, _config(options), _LEARNERS, options.ray)


def _config(options: argparse.Namespace) -> Config:
    """The settings that the options name. Raises UsageError, for those too that the loop decides itself."""
    for word in options.set:
        name = word.partition("=")[0].strip()
        if name in DECIDED:
            raise UsageError(f"--set {word}: the loop decides about {name} ({', '.join(DECIDED)})")
    base = overlay(Config(), {"search": {"disprove": _DISPROVE, "collect": _COLLECT}}, "iterate")
    config = load_config(options.config, options.set, base=base)
    lean = {"project": project_setting(options.project), "build": options.build, "workers": options.workers}
    own = {"lean": {key: value for key, value in lean.items() if value is not None}}
    seed = {} if options.seed is None else {"seed": options.seed}
    config = refuse_out_of_range(overlay(config, {**own, **seed}, "iterate"))
    rules_named(config.search.rule)
    return config


def _begun(options: argparse.Namespace, folder: RoundsFolder) -> Assignment:
    """The assignment of a loop that goes on: its own, with more rounds or budget if they are named. The options that it
    was begun with may stand there again."""
    schedule, config, inputs = folder.begun_with()
    named = (options.set, options.config, options.project, options.build, options.workers, options.seed)
    if any(value not in (None, False, []) for value in named) and _config(options) != config:
        raise UsageError(f"{folder.path} was begun with other settings: --rounds, --budget, --growth may change")
    if options.inputs and [_absolute(name) for name in options.inputs] != inputs:
        raise UsageError(f"{folder.path} was begun with other inputs: {', '.join(inputs)}")
    changes = {"rounds": options.rounds, "budget_s": options.budget, "growth": options.growth}
    schedule = replace(schedule, **{name: value for name, value in changes.items() if value is not None})
    return Assignment(inputs, schedule, config, _LEARNERS, options.ray)


def _absolute(name: str) -> str:
    """An input's name, with which a loop can go on in another folder. Raises UsageError for a file that is missing."""
    if name.startswith("hf:"):
        return name
    path = Path(name)
    if not path.exists():
        raise UsageError(f"there is no file {name}")
    return str(path.absolute())
