"""The Lean layer on the embedded Lean: how fast, how busy, how big, how steady.

scripts/bench lean rates [--rounds N]    round trips a second, single and in batches, and what is not Lean's own time
scripts/bench lean busy [--seconds S]    share of a worker's time with work on it, with a policy that takes no time
scripts/bench lean scaling [--seconds S] two workers against one
scripts/bench lean start                 time to ready, resident and proportional memory of one and of two workers
scripts/bench lean flat [--tactics N]    memory over many tactics and theorems
scripts/bench lean fuzz [--requests N]   random and mutated requests: none may hang or end the server

Every line says what was aimed at; "x" is the ratio to the prototype of the embedded Lean on the same kind of machine.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from prover.confine.process_tree import pss_bytes, rss_bytes, rss_bytes_and_cpu_s
from prover.errors import WorkerDied
from prover.lean.embedded import ensure_embedded
from prover.lean.pool import LeanPool
from prover.lean.problem import OpenFailed, Problem
from prover.lean.process_seat import ProcessLimits, local_pool
from prover.lean.protocol import Command, RunTactics, read_error, read_held
from prover.lean.session import SessionLimits, Worker
from prover.lean.theorem import OpenTheorem
from prover.lean.toolchain import Embedded
from scripts.benchmarks._fuzz import request as random_request
from scripts.benchmarks._provenance import heading, line
from search.base import Advanced, Step, TacticCall

_PROTOTYPE_MS = {"constructor": 0.7, "exact ⟨hp, hq⟩": 0.7, "simp [hp]": 1.6, "grind": 5.0}
_FRESH = "have h# := hp"  # each time a goal that was never printed
_SMALL = "theorem small (p q : Prop) (hp : p) (hq : q) : p ∧ q := by sorry"
_MIX = ("constructor", "simp [hp]", "exact hp", "refine ⟨?_, hq⟩", "omega", "grind", "intro h", "exact ⟨hp, hq⟩")
_MIB = 1 << 20
_WARM_S = 20.0
"""For about so long a worker's host compiles what is used often, with up to a core of its own: where two workers have
two cores, that is time they lack."""


def main(argv: Sequence[str]) -> int:
    """Measure what `argv` names; 1 if a figure misses its target."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench lean", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=list(_MEASURES))
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--tactics", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    print(heading(f"lean {options.what}", seed=options.seed))
    return 0 if asyncio.run(_measure(options)) else 1


async def _measure(options: argparse.Namespace) -> bool:
    toolchain = await Embedded.prepare(await ensure_embedded())
    print(f"# {toolchain.name} · {toolchain.fingerprint[:12]}")
    return bool(await _MEASURES[options.what](toolchain, options))


# --------------------------------------------------------------------------------------------------------- rates


async def rates(toolchain: Embedded, options: argparse.Namespace) -> bool:
    """Requests of one tactic, then of 32, on one state of a small goal, by turns; medians over the rounds."""
    worker = await Worker.start(toolchain.launch(), SessionLimits())
    cold = await _per_tactic(worker, "constructor", size=1, repeats=400)
    line("constructor, one by one, just started", f"{1 / cold.wall_s:,.0f} /s")
    tactics = [*_PROTOTYPE_MS, _FRESH]
    single: dict[str, list[_Cost]] = {tactic: [] for tactic in tactics}
    batch: dict[str, list[_Cost]] = {tactic: [] for tactic in tactics}
    began = time.monotonic()
    while len(single[_FRESH]) < options.rounds:
        is_warm = time.monotonic() - began >= _WARM_S
        for tactic in tactics:
            one = await _per_tactic(worker, tactic, size=1, repeats=400)
            many = await _per_tactic(worker, tactic, size=32, repeats=12)
            if is_warm:
                single[tactic].append(one)
                batch[tactic].append(many)
    await worker.process.close()
    costs = [(_Cost.median(single[tactic]), _Cost.median(batch[tactic])) for tactic in tactics]
    is_met = [_say_rates(tactic, *cost) for tactic, cost in zip(tactics, costs, strict=True)]
    gain = sum(one.wall_s for one, _ in costs) / sum(many.wall_s for _, many in costs)
    return line("batches against one by one", f"{gain:.2f}", target="1.5", is_met=gain >= 1.5) and all(is_met)


