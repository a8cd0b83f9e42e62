"""What it takes to watch searches: `scripts/bench watch`.

A made search, without Lean, is watched by a reader in a process of its own, as a browser reads: how late an expansion
is there while they come at a rate, what watching costs the process that searches, and how long it takes until a
finished search of many states is told to its end. With `--screen` the reader is Chromium, and what counts is what it
shows. With `--turns N` the embedded Lean searches one hard theorem N times
with a reader and N times without, in turn, and the tactics that it runs in a second are compared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from prover.assembly.listener import Listener
from prover.assembly.warm import open_warm
from prover.config import Config, LeanConfig, SearchConfig
from prover.driver.expanded import Expanded
from prover.driver.tracer import Untraced, observer_at
from prover.run.folder import RunFolder
from prover.run.trace import TraceExpansion, read_trace, trace_path
from prover.tasks import TaskList, load_tasks
from prover.web.app import Viewer
from prover.web.following import RunView, SearchId
from prover.web.serving import serving
from scripts.benchmarks._provenance import heading
from scripts.benchmarks._screen import ages_s, drawn_s, screen
from search import Budget, Rule, Search
from search.base import Advanced, Candidate, Goal, LogProb, Outcome, ProofState, Rejected, RejectKind, Theorem

_ID = "t"
_HARD = "theorem t (a b c : Nat) (ha : 0 < a) (hb : 0 < b) : a ^ 3 + b ^ 3 ≠ c ^ 3"


def main(argv: list[str]) -> int:
    """Print the figures; 0 if they keep to what is aimed at."""
    parser = argparse.ArgumentParser(prog="scripts/bench watch", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--states", type=int, default=20_000, metavar="N", help="of the finished search (default 20000)"
    )
    parser.add_argument("--rate", type=int, default=200, metavar="N", help="expansions a second (default 200)")
    parser.add_argument("--seconds", type=float, default=15.0, metavar="S", help="of the live search (default 15)")
    parser.add_argument("--turns", type=int, default=0, metavar="N", help="searches with the embedded Lean, each way")
    parser.add_argument("--each", type=float, default=20.0, metavar="S", help="seconds of each of them (default 20)")
    parser.add_argument("--screen", action="store_true", help="in Chromium, by Playwright (extra browser)")
    options = parser.parse_args(argv)
    print(heading("watch", seed=0), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        if options.turns:
            return asyncio.run(_in_turn(Path(folder) / "run", options.turns, options.each))
        measure = _on_screen if options.screen else _measure
        return asyncio.run(measure(Path(folder) / "run", options.states, options.rate, options.seconds))


def _run_of(run: Path, statement: str) -> TaskList:
    """The one theorem of a run's folder, which is made."""
    tasks = TaskList(tuple(replace(task, id=_ID) for task in load_tasks([], [statement]).tasks))
    RunFolder.create(run, tasks, config={}, versions={}, seed=0, toolchain="none", started_at=0.0).close()
    return tasks


async def _in_turn(run: Path, turns: int, each_s: float) -> int:
    """What a reader costs a search with Lean; 1 if that is more than 2 %."""
    (task,) = _run_of(run, _HARD).tasks
    viewer = Viewer()
    viewer.follow(run)
    ran = {True: 0, False: 0}
    config = Config(lean=LeanConfig(workers=1), search=SearchConfig(attempts=1))
    async with open_warm(config, Listener()) as warm, serving(viewer) as address:
        await warm.prove(task, lambda *_: Untraced(), time_limit_s=5.0)
        for attempt in range(1, 2 * turns + 1):
            is_watched = attempt % 4 in (2, 3)  # without, with, with, without
            onlooker = viewer.watch(_ID, attempt, "") if is_watched else None
            observer = observer_at(trace_path(run, _ID, attempt), task, attempt, onlooker)
            reading = asyncio.create_task(_read(address, attempt, sys.maxsize)) if is_watched else None
            result = await warm.prove(task, lambda *_, observer=observer: observer, time_limit_s=each_s)
            ran[is_watched] += result.tactics
            print(f"{'watched' if is_watched else 'alone':<8} {result.tactics} tactics, {result.expansions} expansions")
            if reading is not None:
                reading.cancel()
    if not ran[False]:
        print("Lean ran nothing in that time: --each takes more seconds")
        return 1
    lost = 1 - ran[True] / ran[False]
    print(f"{turns} turns of {each_s:g} s each way: watching costs {lost:.1%} of the tactics")
    return 0 if lost <= 0.02 else 1


async def _measure(run: Path, states: int, rate: int, seconds: float) -> int:
    tasks = _run_of(run, "theorem t : 1 = 1")
    trace = trace_path(run, _ID)
    count = _write_search(trace, tasks, states)
    expansions = list(read_trace(trace)[1])
    print(f"a search of {count} states, {len(expansions)} expansions, {trace.stat().st_size / 1e6:.1f} MB of trace")
    spent = time.process_time()
    opened_s = await _opened(run, len(expansions))
    print(f"told from its trace to its end in {opened_s:.2f} s ({time.process_time() - spent:.2f} s of processor)")
    p50, p95, share, alone = await _live(run, expansions[: int(rate * seconds)], rate)
    print(f"{rate} expansions a second: with a reader after {p50 * 1e3:.0f} ms (p50), {p95 * 1e3:.0f} ms (p95)")
    each_us = (share - alone) / rate * 1e6
    print(f"processor of the searching process: {share:.1%} watched, {alone:.1%} not: {each_us:.0f} µs an expansion")
    return 0 if opened_s <= 3.0 and p95 <= 0.3 else 1


