"""`stepwise prove`: theorems in, a run folder with judged proofs out. A run that was stopped can be resumed."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import prover
from prover.assembly.listener import Listener
from prover.assembly.spares import begun_for
from prover.cli.console import Console
from prover.cli.ending import Told, run_until_told
from prover.cli.inputs import refuse_missing
from prover.cli.numbers import setting
from prover.cli.page import Page
from prover.cli.projects import add_project_arguments, project_setting
from prover.cli.shown import viewer_for, while_shown
from prover.cli.telling import TellingRun
from prover.config import Config, load_config, stored_config
from prover.driver.job import FaultKind
from prover.driver.searches import rules_named
from prover.errors import ModelError, UsageError
from prover.run.folder import read_info
from prover.run.result import Status
from prover.settings import overlay, refuse_out_of_range
from prover.tasks.dojo import DojoReference, TracedProject, open_traced
from prover.tasks.load import Source, open_inputs
from prover.tasks.presets import PRESETS, preset
from search.budget import StopReason
from search.rules import RULES, SIDE_BY_SIDE

if TYPE_CHECKING:
    from prover.assembly.proving import RunResults

PAGE = Page(
    examples=(
        "stepwise prove FILE.lean --time-limit 30",
        "stepwise prove FILE.lean benchmark.jsonl --out runs/mine --workers 4",
        "stepwise prove --statement 'theorem t (a b : Nat) : a + b = b + a'",
        "stepwise prove FILE.lean --disprove 0.3 --rounds 3",
        "stepwise prove --resume runs/mine --time-limit 120",
        "stepwise prove FILE.lean --project DIR",
    ),
    document="data.md, docs/settings.md, docs/search.md",
    exits={0: "every theorem is proved or disproved", 1: "not every theorem is"},
)
_DEFAULT = Config()
_EXAMPLES_S = 10.0  # for each of the examples, unless --time-limit says otherwise


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    _add_inputs(parser.add_argument_group("what to prove"))
    _add_run(parser.add_argument_group("the run"))
    each = "a file in a project's folder is proved with that one, all else with the first"
    lean = add_project_arguments(parser, each=each)
    lean.add_argument(
        "--workers",
        type=setting("lean.workers"),
        metavar="N",
        help=f"Lean processes, for each Lean (default {_DEFAULT.lean.workers})",
    )
    search = parser.add_argument_group("the search")
    _add_models(search)
    _add_search(search)
    output = parser.add_argument_group("output")
    output.add_argument("--json", action="store_true", help="one JSON object a theorem on standard output")
    output.add_argument("--quiet", action="store_true", help="no progress")
    output.add_argument("--watch", action="store_true", help="show the searches in the browser, as they grow")
    output.add_argument("--live", action="store_true", help="one screen that says how the run is doing")


def _add_inputs(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "inputs",
        nargs="*",
        metavar="FILE",
        help="a .lean, .jsonl, .json or .parquet file, a folder of such files, - for standard input, or hf:OWNER/NAME",
    )
    group.add_argument("--statement", action="append", default=[], metavar="TEXT", help="a theorem's text (repeatable)")
    group.add_argument(
        "--examples",
        action="store_true",
        help=f"where no other input is named: the examples of Stepwise, {_EXAMPLES_S:g} s each unless --time-limit is "
        "given",
    )
    group.add_argument(
        "--dojo",
        metavar="URL@COMMIT[:FILE[:THEOREM]]",
        help="theorems of a repository that LeanDojo clones, builds and traces (extra: dojo)",
    )
    group.add_argument("--header", metavar="TEXT", help="stands before statements that bring no header (default none)")


def _add_run(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--out", type=Path, metavar="RUN", help="the run's folder (default runs/DATE-TIME)")
    group.add_argument(
        "--resume", type=Path, metavar="RUN", help="go on with a run that was stopped, or give it more time"
    )
    group.add_argument(
        "--time-limit",
        type=setting("time_limit_s"),
        metavar="SECONDS",
        help=f"wall-clock time for each theorem (default {_DEFAULT.time_limit_s:g})",
    )
    group.add_argument("--seed", type=int, metavar="N", help=f"of every random choice (default {_DEFAULT.seed})")
    group.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="spread the run over a Ray cluster; `local` starts one here (default: this process and its workers)",
    )
    group.add_argument("--config", type=Path, metavar="TOML", help="settings from a file; options come over it")
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help='any setting of docs/settings.md, as in --set "search.samples=64" (repeatable)',
    )


def _add_models(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--policy",
        metavar="SPEC",
        help="what proposes tactics: builtin, a model's folder, an endpoint's URL, or a mix as in "
        f"mix:FOLDER=0.7,builtin=0.3 (default {_DEFAULT.models.policy})",
    )
    group.add_argument(
        "--critic", metavar="SPEC", help="what ranks states: heuristic, a model's folder, a URL (default heuristic)"
    )
    group.add_argument(
        "--plan",
        action="append",
        metavar="SPEC",
        help="who writes sketches of proofs, beside the search: script:FILE, an endpoint's URL, a model's folder "
        "(repeatable; default nobody)",
    )
    group.add_argument(
        "--record", metavar="FILE", help="keep every request to a served planner or policy, with its answer"
    )
    group.add_argument("--replay", metavar="FILE", help="answer such requests from a file that was kept")


def _add_search(group: argparse._ArgumentGroup) -> None:
    search = _DEFAULT.search
    group.add_argument(
        "--rule",
        metavar="RULE",
        help="which state is expanded next, with parameters as in mcts?exploration=2: "
        f"{', '.join((*RULES, *SIDE_BY_SIDE))} (default {search.rule})",
    )
    group.add_argument(
        "--rounds",
        type=setting("search.rounds"),
        metavar="N",
        help=f"go round all theorems N times, with growing parts of each one's time (default {search.rounds})",
    )
    group.add_argument(
        "--disprove",
        type=setting("search.disprove"),
        metavar="SHARE",
        help=f"the share of a theorem's budget for its negation, as in 0.3 (default {search.disprove:g})",
    )
    group.add_argument(
        "--shorten",
        type=setting("search.shorten"),
        metavar="SHARE",
        help=f"the share of a theorem's time to look for a shorter proof (default {search.shorten:g})",
    )
    group.add_argument(
        "--best-effort",
        action="store_true",
        default=None,
        help="where there is no proof, write the unfinished one that closes most, with a `sorry` for each goal left",
    )
    group.add_argument(
        "--preset",
        metavar="NAME",
        help=f"a published budget with its rule and temperature: {', '.join(PRESETS)} (default none)",
    )


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
    if options.examples and not _names_input(options):
        _take_examples(options)
    if options.resume is not None:
        if options.inputs or options.statement or options.dojo or options.out:
            raise UsageError(
                "--resume continues a run's own theorems: give no files, statements, --dojo or --out with it"
            )
        config = resolve(options, base=stored_config(read_info(options.resume).config, str(options.resume)))
        path, sources = options.resume, None
    else:
        config = resolve(options, base=Config())
        path = options.out or Path("runs") / time.strftime("%Y%m%d-%H%M%S")
        traced = None if options.dojo is None else open_traced(DojoReference.parse(options.dojo))
        if traced is not None:
            config = _in_traced_project(config, traced)
        sources = _inputs_of(options, traced)
    viewer = viewer_for("--watch") if options.watch else None
    try:
        with TellingRun(console, is_live=options.live, viewer=viewer) as listener:
            proving = _proved(path, config, sources, listener, options.ray)
            shown = proving if viewer is None else while_shown(proving, viewer, console)
            results = run_until_told(shown, lambda: _interrupted(path))
        return _summarise(results, console, config)
    except ModelError:
        if (path / "run.json").exists():
            console.warn(f"a model failed: {_kept(path)}")
        raise
    except Told as told:
        console.warn(f"\n{_interrupted(path)}")
        return told.exit_code


def _assembly() -> ModuleType:
    from prover.assembly import proving

    return proving


async def _proved(
    path: Path, config: Config, sources: list[Source] | None, listener: Listener, ray: str | None
) -> RunResults:
    """Prove the sources in a new run, or without any resume the run. The modules that take long to read are read while
    Lean starts."""
    async with begun_for(() if ray else sources or (), config) as spares:
        assembly = await asyncio.to_thread(_assembly)
        results: RunResults = (
            await assembly.resume(path, config, listener, ray=ray)
            if sources is None
            else await assembly.prove(sources, config, path, listener, ray=ray, spares=spares)
        )
        return results


def _interrupted(path: Path) -> str:
    """The last line of a run that was told to end."""
    if not (path / "run.json").exists():
        return "interrupted before the run began: nothing was written"
    return f"interrupted; {_kept(path)}"


def _kept(path: Path) -> str:
    return f"every result so far is kept. Go on with: stepwise prove --resume {path}"


def resolve(options: argparse.Namespace, *, base: Config) -> Config:
    """The settings: `base`, file, --set, and the options that have a name of their own."""
    if options.preset is not None:
        chosen = preset(options.preset)
        base = overlay(replace(base, preset=chosen.name), chosen.settings(), f"--preset {chosen.name}")
    config = load_config(options.config, options.set, base=base)
    lean = {"workers": options.workers, "project": project_setting(options.project), "build": options.build}
    models = {"policy": options.policy, "critic": options.critic}
    search = {name: getattr(options, name) for name in ("rule", "rounds", "disprove", "shorten", "best_effort")}
    plan = {
        "planners": None if options.plan is None else tuple(options.plan),
        "record": options.record,
        "replay": options.replay,
    }
    top = {"time_limit_s": options.time_limit, "seed": options.seed}
    config = replace(
        config,
        lean=replace(config.lean, **_given(lean)),
        models=replace(config.models, **_given(models)),
        search=replace(config.search, **_given(search)),
        plan=replace(config.plan, **_given(plan)),
        **_given(top),
    )
    rules_named(config.search.rule)  # refuses an unknown rule before anything is started
    return refuse_out_of_range(config)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """The values that were given, without those that are None."""
    return {key: value for key, value in values.items() if value is not None}


def _in_traced_project(config: Config, traced: TracedProject) -> Config:
    """The settings with the traced repository as the run's project. Raises UsageError if they name another one."""
    if config.lean.project is not None:
        raise UsageError("--dojo brings the traced repository as the project: leave out --project")
    return replace(config, lean=replace(config.lean, project=str(traced.folder)))