def _say_rates(tactic: str, single: _Cost, batch: _Cost) -> bool:
    """Print what a tactic costs; whether it meets its targets.

    A batch saves what a request costs beyond Lean's own time, so it can be quicker by the ratio that is printed as its
    ceiling, and little more: only where Lean's own time is short is there much to save.
    """
    is_small = tactic == "constructor"
    ratio = _PROTOTYPE_MS[tactic] / 1000 / single.wall_s if tactic in _PROTOTYPE_MS else None
    is_quick = not is_small or single.wall_s <= 1 / 1300
    target = "1,300" if is_small else ""
    line(f"{tactic}, one by one", f"{1 / single.wall_s:,.0f} /s", target=target, is_met=is_quick, ratio=ratio)
    beyond_ms = (single.wall_s - single.lean_s) * 1000
    line("    beyond Lean's own time", f"{beyond_ms:.2f} ms", target="0.2 ms", is_met=beyond_ms <= 0.2)
    line("    CPU time of the worker", f"{single.cpu_s * 1000:.2f} ms")
    line("    in batches of 32", f"{1 / batch.wall_s:,.0f} /s, CPU {batch.cpu_s * 1000:.2f} ms")
    gain, ceiling = single.wall_s / batch.wall_s, single.wall_s / single.lean_s
    line(f"    against one by one (ceiling {ceiling:.2f})", f"{gain:.2f}")
    return is_quick and beyond_ms <= 0.2


@dataclass(frozen=True, slots=True)
class _Cost:
    """Of one tactic, in seconds: by the clock, by the server's own account, and of the processor."""

    wall_s: float
    lean_s: float
    cpu_s: float

    @classmethod
    def median(cls, costs: Sequence[_Cost]) -> _Cost:
        """Each figure's own median."""
        return cls(*(statistics.median(getattr(cost, name) for cost in costs) for name in cls.__slots__))


