"""Search rules against each other on a real Lean: the same theorems, the same Lean budget, several seeds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prover.cli.main import main as stepwise
from prover.report.data import SOLVED, RunData, read_run
from prover.report.stats import mcnemar, paired_difference, rate


@dataclass(frozen=True)
class Comparison:
    """What is compared, and where the run folders go. `lean_s` is Lean's own time for each theorem."""

    files: Sequence[str]
    out: Path
    rules: Sequence[str]
    seeds: Sequence[int]
    lean_s: float
    workers: int
    settings: Sequence[str] = ()


def compare(wanted: Comparison) -> int:
    """Run what has not been run yet, print the table, write the plot; the first rule is the baseline of the others."""
    runs = {rule: [_run(wanted, rule, seed) for seed in wanted.seeds] for rule in wanted.rules}
    baseline = _outcomes(runs[wanted.rules[0]])
    print(
        f"{len(baseline) // len(wanted.seeds)} theorems x {len(wanted.seeds)} seeds, {wanted.lean_s:g} s of Lean each"
    )
    print(f"{'rule':20} {'solved':>34} {'minus ' + wanted.rules[0]:>26} {'p':>7}")
    for rule, found in runs.items():
        outcomes = _outcomes(found)
        pairs = list(zip(baseline.values(), (outcomes[key] for key in baseline), strict=True))
        gained, lost = sum(b and not a for a, b in pairs), sum(a and not b for a, b in pairs)
        low, high = paired_difference([a for a, _ in pairs], [b for _, b in pairs], rng=random.Random(0))
        difference = f"{(gained - lost) / len(pairs):+.1%} [{low:+.1%}, {high:+.1%}]"
        solved = str(rate(sum(outcomes.values()), len(outcomes)))
        print(f"{rule:20} {solved:>34} {difference:>26} {mcnemar(lost, gained):>7.3f}")
    _plot(runs, wanted)
    return 0


def _run(wanted: Comparison, rule: str, seed: int) -> RunData:
    folder = wanted.out / f"{rule.replace('+', '-')}-{seed}"
    if not (folder / "run.json").exists():
        settings = [f"search.lean_s={wanted.lean_s}", "search.minimise=false", *wanted.settings]
        options = [part for setting in settings for part in ("--set", setting)]
        limit = ["--time-limit", str(20 * wanted.lean_s), "--workers", str(wanted.workers), "--seed", str(seed)]
        stepwise(["prove", *wanted.files, "--out", str(folder), "--rule", rule, "--quiet", *limit, *options])
    return read_run(folder)


def _outcomes(runs: Sequence[RunData]) -> dict[tuple[int, str], bool]:
    """Whether each theorem was solved, by seed's place and id."""
    return {(place, r.id): r.status in SOLVED for place, run in enumerate(runs) for r in run.records}


def _plot(runs: dict[str, list[RunData]], wanted: Comparison) -> None:
    """Theorems solved within a budget of Lean seconds, the mean over seeds; a step for each solved theorem."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5))
    for rule, found in runs.items():
        times = sorted(r.lean_s for run in found for r in run.records if r.status in SOLVED)
        axes.step([0.0, *times], [n / len(found) for n in range(len(times) + 1)], where="post", label=rule)
    axes.set(xlabel="Lean seconds spent on a theorem", ylabel="theorems solved", xscale="symlog")
    axes.legend()
    path = wanted.out / "rules.svg"
    figure.savefig(path, bbox_inches="tight")
    plt.close(figure)
    print(f"plot: {path}")