async def _on_screen(run: Path, states: int, rate: int, seconds: float) -> int:
    tasks = _run_of(run, "theorem t : 1 = 1")
    count = _write_search(trace_path(run, _ID), tasks, states)
    expansions = list(read_trace(trace_path(run, _ID))[1])
    viewer = Viewer()
    async with serving(viewer) as address, screen() as page:
        viewer.follow(run)
        opened_s = await drawn_s(page, address, len(expansions))
        print(f"a search of {count} states is drawn after {opened_s:.2f} s", flush=True)
        live = expansions[: int(rate * seconds)]
        view = viewer.view = RunView(run)
        onlooker = view.watch(SearchId(_ID, 0, ""))
        looking = asyncio.create_task(ages_s(page, address, len(live)))
        began = time.monotonic()
        for number, expansion in enumerate(live):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            onlooker.expanded(replace(expansion, at_s=time.monotonic()))
        ages = await looking
    p50, p95 = ages[len(ages) // 2], ages[int(0.95 * len(ages))]
    print(f"{rate} expansions a second: what the page shows is {p50:.2f} s old (p50), {p95:.2f} s (p95)")
    return 0 if opened_s <= 3.0 and p95 <= 0.3 else 1


def _write_search(path: Path, tasks: TaskList, states: int) -> int:
    """Search until there are so many states, traced as a run does it; their number."""
    observer = observer_at(path, tasks.tasks[0], 0)
    rule = Rule.of("breadth-first")
    search = Search(Theorem(_ID), _state("0"), rule=rule, budget=Budget(), record=observer.record)
    while len(search.graph.nodes) < states:
        (expansion,) = search.plan(1)
        outcomes = _outcomes(expansion.state)
        candidates = [Candidate(f"rw [Nat.lemma_{n}]", LogProb(-0.2 * n)) for n in range(len(outcomes))]
        search.absorb_candidates(expansion.id, candidates)
        search.absorb_outcomes(expansion.id, outcomes)
        observer(Expanded(expansion, tried=list(zip(candidates, outcomes, strict=True))))
    observer.close()
    return len(search.graph.nodes)


def _outcomes(state: ProofState) -> list[Outcome]:
    """Four tactics lead on, each to a state of its own, and twelve are refused."""
    refusal = (
        "Tactic `rewrite` failed: Did not find an occurrence of the pattern\n  ?n + 0\nin the target expression\n  "
    )
    left: list[Outcome] = [Advanced(_state(f"{state.key}.{n}"), f"rw [Nat.lemma_{n}]", 0.01) for n in range(4)]
    return left + [Rejected(RejectKind.ERROR, refusal + state.goals[0].target, 0.01)] * 12


def _state(key: str) -> ProofState:
    target = f"a * (b + c) + {key} = c * a + b * a + {key}"
    pretty = f"a b c n : Nat\nh : a ≤ b\nih : a * n = n * a\n⊢ {target}"
    return ProofState((Goal(target, pretty=pretty, key=key),), key, ((0,),))


async def _opened(run: Path, expansions: int) -> float:
    """Seconds until a reader has the whole of a finished search."""
    viewer = Viewer()
    async with serving(viewer) as address:
        began = time.monotonic()
        viewer.follow(run)
        await _read(address, 0, expansions)
        return time.monotonic() - began


async def _live(run: Path, expansions: list[TraceExpansion], rate: int) -> tuple[float, float, float, float]:
    """How late expansions are with a reader, p50 and p95 in seconds, and the processor's share with it and without."""
    viewer = Viewer()
    viewer.follow(run)
    async with serving(viewer) as address:
        shares = []
        lateness: list[float] = []
        for attempt in (1, 2):
            onlooker = viewer.watch(_ID, attempt, "") if attempt == 1 else None
            reading = asyncio.create_task(_read(address, attempt, len(expansions))) if onlooker is not None else None
            await asyncio.sleep(2.0)
            spent, began = time.process_time(), time.monotonic()
            for number, expansion in enumerate(expansions):
                await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
                shown = replace(expansion, at_s=time.monotonic())
                if onlooker is not None:
                    onlooker.expanded(shown)
            shares.append((time.process_time() - spent) / (time.monotonic() - began))
            if reading is not None:
                lateness = sorted(await reading)
    return lateness[len(lateness) // 2], lateness[int(0.95 * len(lateness))], shares[0], shares[1]


async def _read(address: str, attempt: int, count: int) -> list[float]:
    """How late each of so many expansions was with a reader in another process."""
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scripts.benchmarks._watcher", address, str(attempt), str(count)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        said, _ = await reader.communicate()
    except asyncio.CancelledError:
        reader.kill()
        raise
    late: list[float] = json.loads(said)
    return late
