"""Search rules against each other on a real Lean: the same theorems, the same Lean budget, several seeds."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.assembly.proving import prove, resume
from prover.config import Config, LeanConfig, SearchConfig, load_config
from prover.errors import UsageError
from prover.report.stats import mean_interval, rate
from prover.run.records import RunData, read_run
from prover.run.result import Status
from prover.tasks import load_tasks
from scripts.benchmarks._provenance import heading
from scripts.benchmarks.prove import sampled

_DRAWS = 10_000
_LINE = "{:20} {:>34} {:>28} {:>8} {:>10} {:>7} {:>7}"
_EXPANSIONS = 1_000_000  # Lean's time is the budget, not these
_WALL = 20  # wall-clock seconds for each of Lean's, so that a machine which is busy otherwise ends nothing


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
    """Run what has not been run yet, print the table, write the plots; the first rule is the baseline of the others.

    Seed by seed, so that a comparison that is stopped has whole seeds, and what else the machine did meets all rules.
    """
    print(heading("search lean", seed=None))
    runs: dict[str, list[RunData]] = {rule: [] for rule in wanted.rules}
    for seed in wanted.seeds:
        for rule in wanted.rules:
            runs[rule].append(run_of(wanted, rule, seed))
    baseline = outcomes_of(runs[wanted.rules[0]])
    count, seeds = len(baseline), len(wanted.seeds)
    print(f"{count} theorems, {seeds} seeds, {wanted.lean_s:g} s of Lean for each; intervals of 95 % over the theorems")
    columns = ("rule", "proved", f"minus {wanted.rules[0]}", "only it", "only other", "p", "Lean s")
    print(_LINE.format(*columns))
    compared = [_against(baseline, outcomes_of(found), rule) for rule, found in runs.items()]
    for row, found in zip(compared, runs.values(), strict=True):
        lean_s = sum(record.lean_s for run in found for record in run.records) / (count * seeds)
        proved = str(rate(row.proved, count * seeds))
        print(_LINE.format(row.rule, proved, row.difference, row.won, row.lost, f"{row.chance:.3f}", f"{lean_s:.2f}"))
    _plot(runs, compared, wanted)
    return 0


@dataclass(frozen=True, slots=True)
class Compared:
    """A rule against the first one, theorem by theorem. `won` and `lost` count pairs of a theorem and a seed."""

    rule: str
    proved: int
    won: int
    lost: int
    mean: float
    low: float
    high: float
    chance: float

    @property
    def difference(self) -> str:
        return f"{self.mean:+.1%} [{self.low:+.1%}, {self.high:+.1%}]"


def _against(baseline: Outcomes, outcomes: Outcomes, rule: str) -> Compared:
    differences = [mean(outcomes[name]) - mean(baseline[name]) for name in baseline]
    pairs = [pair for name in baseline for pair in zip(outcomes[name], baseline[name], strict=True)]
    low, high = mean_interval(differences, rng=random.Random(0), draws=_DRAWS)  # seeds of a theorem count together
    return Compared(
        rule=rule,
        proved=sum(mine for mine, _ in pairs),
        won=sum(mine and not other for mine, other in pairs),
        lost=sum(other and not mine for mine, other in pairs),
        mean=mean(differences),
        low=low,
        high=high,
        chance=chance(differences, random.Random(0)),
    )


def chance(differences: Sequence[float], rng: random.Random) -> float:
    """How often the mean would be as far from 0 if each theorem's difference had either sign with equal chance."""
    known = [value for value in differences if value]
    seen = abs(sum(known)) - 1e-12
    hits = sum(abs(sum(value * rng.choice((-1, 1)) for value in known)) >= seen for _ in range(_DRAWS))
    return (hits + 1) / (_DRAWS + 1)


def mean(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))


def run_of(wanted: Comparison, rule: str, seed: int) -> RunData:
    """The run of one rule under one seed, in its own folder: begun, resumed if it was stopped, read if it is whole."""
    folder = wanted.out / f"{re.sub('[^a-z0-9.=]', '-', rule)}-{seed}"
    tasks = sampled(load_tasks(list(wanted.files)), wanted.sample, 0)
    has_begun = (folder / "run.json").exists()
    began = time.monotonic()
    if not (has_begun and all(record.final is not None for record in read_run(folder).records)):
        base = Config(
            time_limit_s=_WALL * wanted.lean_s,
            seed=seed,
            lean=LeanConfig(workers=wanted.workers),
            search=SearchConfig(rule=rule, lean_s=wanted.lean_s, expansions=_EXPANSIONS, minimise=False),
            trace=False,
        )
        config = load_config(None, wanted.settings, base=base)
        asyncio.run(resume(folder, config) if has_begun else prove(tasks, config, folder))
    run = read_run(folder)
    if [record.id for record in run.records] != [*(t.id for t in tasks.tasks), *(r.id for r in tasks.refused)]:
        raise UsageError(f"{folder} holds a comparison of other theorems: give another --out")
    proved = sum(record.status is Status.PROVED for record in run.records)
    lean_s = sum(record.lean_s for record in run.records)
    took_s = time.monotonic() - began
    print(
        f"# {rule}, seed {seed}: {proved} of {len(run.records)}, {lean_s:.0f} s of Lean, {took_s:.0f} s now", flush=True
    )
    return run


def outcomes_of(runs: Sequence[RunData]) -> Outcomes:
    first = runs[0].records
    return {first[i].id: [run.records[i].status is Status.PROVED for run in runs] for i in range(len(first))}


def _plot(runs: dict[str, list[RunData]], compared: Sequence[Compared], wanted: Comparison) -> None:
    """Left: theorems proved within a budget of Lean seconds, the mean over seeds, a step for each proved theorem.
    Right: each rule's difference to the first, with its interval."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (solved, paired) = plt.subplots(ncols=2, figsize=(12, 4.5), width_ratios=(3, 2))
    for rule, found in runs.items():
        times = sorted(r.lean_s for run in found for r in run.records if r.status is Status.PROVED)
        solved.step([0.0, *times], [n / len(found) for n in range(len(times) + 1)], where="post", label=rule)
    solved.set(xlabel="Lean seconds spent on a theorem", ylabel="theorems proved", xscale="symlog")
    solved.legend()
    others = compared[1:]
    means = [100 * row.mean for row in others]
    errors = [[100 * (row.mean - row.low) for row in others], [100 * (row.high - row.mean) for row in others]]
    paired.errorbar(means, range(len(others)), xerr=errors, fmt="o", capsize=3)
    paired.axvline(0.0, linewidth=0.8)
    paired.set(yticks=range(len(others)), yticklabels=[row.rule for row in others])
    paired.set(xlabel=f"percentage points more than {wanted.rules[0]}")
    path = wanted.out / "rules.svg"
    figure.savefig(path, bbox_inches="tight")
    plt.close(figure)
    print(f"plot: {path}")
