"""The workbench: how long a person waits for the first tactic that Lean accepts.

scripts/bench interactive [--goals N] [--cold N]

Warm: theorems of the development sets (of `examples/`, where those are not beside the checkout), each asked for in a
text that was changed since the last question, as an editor's is, and again in one that was not. Cold: from nothing, the
start of the workbench included. Then what an idle workbench holds, and how long the same questions take while another
client has proofs searched that it doesn't find.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from prover.config import Config, LeanConfig
from prover.confine.process_tree import pss_bytes
from prover.tasks import TheoremTask, load_tasks
from prover.workbench.address import Spot
from prover.workbench.bench import Bench
from prover.workbench.client import attached, events_of
from prover.workbench.requests import Prove, Suggest
from scripts.benchmarks._provenance import heading

_ROOT = Path(__file__).resolve().parents[2]
_SETS = _ROOT.parent / "shared" / "data"
_CONFIG = Config(seed=os.getpid(), lean=LeanConfig(workers=1))  # a workbench of its own
_HARD = "theorem hard (a b c : Nat) (ha : 0 < a) (hb : 0 < b) : a ^ {0} + b ^ {0} ≠ c ^ {0} := by\n  sorry\n"
_WARM_S, _WARM_95_S, _COLD_S = 0.5, 1.0, 3.0


def main(argv: Sequence[str]) -> int:
    """Measure; 1 if a figure misses its aim."""
    parser = argparse.ArgumentParser(prog="scripts/bench interactive", description=__doc__)
    parser.add_argument("--goals", type=int, default=50)
    parser.add_argument("--cold", type=int, default=5)
    parser.add_argument("--beside", type=int, nargs="*", default=[1, 20], metavar="N", help="proofs of another client")
    options = parser.parse_args(argv)
    print(heading("interactive", seed=_CONFIG.seed))
    return 0 if asyncio.run(_measure(_requests(options.goals), options.cold, options.beside)) else 1


def _requests(count: int) -> list[Suggest]:
    """The first theorems of all files, in turn."""
    files = sorted(_SETS.glob("core_*.jsonl")) or sorted((_ROOT / "examples").glob("*.lean"))
    found = [[_request(each, path.name) for each in load_tasks([str(path)], []).tasks] for path in files]
    print(f"goals of {', '.join(path.name for path in files)}")
    in_turn = [requests[index] for index in range(max(map(len, found))) for requests in found if index < len(requests)]
    return in_turn[:count]


def _request(task: TheoremTask, name: str) -> Suggest:
    line, column = task.hole_position
    return Suggest(path=name, text=task.challenge, line=line, column=column + 1)


async def _measure(requests: list[Suggest], cold: int, beside: list[int]) -> bool:
    is_met = True
    for number in range(cold):
        began = time.monotonic()
        async with attached(_CONFIG, linger_s=0.0) as bench:
            waits = [await _first(bench, requests[number], began)]
            is_met = _say(f"cold, {number + 1}", waits, _COLD_S, float("inf")) and is_met
        while (address := Spot.of(_CONFIG).read()) is not None and Path(f"/proc/{address.pid}").exists():
            await asyncio.sleep(0.05)
    async with attached(_CONFIG, linger_s=0.0) as bench:
        await _first(bench, requests[0], time.monotonic())
        edited = [_edited(request, number) for number, request in enumerate(requests)]
        is_met = _say("warm, text changed", await _all(bench, edited), _WARM_S, _WARM_95_S) and is_met
        alone = await _all(bench, edited)
        is_met = _say("warm, text as before", alone, _WARM_S, _WARM_95_S) and is_met
        address = Spot.of(_CONFIG).read()
        assert address is not None
        print(f"{'memory, idle':<24} {pss_bytes(address.pid) / (1 << 20):.0f} MiB")
        for count in beside:
            async with attached(_CONFIG, linger_s=0.0) as other:
                for number in range(count):
                    await other.start(Prove(path="hard.lean", text=_HARD.format(number + 3), time_limit_s=600.0))
                await asyncio.sleep(2.0)
                waits = await _all(bench, edited)
                _say(f"beside {count} proofs", waits, float("inf"), float("inf"))
                print(f"{'':<24} ratio {statistics.median(waits) / statistics.median(alone):.2f} to alone (p50)")
    return is_met


def _edited(request: Suggest, number: int) -> Suggest:
    return Suggest(path=request.path, text=f"{request.text}\n-- {number}\n", line=request.line, column=request.column)


async def _all(bench: Bench, requests: list[Suggest]) -> list[float]:
    return [await _first(bench, request, time.monotonic()) for request in requests]


async def _first(bench: Bench, request: Suggest, began: float) -> float:
    """Seconds to the first suggestion; infinity if none came. Then the job is stopped, as by a person who goes on."""
    job = await bench.start(request)
    took = float("inf")
    async for event in events_of(bench, job):
        if event["event"] == "suggestion" and took == float("inf"):
            took = time.monotonic() - began
            bench.stop(job)
    return took


def _say(what: str, waits: list[float], aim: float, aim_95: float) -> bool:
    median = statistics.median(waits)
    last = sorted(waits)[int(0.95 * (len(waits) - 1))]
    is_met = median <= aim and last <= aim_95
    none = sum(wait == float("inf") for wait in waits)
    aims = "" if aim == float("inf") else f"   aims {aim} / {aim_95} s: {'met' if is_met else 'MISSED'}"
    said = f"{what:<24} p50 {median:.2f} s, p95 {last:.2f} s, {len(waits)} goals, {none} without a tactic"
    print(said + aims, flush=True)
    return is_met