def _inputs_of(options: argparse.Namespace, traced: TracedProject | None) -> list[Source]:
    """The inputs that the options name. Raises UsageError when there is nothing at all."""
    if not _names_input(options):
        raise UsageError("nothing to prove: name a file, give --statement, or prove the --examples")
    for name in options.inputs:
        refuse_missing(name)
    records = () if traced is None else traced.records
    stdin = sys.stdin.buffer if sys.stdin else None
    return open_inputs(options.inputs, options.statement, traced=records, stdin=stdin, header=options.header)


def _names_input(options: argparse.Namespace) -> bool:
    """Whether the options name anything to prove."""
    return bool(options.inputs or options.statement or options.dojo or options.resume)


def _take_examples(options: argparse.Namespace) -> None:
    """Make the examples the input, with a small time limit."""
    options.inputs = [str(_examples_folder())]
    if options.time_limit is None:
        options.time_limit = _EXAMPLES_S


def _examples_folder() -> Path:
    """The examples: beside the package in a checkout, inside it when installed."""
    package = Path(prover.__file__).resolve().parent
    installed = package / "_examples"
    return installed if installed.is_dir() else package.parent / "examples"


def _summarise(results: RunResults, console: Console, config: Config) -> int:
    """The last lines: counts over the input list; 0 if every record is proved or disproved, 1 otherwise."""
    counts, total, folder = results.counts, results.total, results.folder
    shares = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    console.line(f"\n{counts[Status.PROVED]} of {total} proved and judged ({shares})")
    console.line(f"report: {folder}/report.html\nproofs: {folder}/proofs/, judged again by: stepwise check {folder}")
    out_of_time = sum(result.stop_reason == StopReason.WALL_TIME for result in results.by_id.values())
    if out_of_time:
        console.note(f"{out_of_time} ran out of time. {_more_time(folder, config)}")
    lost = sum(result.stop_reason in {*FaultKind} for result in results.by_id.values())
    if lost:
        console.note(f"{lost} ended by a fault, which says nothing about them. Again: stepwise prove --resume {folder}")
    console.json({"summary": {"total": total, **{str(status): counts[status] for status in Status}}})
    return 0 if counts[Status.PROVED] + counts[Status.DISPROVED] == total else 1


def _more_time(folder: Path, config: Config) -> str:
    """The next step for theorems that ran out of time."""
    again = f"More of it: stepwise prove --resume {folder} --time-limit {3 * config.time_limit_s:g}"
    return again if config.search.disprove else f"{again}; if some may be false: add --disprove 0.3"
