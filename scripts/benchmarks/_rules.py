"""Search rules against each other on a real Lean: the same theorems, the same Lean budget, several seeds."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.cli.console import Console
from prover.cli.prove import prove
from prover.config import Config, LeanConfig, SearchConfig, load_config
from prover.report.data import RunData, read_run
from prover.report.stats import rate
from prover.run.result import Status
from prover.tasks import load_tasks
from scripts.benchmarks._provenance import heading
from scripts.benchmarks.prove import sampled

_DRAWS = 10_000
_EXPANSIONS = 1_000_000  # Lean's time is the budget, not these


@dataclass(frozen=True)
class Comparison:
    """What is compared, and where the run folders go. `lean_s` is Lean's own time for each theorem; `sample` theorems
    are taken at random, the same ones for every rule and seed."""

    files: Sequence[str]
    out: Path
    rules: Sequence[str]
    seeds: Sequence[int]
    lean_s: float
    workers: int
    sample: int | None = None
    settings: Sequence[str] = ()


Outcomes = Mapping[str, Sequence[bool]]
"""By theorem, whether it was proved under each seed."""


def compare(wanted: Comparison) -> int:
    """Run what has not been run yet, print the table, write the plot; the first rule is the baseline of the others."""
    print(heading("search lean", seed=None))
    runs = {rule: [_run(wanted, rule, seed) for seed in wanted.seeds] for rule in wanted.rules}
    baseline = _outcomes(runs[wanted.rules[0]])
    count, seeds = len(baseline), len(wanted.seeds)
    print(f"{count} theorems, {seeds} seeds, {wanted.lean_s:g} s of Lean for each; intervals of 95 % over the theorems")
    print(f"{'rule':20} {'proved':>34} {'minus ' + wanted.rules[0]:>28} {'p':>7}")
    for rule, found in runs.items():
        outcomes = _outcomes(found)
        differences = [_mean(outcomes[name]) - _mean(baseline[name]) for name in baseline]
        low, high = interval(differences, random.Random(0))
        difference = f"{_mean(differences):+.1%} [{low:+.1%}, {high:+.1%}]"
        proved = str(rate(sum(map(sum, outcomes.values())), count * seeds))
        print(f"{rule:20} {proved:>34} {difference:>28} {chance(differences, random.Random(0)):>7.3f}")
    _plot(runs, wanted)
    return 0


def interval(differences: Sequence[float], rng: random.Random) -> tuple[float, float]:
    """The middle 95 % of the mean over theorems drawn anew. Seeds of one theorem are no separate evidence."""
    means = sorted(_mean(rng.choices(differences, k=len(differences))) for _ in range(_DRAWS))
    return means[round(0.025 * _DRAWS)], means[round(0.975 * _DRAWS) - 1]


def chance(differences: Sequence[float], rng: random.Random) -> float:
    """How often the mean would be as far from 0 if each theorem's difference had either sign with equal chance."""
    known = [value for value in differences if value]
    seen = abs(sum(known)) - 1e-12
    hits = sum(abs(sum(value * rng.choice((-1, 1)) for value in known)) >= seen for _ in range(_DRAWS))
    return (hits + 1) / (_DRAWS + 1)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))


def _run(wanted: Comparison, rule: str, seed: int) -> RunData:
    """One rule under one seed, in a folder of its own; one that was stopped is gone on with."""
    folder = wanted.out / f"{rule.replace('+', '-')}-{seed}"
    base = Config(
        time_limit_s=20 * wanted.lean_s,
        seed=seed,
        lean=LeanConfig(workers=wanted.workers),
        search=SearchConfig(rule=rule, lean_s=wanted.lean_s, expansions=_EXPANSIONS, minimise=False),
    )
    config = load_config(None, wanted.settings, base=base)
    tasks = sampled(load_tasks(list(wanted.files)), wanted.sample, 0)
    has_begun = (folder / "run.json").exists()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "said.txt").open("a", encoding="utf8") as said, contextlib.redirect_stdout(said):
        asyncio.run(prove(folder, None if has_begun else tasks, config, Console(is_quiet=True)))
    return read_run(folder)


def _outcomes(runs: Sequence[RunData]) -> Outcomes:
    first = runs[0].records
    return {first[i].id: [run.records[i].status is Status.PROVED for run in runs] for i in range(len(first))}


def _plot(runs: dict[str, list[RunData]], wanted: Comparison) -> None:
    """Theorems proved within a budget of Lean seconds, the mean over seeds; a step for each proved theorem."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5))
    for rule, found in runs.items():
        times = sorted(r.lean_s for run in found for r in run.records if r.status is Status.PROVED)
        axes.step([0.0, *times], [n / len(found) for n in range(len(times) + 1)], where="post", label=rule)
    axes.set(xlabel="Lean seconds spent on a theorem", ylabel="theorems proved", xscale="symlog")
    axes.legend()
    path = wanted.out / "rules.svg"
    figure.savefig(path, bbox_inches="tight")
    plt.close(figure)
    print(f"plot: {path}")
