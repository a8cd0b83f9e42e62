"""How far a run spreads.

scripts/bench scale lean [--rounds N] [--seconds S]               two Lean workers, through Ray and without
scripts/bench scale simulate [--actors 64,1000] [--processes N]   simulated actors under one search driver
scripts/bench scale journal [--results N]                 results a second into one journal, each flushed
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from io import BytesIO
from pathlib import Path

from prover.cluster.actor_seat import actor_pool
from prover.cluster.actors import GC_THRESHOLD, LOCAL, RaySystem, ray_system
from prover.cluster.driver_host import DriverComponents, DriverHost
from prover.cluster.handle import Handle, Needs
from prover.config import SearchConfig
from prover.driver.job import Job
from prover.driver.parts import Components
from prover.run.journal import Journal
from prover.run.result import Status, TheoremResult
from prover.run.usage import Usage
from prover.tasks import TheoremTask, load_tasks
from scripts.benchmarks._provenance import heading
from scripts.benchmarks._simulated import NoJudge, OneOf, Recorded, SimulatedLeans, SimulatedPolicy
from scripts.benchmarks._through_ray import measure_lean
from search.base import TacticLimits
from search.budget import Budget
from search.result import Statistics

EXPANSIONS = 100


def main(argv: Sequence[str]) -> int:
    """Run what `argv` names; 0 unless a figure misses its target."""
    parser = argparse.ArgumentParser(prog="scripts/bench scale", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    simulate = commands.add_parser("simulate", help="one driver and many simulated Lean actors")
    simulate.add_argument("--actors", default="64,1000")
    simulate.add_argument("--processes", type=int, default=4, help="that the simulated actors live in")
    simulate.add_argument("--seconds", type=float, default=20.0)
    simulate.add_argument("--samples", type=int, default=32)
    simulate.add_argument("--policy-s", type=float, default=0.5, help="how long the simulated policy takes to answer")
    lean = commands.add_parser("lean", help="two Lean workers, through Ray and without")
    lean.add_argument("--rounds", type=int, default=8, help="pairs of each load, by turns")
    lean.add_argument("--seconds", type=float, default=10.0, help="of each stretch of the loop")
    journal = commands.add_parser("journal", help="results a second")
    journal.add_argument("--results", type=int, default=50_000)
    options = parser.parse_args(argv)
    print(heading("scale", seed=0))
    if options.command == "journal":
        return measure_journal(options.results)
    if options.command == "lean":
        return asyncio.run(measure_lean(options.rounds, options.seconds))
    return asyncio.run(simulate_all(options))


# ------------------------------------------------------------------------------------------------------- simulation


async def simulate_all(options: argparse.Namespace) -> int:
    """Each number of actors; 0 if all of them were kept busy."""
    recorded = Recorded.load()
    print(f"{len(recorded.tactics):,} recorded tactics, mean {1000 * recorded.mean_s:.1f} ms")
    print(f"{'actors':>7} {'busy':>6} {'tactics/s':>10} {'expansions/s':>13} {'driver CPU':>11} {'actors CPU':>11}")
    worst = 1.0
    for count in map(int, options.actors.split(",")):
        async with ray_system(LOCAL, local=Needs(options.processes)) as system:
            worst = min(worst, await simulate(system, count, options))
    return 0 if worst >= 0.9 else 1


async def simulate(system: RaySystem, count: int, options: argparse.Namespace) -> float:
    """One driver in this process over `count` simulated actors; their busy share after a warm-up."""
    gc.set_threshold(*GC_THRESHOLD)  # as in a driver's own process
    processes = min(options.processes, count)
    sizes = [count // processes + (index < count % processes) for index in range(processes)]
    inner = [system.spawn(f"simulated {i}", partial(SimulatedLeans, size), Needs()) for i, size in enumerate(sizes)]
    handles: list[Handle] = [OneOf(handle, i) for handle, size in zip(inner, sizes, strict=True) for i in range(size)]
    driver = DriverHost(partial(parts, handles, options), is_traced=True)
    tasks = load_tasks([], ["theorem t : 1 = 1 := by sorry"], stdin=BytesIO()).tasks
    proving = [asyncio.create_task(prove_on(driver, tasks[0], index)) for index in range(round(1.5 * count))]
    await asyncio.sleep(options.seconds / 2)
    before, began, cpu = await totals(inner), time.monotonic(), time.process_time()
    await asyncio.sleep(options.seconds)
    after, passed_s, cpu = await totals(inner), time.monotonic() - began, time.process_time() - cpu
    busy = (after[0] - before[0]) / passed_s / count
    tactics = (after[1] - before[1]) / passed_s
    print(
        f"{count:>7} {busy:>6.1%} {tactics:>10,.0f} {tactics / options.samples:>13,.0f} {cpu / passed_s:>11.0%} "
        f"{(after[2] - before[2]) / passed_s:>11.0%}",
        flush=True,
    )
    for task in proving:
        task.cancel()
    await asyncio.gather(*proving, return_exceptions=True)
    await driver.close()
    return busy


async def totals(processes: Sequence[Handle]) -> tuple[float, int, float]:
    """Summed over the processes of simulated actors."""
    each = await asyncio.gather(*(process.call("totals", deadline_s=60.0) for process in processes))
    return sum(one[0] for one in each), sum(one[1] for one in each), sum(one[2] for one in each)


async def prove_on(driver: DriverHost, task: TheoremTask, number: int) -> None:
    """Searches one after the other, for ever; theorems begin at different times."""
    job = Job(task, number, number, Budget(expansions=EXPANSIONS, wall_s=600.0))
    await asyncio.sleep(number % 97 / 97)
    while True:
        await driver.prove(job, task.document)


@asynccontextmanager
async def parts(handles: list[Handle], options: argparse.Namespace) -> AsyncIterator[DriverComponents]:
    """A driver's parts: real but for the policy and the judge."""
    async with actor_pool(handles) as lean:
        made = Components(
            lean=lean,
            policy=SimulatedPolicy(options.policy_s),
            critic=None,
            judge=NoJudge(),
            settings=SearchConfig(expansions=EXPANSIONS, samples=options.samples, in_flight=2),
            limits=TacticLimits(),
            time_limit_s=600.0,
            seed=0,
        )
        yield DriverComponents(made, lean)


# ---------------------------------------------------------------------------------------------------------- journal


def measure_journal(count: int) -> int:
    """Results a second, each in the file when `append` returns; 0 from 5,000 on."""
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "results.jsonl") as journal:
        results = [
            TheoremResult(
                f"theorem_{index}",
                f"theorem_{index}",
                Status.PROVED,
                "proved",
                proof="intro h\n" * 5,
                verdict={"verdict": "accepted", "axioms": ["propext"], "hashes": {"challenge": "0" * 64}},
                usage=Usage(strategy="token-mean", tokens=12345, counts=Statistics(nodes=100, depth=7)),
            )
            for index in range(count)
        ]
        began = time.perf_counter()
        for result in results:
            journal.append(result)
        rate = count / (time.perf_counter() - began)
        began = time.perf_counter()
        for _ in range(20):
            journal.sync()
        sync_s = (time.perf_counter() - began) / 20
    print(f"journal: {rate:,.0f} results/s flushed (asked: 5,000); a sync to the disk takes {1000 * sync_s:.1f} ms")
    return 0 if rate >= 5000 else 1
