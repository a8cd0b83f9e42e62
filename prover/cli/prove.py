"""`stepwise prove`: theorems in, a run folder with judged proofs out. Can be stopped and gone on with."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from prover.assembly.components import add_project_arguments, check_models, project_setting, versions
from prover.assembly.runtime import Runtime, join, open_far, open_here
from prover.assembly.toolchains import Toolchains, open_toolchains, refuse_far, with_full_paths
from prover.cli.console import Console
from prover.cli.live import LiveView
from prover.config import Config, load_config, overlay, refuse_out_of_range, stored_config
from prover.driver.agenda import Agenda, make_agenda
from prover.driver.run import Run
from prover.driver.searches import rules_named
from prover.errors import RunFolderError, UsageError
from prover.report.write import write_report
from prover.run.folder import RunFolder, read_info
from prover.run.progress import Progress
from prover.run.result import SETTLED, Status, TheoremResult
from prover.run.utilisation import sampled
from prover.tasks import TaskList, load_tasks
from prover.tasks.dojo import DojoReference, TracedProject, open_traced
from prover.tasks.presets import preset

_SHOWN_REFUSALS = 20
_SHOWN_PROOF = 100
_MARKS = {
    Status.PROVED: "✓ proved",
    Status.DISPROVED: "✗ disproved",
    Status.FAILED: "· failed",
    Status.UNKNOWN: "? unknown",
    Status.INVALID: "! invalid",
}


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
    parser.add_argument("--resume", type=Path, metavar="RUN", help="go on with a run that was stopped")
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
        path, tasks = options.resume, None
    else:
        config = resolve(options, base=Config())
        path = options.out or Path("runs") / time.strftime("%Y%m%d-%H%M%S")
        if (path / "run.json").exists():
            raise RunFolderError(
                f"{path} already holds a run; go on with it by --resume {path}, or choose another --out"
            )
        traced = None if options.dojo is None else open_traced(DojoReference.parse(options.dojo))
        if traced is not None:
            config = in_traced_project(config, traced)
        tasks = read_tasks(options, console, traced)
    try:
        return asyncio.run(prove(path, tasks, config, console, ray=options.ray, is_live=options.live))
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
    if config.lean.workers < 1:
        raise UsageError(f"--workers must be at least 1, not {config.lean.workers}")
    if not (0.0 <= config.search.disprove < 1.0 and 0.0 <= config.search.shorten < 1.0):
        raise UsageError("--disprove and --shorten take a share of the budget, from 0 to below 1")
    if config.time_limit_s <= 0:
        raise UsageError(f"--time-limit must be positive, not {config.time_limit_s:g}")
    refuse_out_of_range(config)
    return config


def given(values: dict[str, Any]) -> dict[str, Any]:
    """Those that were said."""
    return {key: value for key, value in values.items() if value is not None}


def in_traced_project(config: Config, traced: TracedProject) -> Config:
    """The settings with the traced repository as the run's project. Raises UsageError if they name another one."""
    if config.lean.project is not None:
        raise UsageError("--dojo brings the traced repository as the project: leave out --project")
    return replace(config, lean=replace(config.lean, project=str(traced.folder)))


def read_tasks(options: argparse.Namespace, console: Console, traced: TracedProject | None) -> TaskList:
    """The input list. Refused records are said, and stay in it. Raises UsageError when there is nothing at all."""
    if not options.inputs and not options.statement and traced is None:
        raise UsageError("nothing to prove: name a file, or give --statement (scripts/prove alone proves examples/)")
    records = () if traced is None else traced.records
    stdin = sys.stdin.buffer
    tasks = load_tasks(options.inputs, options.statement, traced=records, stdin=stdin, header=options.header)
    for refused in tasks.refused[:_SHOWN_REFUSALS]:
        console.warn(f"refused {refused}")
    if len(tasks.refused) > _SHOWN_REFUSALS:
        hidden = len(tasks.refused) - _SHOWN_REFUSALS
        console.warn(f"… and {hidden} more; all are in results.jsonl as invalid")
    return tasks


