"""The runtime of a run: the prover of its theorems, the number of theorems at once, and the load."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from prover.assembly.components import Own, open_components
from prover.assembly.listener import Listener
from prover.assembly.planning import open_planners, plans_for, tape_of
from prover.assembly.reading import Asked, asked_of
from prover.assembly.spares import Spares
from prover.assembly.toolchains import Toolchains
from prover.config import Config
from prover.driver.job import Prover
from prover.driver.loop import Observer
from prover.driver.meters import Meters, lean_load, meter_load, metered
from prover.driver.parts import Components, Opener
from prover.driver.several import Several
from prover.driver.theorem import TheoremProver
from prover.driver.tracer import Untraced, observer_at
from prover.lean.pool import LeanPool
from prover.plan.planner import Planner
from prover.policy.opened import needs_engine
from prover.run.balance import Balance
from prover.run.folder import RunFolder
from prover.run.result import TheoremResult
from prover.run.utilisation import Load, Sample, merged
from prover.tasks import TheoremTask

_MOST_A_WORKER = 4  # theorems at once for each Lean worker


@dataclass(frozen=True, slots=True)
class Runtime:
    """The prover of a run, its number of Leans, and its load. `balance` is set if the number of theorems at once
    follows the queues; each then waits for its `admit`. `listeners` are told of every sample, `on_result` of every
    result. `asked` reads whole files with each Lean, where they are of this process."""

    prover: Prover
    load: Callable[[], Load]
    leans: int = 1
    balance: Balance | None = None
    listeners: tuple[Callable[[Sample], None], ...] = ()
    on_result: Callable[[TheoremResult], None] = lambda _: None
    asked: tuple[Asked, ...] = ()

    def concurrency(self, config: Config) -> int:
        """How many theorems are begun at once."""
        most = self.balance.high if self.balance is not None else self.leans * config.lean.workers
        return config.concurrency or most


Begin = Callable[[RunFolder], Runtime]
"""With everything open, what is given the run's folder and proves its theorems."""


def balanced(runtime: Runtime, config: Config) -> Runtime:
    """The runtime with its number of theorems at once following the queues, unless the settings say a number."""
    if config.concurrency is not None:
        return runtime
    workers = runtime.leans * config.lean.workers
    balance = Balance(workers, _MOST_A_WORKER * workers)

    def load() -> Load:
        return merged([runtime.load(), Load(gauges=balance.gauges())])

    return replace(runtime, load=load, balance=balance, listeners=(*runtime.listeners, balance.adjust))


@asynccontextmanager
async def open_near(
    config: Config, leans: Toolchains, listener: Listener, own: Own, spares: Spares, *, for_one: bool = False
) -> AsyncIterator[Begin]:
    """Everything in this process and the Lean processes below it: workers and a judge for each Lean, models for all.
    Spare workers are taken into the pools. `for_one` says that one theorem is to be proved."""
    models: dict[str, Any] = {}
    async with AsyncExitStack() as stack:
        tape = tape_of(config.plan)
        planners = await open_planners(config, tape, stack)
        opening = open_components(leans.toolchains, config, listener, own, models.update, spares, tape, for_one=for_one)
        opened = await stack.enter_async_context(opening)
        yield partial(near_runtime, config, leans, opened, models, listener, planners=planners)


def near_runtime(
    config: Config,
    leans: Toolchains,
    opened: tuple[Components, ...],
    models: Mapping[str, Any],
    listener: Listener,
    folder: RunFolder,
    *,
    planners: tuple[Planner, ...] = (),
) -> Runtime:
    """Proves with these components, one set for each Lean; traces and what is known of the models go into the
    folder. The listener is told of every search."""
    folder.note_models(models)

    def observer(task: TheoremTask, attempt: int, beside: str = "") -> Observer:
        if not config.trace:
            return Untraced()
        onlooker = listener.searching(task, attempt, beside)
        return observer_at(folder.trace_path(task.id, attempt, beside), task, attempt, onlooker)

    parts, meters = metered(opened)
    is_balanced = needs_engine(config.models.policy)
    at_once = config.concurrency or config.lean.workers * (_MOST_A_WORKER if is_balanced else 1)
    plan = plans_for(config, planners, folder)
    prover = Several([TheoremProver(each, observer, plan) for each in parts], leans.index_of, at_once=at_once)
    asked = tuple(asked_of(each.lean) for each in opened if isinstance(each.lean, LeanPool))
    runtime = Runtime(prover, partial(load, [each.lean for each in opened], meters), len(opened), asked=asked)
    return balanced(runtime, config) if is_balanced else runtime


def load(pools: Iterable[Opener], meters: Meters) -> Load:
    """How busy the components of this process are, those of all Leans together."""
    lean = (lean_load(pool.health()) for pool in pools if isinstance(pool, LeanPool))
    return merged([*lean, *(meter_load(kind, meter) for kind, meter in meters)])
