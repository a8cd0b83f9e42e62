"""Theorems with a rule model and without, on a real Lean: equal Lean seconds, paired, several seeds, seed by seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from prover.report.stats import mcnemar
from prover.run.records import RunData
from scripts.benchmarks._provenance import heading
from scripts.benchmarks._rules import Comparison, Outcomes, chance, mean, outcomes_of, run_of

_DRAWS = 10_000


def live(wanted: Comparison, model: Path) -> int:
    """Run what has not been run yet under the first rule, print both arms and their paired difference."""
    print(heading("learn --live", seed=None))
    arms = {"without": "policy.model=none", "with": f"policy.model={model}"}
    runs: dict[str, list[RunData]] = {name: [] for name in arms}
    for seed in wanted.seeds:
        for name, setting in arms.items():
            own = replace(wanted, out=wanted.out / name, settings=[*wanted.settings, setting])
            runs[name].append(run_of(own, wanted.rules[0], seed))
    without, with_ = (outcomes_of(runs[name]) for name in arms)
    _show(without, with_, _modules(runs["without"][0]))
    return 0


def _modules(run: RunData) -> Mapping[str, str]:
    """By theorem, its module, or the theorem itself."""
    return {r.id: r.task.meta.get("module", r.id) if r.task is not None else r.id for r in run.records}


def _show(without: Outcomes, with_: Outcomes, modules: Mapping[str, str]) -> None:
    pairs = [pair for name in without for pair in zip(with_[name], without[name], strict=True)]
    differences = {name: mean(with_[name]) - mean(without[name]) for name in without}
    groups: dict[str, list[float]] = {}
    for name, difference in differences.items():
        groups.setdefault(modules[name], []).append(difference)
    low, high = _interval(list(groups.values()))
    won, lost = sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs)
    print(f"# {len(without)} theorems of {len(groups)} modules, {len(pairs) // len(without)} seeds")
    print(f"proved without {sum(b for _, b in pairs)}, with {sum(a for a, _ in pairs)} of {len(pairs)}")
    print(f"difference {mean(list(differences.values())):+.1%} [{low:+.1%}, {high:+.1%}] (bootstrap over modules)")
    p = chance(list(differences.values()), random.Random(0))
    print(f"only with {won}, only without {lost}; p {p:.3f} (signs), {mcnemar(won, lost):.3f} (McNemar)")


def _interval(groups: Sequence[Sequence[float]]) -> tuple[float, float]:
    """The 95 % interval of the mean of all values, when whole groups are drawn."""
    rng = random.Random(0)
    means = sorted(mean([v for group in rng.choices(groups, k=len(groups)) for v in group]) for _ in range(_DRAWS // 5))
    return means[int(0.025 * len(means))], means[int(0.975 * len(means)) - 1]