async def _per_tactic(worker: Worker, tactic: str, *, size: int, repeats: int) -> _Cost:
    """What one tactic costs as it is asked on the wire; a `#` in it is another number each time."""
    process = worker.process
    opened = await process.submit(Command(f"import Init\n{_SMALL}").wire(), timeout_s=60)
    state = opened["sorries"][0]["proofState"]
    numbers = itertools.count()

    async def ask() -> float:
        calls = tuple(TacticCall(tactic.replace("#", str(next(numbers)))) for _ in range(size))
        answer = await process.submit(RunTactics(state, calls).wire(), timeout_s=60)
        return sum(float(result["ms"]) for result in answer["results"]) / 1000

    for _ in range(repeats // 4):
        await ask()
    began, before = time.perf_counter(), rss_bytes_and_cpu_s(process.pid)[1]
    lean_s = sum([await ask() for _ in range(repeats)])
    elapsed, cpu_s = time.perf_counter() - began, rss_bytes_and_cpu_s(process.pid)[1] - before
    await process.submit({"dropAll": True}, timeout_s=60)
    count = repeats * size
    return _Cost(elapsed / count, lean_s / count, cpu_s / count)


# ------------------------------------------------------------------------------------------------ busy and scaling


async def busy(toolchain: Embedded, options: argparse.Namespace) -> bool:
    """Eight searches that never think, on one worker."""
    share, rate = await _drive(toolchain, workers=1, seconds=options.seconds)
    line("tactics of a mixed kind", f"{rate:,.0f} /s")
    return line("share of the time with work on the worker", f"{share:.1%}", target="95 %", is_met=share >= 0.95)


async def scaling(toolchain: Embedded, options: argparse.Namespace) -> bool:
    """The same load on one, on two and again on one worker."""
    _, first = await _drive(toolchain, workers=1, seconds=options.seconds)
    share, two = await _drive(toolchain, workers=2, seconds=options.seconds)
    _, last = await _drive(toolchain, workers=1, seconds=options.seconds)
    ratio = two / statistics.mean((first, last))
    line("one worker, before and after", f"{first:,.0f} and {last:,.0f} tactics/s")
    line("two workers", f"{two:,.0f} tactics/s, busy {share:.0%}")
    return line("two against one", f"{ratio:.2f}", target="1.8", is_met=ratio >= 1.8)


async def _drive(toolchain: Embedded, *, workers: int, seconds: float) -> tuple[float, float]:
    """Busy share of the workers and tactics a second, once all of them have been at it for `_WARM_S`."""

    async def search(theorem: OpenTheorem, until: float) -> None:
        while time.monotonic() < until:
            await theorem.apply((), [TacticCall(tactic) for tactic in _MIX * 4])

    async with local_pool(toolchain, workers=workers) as pool:
        await pool.ready(count=workers)
        theorems = [await _opened(pool, index) for index in range(8)]
        await asyncio.gather(*(search(theorem, time.monotonic() + _WARM_S) for theorem in theorems))
        before, began = pool.health(), time.monotonic()
        await asyncio.gather(*(search(theorem, began + seconds) for theorem in theorems))
        after, elapsed = pool.health(), time.monotonic() - began
    busy_s = sum(worker.busy_s for worker in after.workers) - sum(worker.busy_s for worker in before.workers)
    tactics = sum(worker.tactics for worker in after.workers) - sum(worker.tactics for worker in before.workers)
    return busy_s / elapsed / workers, tactics / elapsed


async def _opened(pool: LeanPool, index: int) -> OpenTheorem:
    theorem = await pool.open(Problem(f"small{index}", "import Init\n", _SMALL.replace("small", f"small{index}")))
    if isinstance(theorem, OpenFailed):
        raise SystemExit(f"the benchmark's own theorem does not open: {theorem.messages}")
    return theorem


# --------------------------------------------------------------------------------------------- start and memory


async def start(toolchain: Embedded, __: argparse.Namespace) -> bool:
    """Three starts one after the other, then two workers side by side."""
    times: list[float] = []
    for _ in range(3):
        worker, took = await _started(toolchain)
        times.append(took)
        await worker.process.close()
    first, _ = await _started(toolchain)
    alone = rss_bytes(first.process.pid)
    second, _ = await _started(toolchain)
    shared = pss_bytes(first.process.pid) + pss_bytes(second.process.pid)
    await asyncio.gather(first.process.close(), second.process.close())
    best = sorted(times)[1]
    is_quick = line("ready, median of three", f"{best:.2f} s", target="5 s", is_met=best <= 5, ratio=16.0 / best)
    gib = alone / 2**30
    is_small = line(
        "resident", f"{alone // _MIB} MiB", target="1.2 GiB", is_met=gib <= 1.2, ratio=2.25 * 1024 * _MIB / alone
    )
    line("two workers, proportional, each", f"{shared // 2 // _MIB} MiB")
    return is_quick and is_small


async def _started(toolchain: Embedded) -> tuple[Worker, float]:
    began = time.perf_counter()
    worker = await Worker.start(toolchain.launch(), SessionLimits())
    return worker, time.perf_counter() - began


async def flat(toolchain: Embedded, options: argparse.Namespace) -> bool:
    """Many theorems one after the other on one worker that is never replaced; each is closed when its search ends."""
    per_theorem, done, early = 100, 0, 0
    async with local_pool(toolchain, workers=1, limits=ProcessLimits(max_uses=10**9, max_age_s=1e9)) as pool:
        await pool.ready()
        for index in range(options.tactics // per_theorem):
            theorem = await _opened(pool, index)
            path: tuple[Step, ...] = ()
            for _ in range(per_theorem // 20):
                outcomes = await theorem.apply(
                    path, [TacticCall(f"have h{len(path)} := {h}") for h in ("hp", "hq")] * 10
                )
                path = (*path, Step(outcomes[0].text)) if isinstance(outcomes[0], Advanced) else ()
                done += len(outcomes)
            await theorem.close()
            if not early and done >= min(5000, options.tactics // 4):
                early = await _settled(pool)
        late, restarts = await _settled(pool), pool.health().restarts
    line(f"resident after {done:,} tactics", f"{late // _MIB} MiB")
    is_flat = late <= 1.05 * early and restarts == 0
    return line("against that after the first 5,000", f"{late / early - 1:+.1%}", target="+5 %", is_met=is_flat)


async def _settled(pool: LeanPool) -> int:
    await asyncio.sleep(1.0)  # the memory watch looks a few times a second
    return pool.health().workers[0].rss_bytes


# ---------------------------------------------------------------------------------------------------------- fuzz


async def fuzz(toolchain: Embedded, options: argparse.Namespace) -> bool:
    """Each request has to be answered, and the server to be itself in between."""
    random = Random(options.seed)
    answered = deaths = 0
    states: list[int] = []
    worker = await Worker.start(toolchain.launch(), SessionLimits())
    for index in range(options.requests):
        asked: dict[str, Any] = random_request(random, states[-50:])
        try:
            answer = await worker.process.submit(asked, timeout_s=30.0)
            answered += 1
            states += [] if read_error(answer) else read_held(answer).states
        except WorkerDied as death:
            deaths += 1
            print(f"    request {index}, {str(asked)[:150]}: {str(death)[:150]}")
            states.clear()
            await worker.process.close()
            worker = await Worker.start(toolchain.launch(), SessionLimits())
    await worker.process.close()
    line("requests", f"{options.requests:,}")
    line("answered", f"{answered:,}")
    return line("ended or hung the server", f"{deaths}", target="0", is_met=deaths == 0)


_MEASURES = {"rates": rates, "busy": busy, "scaling": scaling, "start": start, "flat": flat, "fuzz": fuzz}
