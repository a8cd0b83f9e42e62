"""The search: how fast its core is and what a node costs, how close each rule comes to the optimum, what each proves.

scripts/bench search core [--nodes N] [--fan F]       expansions per second and bytes a node, one graph
scripts/bench search rules [--worlds N] [--seed S]    cost to the first proof on generated AND-OR graphs
scripts/bench search lean FILE… [--seeds 0,1,2]       rules at equal Lean budget, paired, with intervals and plots
scripts/bench search busy FILE…                       how busy Lean is with an instantaneous policy, and the reverse
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from critic.heuristic import state_value
from prover.confine.process_tree import rss_bytes
from scripts.benchmarks._busy import Wanted, measure_busy
from scripts.benchmarks._rules import Comparison, compare
from scripts.benchmarks._worlds import World, optimum, planted_policy
from search import RULES, Budget, Rule, Search, SearchOptions, StopReason
from search.base import Advanced, Candidate, Goal, LogProb, ProofState, Theorem
from search.rules import SIDE_BY_SIDE

_KIB = 1024
_RULES = ",".join((*RULES, *SIDE_BY_SIDE))


def main(argv: Sequence[str]) -> int:
    """Run what `argv` names; 0 unless a figure misses its target."""
    options = _parser().parse_args(argv)
    match options.command:
        case "core":
            return measure_core(nodes=options.nodes, fan=options.fan, rule=options.rule)
        case "rules":
            return compare_rules(worlds=options.worlds, seed=options.seed, expansions=options.expansions)
        case "lean":
            return compare(_comparison(options))
        case _:
            return measure_busy(Wanted(options.files, options.seconds, options.workers))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench search", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    core = commands.add_parser("core", help="speed and memory of the pure core")
    core.add_argument("--nodes", type=int, default=1_000_000)
    core.add_argument("--fan", type=int, default=1, help="new states that each expansion brings")
    core.add_argument("--rule", default="token-mean", metavar="NAME?KEY=VALUE&…")
    rules = commands.add_parser("rules", help="every rule against the known optimum")
    rules.add_argument("--worlds", type=int, default=100)
    rules.add_argument("--seed", type=int, default=0)
    rules.add_argument("--expansions", type=int, default=400)
    lean = commands.add_parser("lean", help="rules against each other on a real Lean")
    lean.add_argument("files", nargs="+", metavar="FILE")
    lean.add_argument("--rules", default=_RULES)
    lean.add_argument("--seeds", default="0,1,2")
    lean.add_argument("--sample", type=int, metavar="N", help="theorems, taken at random (default: all)")
    lean.add_argument("--lean-s", type=float, default=2.0, help="Lean's own seconds for each theorem")
    lean.add_argument("--workers", type=int, default=2)
    lean.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting of a run")
    lean.add_argument("--out", type=Path, default=Path("runs/rules"))
    busy = commands.add_parser("busy", help="which side of the pipeline starves")
    busy.add_argument("files", nargs="*", metavar="FILE", help="theorems; without any, the policy's figure alone")
    busy.add_argument("--seconds", type=float, default=20.0)
    busy.add_argument("--workers", type=int, default=2)
    return parser


def _comparison(options: argparse.Namespace) -> Comparison:
    return Comparison(
        files=options.files,
        out=options.out,
        rules=options.rules.split(","),
        seeds=[int(seed) for seed in options.seeds.split(",")],
        lean_s=options.lean_s,
        workers=options.workers,
        sample=options.sample,
        settings=options.set,
    )


# ---------------------------------------------------------------------------------------------------------- speed


def measure_core(*, nodes: int, fan: int, rule: str) -> int:
    """One graph of `nodes` states. Timed is the core alone, in CPU seconds; the world's answers are made outside."""
    gc.collect()
    before = rss_bytes(os.getpid())
    search = Search(Theorem("core"), _state(0), rule=Rule.of(rule), budget=Budget(), clock=lambda: 0.0)
    spent_s = _grow(search, nodes, fan)
    count, size = search.spent.expansions, len(search.graph.nodes)
    held = rss_bytes(os.getpid()) - before
    print(f"{count:,} expansions, {size:,} nodes in one graph, {fan} new nodes an expansion, rule {rule}")
    print(f"{count / spent_s:,.0f} expansions/s, {size / spent_s:,.0f} nodes/s (CPU time)")
    print(f"{held / size:,.0f} bytes a node, its state of one small goal included")
    del search
    gc.collect()
    kept = rss_bytes(os.getpid()) - before
    print(f"{kept / _KIB / _KIB:,.0f} MiB of {held / _KIB / _KIB:,.0f} MiB kept when finished")
    return 0


def _grow(search: Search, nodes: int, fan: int) -> float:
    """Expand until the graph has `nodes` states; the seconds that the search itself took."""
    candidates = [Candidate(f"t{i}", LogProb(-0.5 - i), 3) for i in range(fan)]
    spent_s, made = 0.0, 0
    while made < nodes:
        began = time.process_time()
        planned = search.plan(512)
        spent_s += time.process_time() - began
        answers = [
            [Advanced(_state(first + i), candidates[i].tactic) for i in range(fan)]
            for first in range(made + 1, made + 1 + fan * len(planned), fan)
        ]
        made += fan * len(planned)
        began = time.process_time()
        for expansion, outcomes in zip(planned, answers, strict=True):
            search.absorb_candidates(expansion.id, candidates)
            search.absorb_outcomes(expansion.id, outcomes)
        spent_s += time.process_time() - began
    return spent_s


def _state(number: int) -> ProofState:
    key = f"k{number}"
    return ProofState((Goal(target="", key=key),), key, ((0,),))


# ---------------------------------------------------------------------------------------------------------- rules


def compare_rules(*, worlds: int, seed: int, expansions: int) -> int:
    """Expansions to the first proof, beside the fewest that any search could need, on worlds that have a proof."""
    rng = Random(seed)
    cases: list[tuple[World, tuple[int, int]]] = []
    while len(cases) < worlds:
        world = World(rng.getrandbits(32))
        best = optimum(world)
        if best is not None and best[0] >= 8:
            cases.append((world, best))
    print(f"{worlds} worlds; fewest expansions in the median {statistics.median(best[0] for _, best in cases):g}")
    print(f"{'rule':20} {'proved':>7} {'median cost/optimum':>20} {'mean expansions':>16} {'shortest found':>15}")
    for rule in RULES:
        ratios, used, shortest, proved = [], [], 0, 0
        for world, (fewest, length) in cases:
            search = _solve(world, rule, expansions)
            used.append(search.spent.expansions)
            if search.done is StopReason.PROVED:
                proved += 1
                ratios.append(search.spent.expansions / fewest)
                proof = search.result().proof
                shortest += proof is not None and len(proof.tactics) == length
        ratio = statistics.median(ratios) if ratios else float("nan")
        print(f"{rule:20} {proved:>4}/{worlds} {ratio:>18.2f} {statistics.mean(used):>16.1f} {shortest:>12}/{proved}")
    return 0


def _solve(world: World, rule: str, expansions: int) -> Search:
    search = Search(
        Theorem("world"),
        world.root,
        rule=Rule.of(rule),
        budget=Budget(expansions=expansions),
        options=SearchOptions(num_samples=8),
        clock=lambda: 0.0,
    )
    while search.done is None:
        search.absorb_values([(number, state_value(state)) for number, state in search.unscored()])
        for expansion in search.plan(1):
            calls = search.absorb_candidates(expansion.id, planted_policy(world, expansion.state))
            if calls:
                search.absorb_outcomes(expansion.id, world.run(expansion.state, [call.text for call in calls]))
    return search