async def prove(
    path: Path,
    tasks: TaskList | None,
    config: Config,
    console: Console,
    *,
    ray: str | None = None,
    is_live: bool = False,
) -> int:
    """The run itself, in a new folder or (without `tasks`) in one that is gone on with. SIGTERM cancels it."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    if ray in (None, "local"):  # elsewhere models lie on the cluster's machines
        await asyncio.to_thread(check_models, config)
    leans = await open_toolchains(config, console)
    if ray is not None:
        refuse_far(leans)
    async with contextlib.AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(join(config, ray, console))  # first: a wrong address leaves no folder
        folder = RunFolder.resume(path) if tasks is None else create(path, tasks, config, leans)
        stack.callback(folder.close)
        if folder.info.toolchain != leans.fingerprint:
            console.warn(f"{path} was begun with another Lean ({folder.info.toolchain}); now {leans.fingerprint}")
        for said in leans.shares(folder.tasks.tasks):
            console.note(said)
        folder.record_refused()
        console.note(
            f"budget (passes × samples × expansions): {folder.info.budget}, {config.time_limit_s:g} s a theorem"
        )
        agenda = make_agenda(leans.spread(folder.tasks.tasks), folder.results(), config)
        if agenda.has_next():
            opening = (
                open_here(config, leans, folder, console)
                if cluster is None
                else open_far(config, cluster, leans.fingerprint, folder, console)
            )
            async with opening as runtime:
                await work(folder, runtime, agenda, config, console, is_live=is_live)
        for solved in folder.write_solved():
            console.note(f"solved: {solved}")
        write_report(path)
        return summarise(folder, console)


def create(path: Path, tasks: TaskList, config: Config, leans: Toolchains) -> RunFolder:
    """A folder for a new run."""
    return RunFolder.create(
        path,
        with_full_paths(tasks) if leans.homes else tasks,
        config=config.to_json(),
        versions=versions(leans.name),
        seed=config.seed,
        toolchain=leans.fingerprint,
        started_at=time.time(),
    )


async def work(
    folder: RunFolder, runtime: Runtime, agenda: Agenda, config: Config, console: Console, *, is_live: bool
) -> None:
    """Prove what is pending, with a bar and a line per theorem, or on one screen."""
    attempts = max(config.search.passes, config.search.rounds)
    progress = Progress(len(folder.tasks), attempts, folder.results())
    view = LiveView(str(folder.path), progress) if is_live else None
    with contextlib.ExitStack() as stack:
        counting = console.counting(progress.total, done=progress.done, unit=progress.unit)
        bar = None if view else stack.enter_context(counting)
        if view is not None:
            stack.enter_context(view)

        def on_result(result: TheoremResult) -> None:
            console.json(result.to_json())
            runtime.on_result(result)
            further = progress.add(result)
            if view is not None:
                view.result(result)
            else:
                console.line(line(result))
            if bar is not None:
                bar.update(further)

        listeners = (*runtime.listeners, *([view.sample] if view is not None else []))
        concurrency = config.concurrency or (
            runtime.balance.high if runtime.balance else runtime.leans * config.lean.workers
        )
        run = Run(folder, runtime.prover, agenda, concurrency=concurrency, on_result=on_result)
        async with sampled(folder.path / "utilisation.jsonl", runtime.load, time.monotonic, listeners=listeners):
            await run.work()


def line(result: TheoremResult) -> str:
    """One theorem on one line of the terminal."""
    if result.status in (Status.PROVED, Status.DISPROVED) and result.proof is not None:
        shown = " ⏎ ".join(part.strip() for part in result.proof.splitlines())
        detail = shown if len(shown) <= _SHOWN_PROOF else shown[: _SHOWN_PROOF - 1] + "…"
    else:
        detail = result.error.splitlines()[0] if result.error else result.stop_reason
    again = f" (attempt {result.attempt + 1})" if result.attempt else ""
    return f"{_MARKS[result.status]:<10} {result.elapsed_s:6.1f} s  {result.id}{again}  {detail}"


def summarise(folder: RunFolder, console: Console) -> int:
    """The last lines: counts over the input list; 0 if every record is proved or disproved, 1 otherwise."""
    best: dict[str, Status] = {}
    for result in folder.results():
        if best.get(result.id) not in SETTLED:
            best[result.id] = result.status
    counts = Counter(best.values())
    total = len(folder.tasks)
    shares = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    console.line(f"\n{counts[Status.PROVED]} of {total} proved and judged ({shares})")
    console.line(
        f"report: {folder.path}/report.html   proofs: {folder.path}/proofs/   again: stepwise check {folder.path}"
    )
    console.json({"summary": {"total": total, **{str(status): counts[status] for status in Status}}})
    return 0 if counts[Status.PROVED] + counts[Status.DISPROVED] == total else 1
