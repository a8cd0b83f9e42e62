"""A run: theorems and settings in, a folder with results, judged proofs and a report out."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from prover.assembly.capacity import fitted
from prover.assembly.components import Own, check_models, with_places
from prover.assembly.far import join, open_far
from prover.assembly.listener import Listener
from prover.assembly.reading import (
    Asked,
    opened_reader,
    read_sources,
    refuse_unreadable,
    tell_of_the_rest,
    with_theorems,
)
from prover.assembly.runtime import Begin, Runtime, open_near
from prover.assembly.spares import Spares, wants_one
from prover.assembly.together import NOT_TOGETHER, not_fitting
from prover.assembly.toolchains import Toolchains, open_toolchains, refuse_far, with_full_paths
from prover.assembly.versions import versions
from prover.cluster.handle import System
from prover.config import Config, stored_config
from prover.confine.process_tree import available_bytes
from prover.driver.agenda import Agenda, make_agenda
from prover.driver.run import Run
from prover.driver.searches import notation, rules_named
from prover.errors import RunFolderError, UsageError
from prover.report.write import report_steps
from prover.run.folder import RunFolder, read_info
from prover.run.progress import Progress
from prover.run.result import SETTLED, Status, TheoremResult, that_counts
from prover.run.utilisation import sampled
from prover.settings import refuse_out_of_range
from prover.tasks import TaskList, TheoremTask
from prover.tasks.load import Source

_MANY_PAGES = 500  # of a report: writing them takes seconds


@dataclass(frozen=True, slots=True)
class RunResults:
    """The results of a run so far. `by_id` has one for each theorem: the one that settled it, otherwise its latest."""

    folder: Path
    by_id: Mapping[str, TheoremResult]
    total: int

    @property
    def counts(self) -> Counter[Status]:
        """Theorems by status; those without a result are not counted."""
        return Counter(result.status for result in self.by_id.values())


async def prove(
    tasks: TaskList | Sequence[Source],
    config: Config,
    folder: Path,
    listener: Listener | None = None,
    *,
    own: Own | None = None,
    ray: str | None = None,
    spares: Spares | None = None,
) -> RunResults:
    """Prove the theorems of a list, or of inputs that Lean has still to read, in a new run folder.

    Cancelled, it keeps every result so far, and can be resumed.

    `spares` are processes that were begun for the run; its caller owns them. With `ray` the run is spread over the
    cluster at that address (`local`: one of its own). Nothing is left behind if it can't begin: raises UsageError for
    settings, and for a list without a theorem to try, ToolchainError for Lean, ModelError for models, RunFolderError if
    the folder holds a run, before the folder is made.
    """
    if (folder / "run.json").exists():
        raise RunFolderError(f"{folder} already holds a run; resume it by --resume {folder}, or choose another --out")
    standing = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not standing.is_dir():
        raise RunFolderError(f"{standing} is a file; --out names a folder for the run")
    if not os.access(standing, os.W_OK):
        raise RunFolderError(f"{standing} can't be written to; --out names another folder for the run")
    return await _work(_RunInputs(folder, config, tasks, own or Own(), ray, spares), listener or Listener())


async def resume(
    folder: Path,
    config: Config | None = None,
    listener: Listener | None = None,
    *,
    own: Own | None = None,
    ray: str | None = None,
) -> RunResults:
    """Resume the run of a folder, with its own settings or with others. Raises as `prove`."""
    config = config or stored_config(read_info(folder).config, str(folder))
    return await _work(_RunInputs(folder, config, None, own or Own(), ray), listener or Listener())


@dataclass(frozen=True, slots=True)
class _RunInputs:
    """The arguments of a run; without `tasks` the folder's own run is resumed."""

    path: Path
    config: Config
    tasks: TaskList | Sequence[Source] | None
    own: Own
    ray: str | None
    spares: Spares | None = None


async def _work(given: _RunInputs, listener: Listener) -> RunResults:
    """Open everything, then the folder; work; close everything."""
    config = await _checked(given)
    leans = await open_toolchains(config.lean, listener)
    if given.ray is not None:
        refuse_far(leans)
    async with AsyncExitStack() as stack:
        spares = given.spares if given.spares is not None else await stack.enter_async_context(Spares())
        system = await stack.enter_async_context(join(config, given.ray, listener))
        folder = None
        if given.tasks is None:
            folder = _resumed(given.path, leans, listener)
            stack.callback(folder.close)
        if given.ray is None and wants_one(given.tasks, config):
            spares.begin(leans.toolchains[0], config)
        tasks = folder.tasks if folder is not None else await _read(given.tasks or (), leans, listener, spares)
        agenda = make_agenda(leans.spread(tasks.tasks), [] if folder is None else folder.results(), config)
        begin, sized = None, config
        if agenda.has_next():
            tried = _open_in(tasks, folder)
            sized = _sized(given, config, leans, tried, listener)
            for_one = len(tried) == 1 and config.search.passes == 1
            opening = _opening(given, sized, leans, system, listener, spares, for_one=for_one)
            begin = await stack.enter_async_context(opening)
        if folder is None:
            folder = _created(given.path, tasks, config, leans)
            stack.callback(folder.close)
        _introduce(folder, leans, config, listener)
        asked: Sequence[Asked] = ()
        if begin is not None:
            runtime = begin(folder)
            await _proved(folder, runtime, agenda, sized, listener)
            asked = runtime.asked
        await _write_solved(folder, leans, asked, listener)
        return await _finished(folder, listener)


