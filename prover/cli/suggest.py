"""`stepwise suggest FILE:LINE`: what Lean accepts at a `sorry`, and a whole proof where a short search finds one."""

from __future__ import annotations

import argparse

from prover.assembly.suggesting import Suggestions, sorry_line, suggest
from prover.cli.console import Console
from prover.cli.ending import run_until_told
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.cli.telling import Telling
from prover.config import Config, ModelConfig, SearchConfig

PAGE = Page(
    examples=(
        "stepwise suggest FILE.lean:12",
        "stepwise suggest FILE.lean:12 --no-search --json",
    ),
    document="tutorial.md",
    exits={0: "there is something to suggest", 1: "there is nothing to suggest"},
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("place", metavar="FILE:LINE", help="a .lean file and the line of a `sorry` (or of its theorem)")
    search = parser.add_argument_group("the search")
    search.add_argument("--samples", type=int, default=32, metavar="N", help="tactics to try (default 32)")
    search.add_argument(
        "--time-limit", type=float, default=5.0, metavar="SECONDS", help="for the search for a whole proof (default 5)"
    )
    search.add_argument("--policy", default="builtin", metavar="SPEC", help="as in `stepwise prove` (default builtin)")
    search.add_argument("--no-search", action="store_true", help="tactics only, no search for a whole proof")
    add_project_arguments(parser)
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="the answer as one JSON object")
    output.add_argument("--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    """0 if there is anything to suggest, 1 if not."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
    config = Config(
        time_limit_s=options.time_limit,
        search=SearchConfig(samples=options.samples),
        lean=lean_settings(options, workers=1),
        models=ModelConfig(policy=options.policy),
    )
    return run_until_told(_say_all(options.place, config, console, searches=not options.no_search))


async def _say_all(place: str, config: Config, console: Console, *, searches: bool) -> int:
    """Say the accepted tactics first, since they are quick; then what the search found."""

    def say(answer: Suggestions) -> None:
        _say_suggestions(answer, console)

    answer = await suggest(place, config, Telling(console), searches=searches, on_tactics=say)
    found, proof, task = answer.found, answer.proof, answer.place.task
    if found is not None:
        console.line(f"\n{found.said}:\n{_indent(proof)}" if proof else f"\nno proof ({found.said})")
    tactics = [suggestion.to_json() for suggestion in answer.tactics]
    is_judged = proof is not None and not answer.place.is_one_of_several
    console.json({"theorem": task.name, "suggestions": tactics, "proof": proof, "judged": is_judged})
    return 0 if tactics or proof else 1


def _say_suggestions(answer: Suggestions, console: Console) -> None:
    """For people."""
    task = answer.place.task
    console.line(f"{task.source}:{sorry_line(task)}  {task.name}: {len(answer.tactics)} ways on\n")
    for suggestion in answer.tactics:
        console.line(f"{suggestion.tactic}")
        for goal in suggestion.goals:
            console.line(_indent(goal))
        if not suggestion.goals:
            console.line("    no goals")


def _indent(text: str | None) -> str:
    """Moved right, as it stands below what it belongs to."""
    return "\n".join(f"    {line}" for line in (text or "").splitlines())
