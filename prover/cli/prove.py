"""`stepwise prove`: theorems in, a run folder with judged proofs out. A run that was stopped can be resumed."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from prover.assembly import proving as assembly
from prover.assembly.proving import RunResults
from prover.cli.console import Console
from prover.cli.projects import add_project_arguments, project_setting
from prover.cli.telling import TellingRun
from prover.config import Config, load_config, overlay, refuse_out_of_range, stored_config
from prover.driver.searches import rules_named
from prover.errors import UsageError
from prover.run.folder import read_info
from prover.run.result import Status
from prover.tasks.dojo import DojoReference, TracedProject, open_traced
from prover.tasks.load import Source, open_inputs
from prover.tasks.presets import preset


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "inputs", nargs="*", metavar="FILE", help=".lean, .jsonl, .json, .parquet, a folder, - or hf:ID"
    )
    parser.add_argument(
        "--statement", action="append", default=[], metavar="TEXT", help="a theorem's text (repeatable)"
    )
    parser.add_argument(
        "--dojo",
        metavar="URL@COMMIT[:FILE[:THEOREM]]",
        help="theorems of a repository that LeanDojo clones, builds and traces (extra: dojo)",
    )
    parser.add_argument("--header", metavar="TEXT", help="stands before statements that bring no header")
    parser.add_argument("--out", type=Path, metavar="RUN", help="the run's folder (default: runs/DATE-TIME)")
    parser.add_argument("--resume", type=Path, metavar="RUN", help="resume a run that was stopped")
    parser.add_argument("--workers", type=int, metavar="N", help="Lean processes, for each Lean (default 2)")
    parser.add_argument("--time-limit", type=float, metavar="SECONDS", help="wall-clock time per theorem (default 60)")
    parser.add_argument("--seed", type=int, metavar="N", help="default 0")
    add_project_arguments(parser, each="a file in a project's folder is proved with that one, all else with the first")
    parser.add_argument(
        "--policy", metavar="SPEC", help="builtin, a model's folder, an endpoint, or mix:A=0.7,builtin=0.3"
    )
    parser.add_argument("--critic", metavar="SPEC", help="heuristic, a model's folder or an endpoint")
    parser.add_argument(
        "--rule", metavar="RULE", help="which state is expanded next (default token-mean), as NAME?KEY=VALUE&…"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="spend each theorem's time in N growing portions")
    parser.add_argument("--disprove", type=float, metavar="SHARE", help="try negations, with this share of the budget")
    parser.add_argument("--shorten", type=float, metavar="SHARE", help="look for shorter proofs, for this share of it")
    parser.add_argument(
        "--ray", metavar="ADDRESS", help="spread the run: `local` starts a Ray of its own, else the cluster to join"
    )
    parser.add_argument("--preset", metavar="NAME", help="a published budget, rule and temperature, by its name")
    parser.add_argument("--config", type=Path, metavar="TOML", help="settings from a file")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting (repeatable)")
    parser.add_argument("--json", action="store_true", help="one JSON object a theorem on standard output")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--live", action="store_true", help="one screen that says how the run is doing")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
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
            config = in_traced_project(config, traced)
        sources = inputs_of(options, traced)
    try:
        with TellingRun(console, is_live=options.live) as listener:
            proving = (
                assembly.resume(path, config, listener, ray=options.ray)
                if sources is None
                else assembly.prove(sources, config, path, listener, ray=options.ray)
            )
            results = asyncio.run(prove_until_told(proving))
        return summarise(results, console)
    except (KeyboardInterrupt, asyncio.CancelledError) as stop:
        console.warn(f"\ninterrupted; every result so far is kept. Go on with: stepwise prove --resume {path}")
        return 130 if isinstance(stop, KeyboardInterrupt) else 143


def resolve(options: argparse.Namespace, *, base: Config) -> Config:
    """The settings: `base`, file, --set, and the options that have a name of their own."""
    if options.preset is not None:
        chosen = preset(options.preset)
        base = overlay(replace(base, preset=chosen.name), chosen.settings(), f"--preset {chosen.name}")
    config = load_config(options.config, options.set, base=base)
    lean = {"workers": options.workers, "project": project_setting(options.project), "build": options.build}
    models = {"policy": options.policy, "critic": options.critic}
    search = {name: getattr(options, name) for name in ("rule", "rounds", "disprove", "shorten")}
    top = {"time_limit_s": options.time_limit, "seed": options.seed}
    config = replace(
        config,
        lean=replace(config.lean, **given(lean)),
        models=replace(config.models, **given(models)),
        search=replace(config.search, **given(search)),
        **given(top),
    )
    rules_named(config.search.rule)  # refuses an unknown rule before anything is started
    return refuse_out_of_range(config)


def given(values: dict[str, Any]) -> dict[str, Any]:
    """The values that were given, without those that are None."""
    return {key: value for key, value in values.items() if value is not None}


def in_traced_project(config: Config, traced: TracedProject) -> Config:
    """The settings with the traced repository as the run's project. Raises UsageError if they name another one."""
    if config.lean.project is not None:
        raise UsageError("--dojo brings the traced repository as the project: leave out --project")
    return replace(config, lean=replace(config.lean, project=str(traced.folder)))


def inputs_of(options: argparse.Namespace, traced: TracedProject | None) -> list[Source]:
    """The inputs that the options name. Raises UsageError when there is nothing at all."""
    if not options.inputs and not options.statement and traced is None:
        raise UsageError("nothing to prove: name a file, or give --statement (scripts/prove alone proves examples/)")
    missing = next((name for name in options.inputs if is_missing(name)), None)
    if missing is not None:
        raise UsageError(f"there is no file {missing}")
    records = () if traced is None else traced.records
    stdin = sys.stdin.buffer
    return open_inputs(options.inputs, options.statement, traced=records, stdin=stdin, header=options.header)


def is_missing(name: str) -> bool:
    """Whether an input names a file or folder that is not there."""
    return name != "-" and not name.startswith("hf:") and not Path(name).exists()


async def prove_until_told(proving: Coroutine[Any, Any, RunResults]) -> RunResults:
    """Work until done; SIGTERM cancels it."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await proving


def summarise(results: RunResults, console: Console) -> int:
    """The last lines: counts over the input list; 0 if every record is proved or disproved, 1 otherwise."""
    counts, total, folder = results.counts, results.total, results.folder
    shares = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    console.line(f"\n{counts[Status.PROVED]} of {total} proved and judged ({shares})")
    console.line(f"report: {folder}/report.html   proofs: {folder}/proofs/   again: stepwise check {folder}")
    console.json({"summary": {"total": total, **{str(status): counts[status] for status in Status}}})
    return 0 if counts[Status.PROVED] + counts[Status.DISPROVED] == total else 1