async def _checked(given: _RunInputs) -> Config:
    """The settings. Raises UsageError for what can be refused before anything is opened, ModelError for a model that
    can't be."""
    config = with_places(refuse_out_of_range(given.config))
    rules_named(config.search.rule)
    if given.ray is not None and given.own != Own():
        raise UsageError("a policy or critic of your own works in one process: leave out ray")
    if given.ray is not None and config.plan.planners:
        raise UsageError(
            "plans are worked on in one process, which knows every goal that was proved: leave out ray, or plan what a "
            "run on it has left with --resume RUN --plan SPEC"
        )
    if given.ray is not None and (config.plan.record or config.plan.replay):
        raise UsageError("requests to models are recorded and replayed in one process: leave out ray")
    if given.ray in (None, "local"):  # elsewhere models lie on the cluster's machines
        await asyncio.to_thread(check_models, config, given.own)
    if given.tasks is not None and not isinstance(given.tasks, TaskList):
        refuse_unreadable(given.tasks)
    return config


def _resumed(path: Path, leans: Toolchains, listener: Listener) -> RunFolder:
    folder = RunFolder.resume(path)
    if folder.info.toolchain != leans.fingerprint:
        listener.warn(f"{path} was begun with another Lean ({folder.info.toolchain}); now {leans.fingerprint}")
    return folder


async def _read(given: TaskList | Sequence[Source], leans: Toolchains, listener: Listener, spares: Spares) -> TaskList:
    if isinstance(given, TaskList):
        tasks = with_theorems(given)
    else:
        tasks = with_theorems(await read_sources(given, leans, listener, spares))
        tell_of_the_rest(tasks, listener)
    return with_full_paths(tasks) if leans.homes else tasks


def _opening(
    given: _RunInputs,
    config: Config,
    leans: Toolchains,
    system: System | None,
    listener: Listener,
    spares: Spares,
    *,
    for_one: bool,
) -> AbstractAsyncContextManager[Begin]:
    if system is None:
        return open_near(config, leans, listener, given.own, spares, for_one=for_one)
    return open_far(config, system, leans.fingerprint, listener)


def _open_in(tasks: TaskList, folder: RunFolder | None) -> list[TheoremTask]:
    """The theorems of a list that the folder's run has not settled."""
    settled = {result.id for result in folder.results() if result.status in SETTLED} if folder is not None else set()
    return [task for task in tasks.tasks if task.id not in settled]


def _sized(
    given: _RunInputs, config: Config, leans: Toolchains, tried: Sequence[TheoremTask], listener: Listener
) -> Config:
    """The settings with as many Lean workers as these theorems and this machine have use for; a cluster's memory is
    Ray's to share out."""
    open_ = Counter(map(leans.index_of, tried))
    free_bytes = available_bytes() if given.ray in (None, "local") else 0
    sized, said = fitted(config, max(open_.values(), default=0), num_leans=len(open_) or 1, free_bytes=free_bytes)
    listener.note(said)
    return sized


def _created(path: Path, tasks: TaskList, config: Config, leans: Toolchains) -> RunFolder:
    return RunFolder.create(
        path,
        tasks,
        config=config.to_json(),
        versions=versions(leans.name),
        seed=config.seed,
        toolchain=leans.fingerprint,
        started_at=time.time(),
    )


def _introduce(folder: RunFolder, leans: Toolchains, config: Config, listener: Listener) -> None:
    """Note what the run will do, and record the inputs that it refuses."""
    for said in leans.shares(folder.tasks.tasks):
        listener.note(said)
    folder.record_refused()
    budget = f"{notation(config.search)} (passes × tactics for a state × states)"
    listener.note(f"each theorem has {config.time_limit_s:g} s and a budget of {budget}")


async def _proved(folder: RunFolder, runtime: Runtime, agenda: Agenda, config: Config, listener: Listener) -> None:
    """Work off the agenda, with every result and sample told as it comes."""
    progress = Progress(len(folder.tasks), max(config.search.passes, config.search.rounds), folder.results())

    def on_result(result: TheoremResult) -> None:
        runtime.on_result(result)
        progress.add(result)
        listener.result(result)

    listener.begun(folder.path, progress)
    run = Run(
        folder,
        runtime.prover,
        agenda,
        concurrency=runtime.concurrency(config),
        admit=nullcontext if runtime.balance is None else runtime.balance.admit,
        on_result=on_result,
    )
    listeners = (*runtime.listeners, listener.sample)
    async with sampled(folder.path / "utilisation.jsonl", runtime.load, time.monotonic, listeners=listeners):
        await run.work()


async def _write_solved(folder: RunFolder, leans: Toolchains, asked: Sequence[Asked], listener: Listener) -> None:
    """Write the solved files after the last theorem. What Lean refuses beside the other proofs keeps its `sorry`."""
    for solved in folder.solved():
        lean = leans.index_of(solved.fills[0][0])
        own = asked[lean] if asked else None
        async with opened_reader(leans.toolchains[lean], listener, asked=own) as reader:
            misfits = await not_fitting(solved.document, solved.fills, reader.outline)
        for misfit in misfits:
            listener.warn(f"{misfit.id}: {NOT_TOGETHER}, and is left out of {solved.path}")
        fitting = [(each, scripts) for each, scripts in solved.fills if each not in misfits]
        listener.note(f"solved: {replace(solved, fills=fitting).write()}")


async def _finished(folder: RunFolder, listener: Listener) -> RunResults:
    """Write the report after the last theorem, with a turn for others after each page. Returns the results."""
    for done, total in report_steps(folder.path):
        if total > _MANY_PAGES:
            listener.progress("writing the report", done, total, "page")
        await asyncio.sleep(0)
    attempts: dict[str, list[TheoremResult]] = {}
    for result in folder.results():
        attempts.setdefault(result.id, []).append(result)
    counting = {each[0].id: counts for each in attempts.values() if (counts := that_counts(each)) is not None}
    return RunResults(folder.path, counting, len(folder.tasks))
