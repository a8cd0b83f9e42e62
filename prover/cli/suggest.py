"""`stepwise suggest FILE:LINE`: what Lean accepts at a `sorry`, each tactic as it comes, and a proof if one is near."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import AsyncIterator
from functools import partial

from prover.assembly.suggesting import file_at
from prover.assembly.warm import open_warm
from prover.cli.console import Console
from prover.cli.ending import run_until_told
from prover.cli.numbers import positive, setting
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, lean_settings
from prover.config import Config, ModelConfig
from prover.workbench.bench import Bench, Workbench
from prover.workbench.client import attached, result_of
from prover.workbench.jobs import Json
from prover.workbench.requests import Suggest

PAGE = Page(
    examples=(
        "stepwise suggest FILE.lean:12",
        "stepwise suggest FILE.lean:12:6 --prefix simp --no-search",
        "stepwise suggest FILE.lean:12 --json-lines",
    ),
    document="interactive.md",
    exits={0: "there is something to suggest", 1: "there is nothing to suggest"},
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("place", metavar="FILE:LINE", help="a .lean file and the line of a `sorry` (or of its theorem)")
    search = parser.add_argument_group("the search")
    search.add_argument(
        "--samples", type=setting("search.samples"), default=32, metavar="N", help="tactics to try (default 32)"
    )
    search.add_argument("--prefix", default="", metavar="TEXT", help="only tactics that begin with this")
    search.add_argument(
        "--time-limit",
        type=setting("time_limit_s"),
        default=5.0,
        metavar="SECONDS",
        help="for the search for a whole proof (default 5)",
    )
    search.add_argument("--policy", default="builtin", metavar="SPEC", help="as in `stepwise prove` (default builtin)")
    search.add_argument("--no-search", action="store_true", help="tactics only, no search for a whole proof")
    add_project_arguments(parser)
    bench = parser.add_argument_group("the workbench")
    bench.add_argument("--alone", action="store_true", help="open a Lean for this command alone, and leave none open")
    bench.add_argument(
        "--keep",
        type=positive,
        default=600.0,
        metavar="SECONDS",
        help="how long the workbench stays open for the next command (default 600)",
    )
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="the answer as one JSON object")
    output.add_argument("--json-lines", action="store_true", help="one JSON object for each event, as it comes")
    output.add_argument("--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    """0 if there is anything to suggest, 1 if not."""
    console = Console(is_quiet=options.quiet, is_json=options.json or options.json_lines)
    file, line, column = file_at(options.place)
    request = Suggest(
        path=file.path,
        text=file.text,
        line=line,
        column=column,
        samples=options.samples,
        prefix=options.prefix,
        search_s=0.0 if options.no_search else options.time_limit,
    )
    config = Config(lean=lean_settings(options, workers=1), models=ModelConfig(policy=options.policy))
    bench = _bench(config, linger_s=None if options.alone else options.keep)
    return run_until_told(_say_all(bench, request, console, is_streaming=options.json_lines))


@contextlib.asynccontextmanager
async def _bench(config: Config, *, linger_s: float | None) -> AsyncIterator[Bench]:
    """The project's workbench, kept for so long, or one for this process alone."""
    if linger_s is None:
        async with Workbench(partial(open_warm, config)) as bench:
            yield bench
    else:
        async with attached(config, linger_s=linger_s) as client:
            yield client


async def _say_all(
    opened: contextlib.AbstractAsyncContextManager[Bench], request: Suggest, console: Console, *, is_streaming: bool
) -> int:
    """Say each tactic as it comes, then what the search found; all in order at the end of the JSON form."""

    def say(event: Json) -> None:
        if is_streaming:
            console.json(event)
        _say(event, request.path, console)

    async with opened as bench:
        answer = await result_of(bench, await bench.start(request), say)
    found = answer["found"] or {"proof": None, "judged": False}
    if not is_streaming:
        console.json(
            {
                "theorem": answer["theorem"],
                "suggestions": answer["suggestions"],
                "proof": found["proof"],
                "judged": found["judged"],
            }
        )
    return 0 if answer["suggestions"] or found["proof"] else 1


def _say(event: Json, path: str, console: Console) -> None:
    """For people."""
    match event["event"]:
        case "note":
            console.note(event["text"])
        case "progress":
            console.stage(event["step"], event["done"], event["total"], unit=event["unit"])
        case "begun":
            console.line(f"{path}:{event['line']}  {event['theorem']}\n")
        case "suggestion":
            console.line(f"{event['tactic']}")
            for goal in event["goals"] or ["no goals"]:
                console.line(_indent(goal))
        case "found":
            proof = event["proof"]
            console.line(f"\n{event['said']}:\n{_indent(proof)}" if proof else f"\nno proof ({event['said']})")
        case "result":
            ways = len(event["suggestions"])
            console.line(f"\n{ways} way{'s' * (ways != 1)} on")
        case _:
            pass


def _indent(text: str) -> str:
    """Moved right, as it stands below what it belongs to."""
    return "\n".join(f"    {line}" for line in text.splitlines())
