"""Theorems with a rule model and without, on a real Lean: equal Lean seconds, paired, several seeds, seed by seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from prover.policy.builtin.rule_model import Known, RuleModel
from prover.policy.builtin.table import row_of, rows
from prover.run.records import RunData
from prover.run.result import Status
from scripts.benchmarks._provenance import heading
from scripts.benchmarks._rules import Comparison, chance, mean, run_of

_DRAWS = 10_000
_BOOK = "rule book"
OTHERS = ("flat", "rule book on line", "measured anew", "learned", "learned on line")
"""The arms beside the rule book."""
_ON_LINE = "search.learn_order=true"
_LINE = "{:<18} {:>7} {:>9}   {:<22} {:>6} {:>6} {:>6}"

Proofs = Mapping[str, Sequence[float | None]]
"""By theorem, the seconds of Lean until its proof under each seed (None: not proved)."""


def live(wanted: Comparison, model: Path, *, without: Sequence[str] = ()) -> int:
    """Run what has not been run yet under the first rule; print every arm beside the rule book, for the whole
    budget and for parts of it. Arms named in `without` are left out."""
    print(heading("learn --live", seed=None))
    arms = _arms(RuleModel.read(model), model.absolute(), wanted.out)
    arms = {name: settings for name, settings in arms.items() if name not in without}
    runs: dict[str, list[RunData]] = {name: [] for name in arms}
    for seed in wanted.seeds:
        for name, settings in arms.items():
            own = replace(wanted, out=wanted.out / name.replace(" ", "-"), settings=[*wanted.settings, *settings])
            runs[name].append(run_of(own, wanted.rules[0], seed))
    modules = _modules(runs[_BOOK][0])
    found = {name: _proofs(of_arm) for name, of_arm in runs.items()}
    print(f"# {len(modules)} theorems of {len(set(modules.values()))} modules, {len(wanted.seeds)} seeds")
    for part in (0.125, 0.25, 0.5, 1.0):
        _show(found, modules, part * wanted.lean_s)
    return 0


def _arms(model: RuleModel, path: Path, out: Path) -> dict[str, list[str]]:
    """The settings of each arm: every rule alike, the rule book, its figures measured anew on the model's states, the
    model, and rule book and model corrected by what a run has seen so far."""
    out.mkdir(parents=True, exist_ok=True)
    alike = Known(row_of("").rate, row_of("").cost * model.heartbeats_a_ms)
    replace(model, rules=dict.fromkeys(rows(), alike), schedules={}).write(out / "flat.json")
    replace(model, schedules={}).write(out / "measured.json")
    using = {name: f"policy.model={(out / f'{name}.json').absolute()}" for name in ("flat", "measured")}
    return {
        "flat": [using["flat"]],
        _BOOK: ["policy.model=none"],
        "rule book on line": ["policy.model=none", _ON_LINE],
        "measured anew": [using["measured"]],
        "learned": [f"policy.model={path}"],
        "learned on line": [f"policy.model={path}", _ON_LINE],
    }


def _modules(run: RunData) -> Mapping[str, str]:
    """By theorem, its module, or the theorem itself."""
    return {r.id: r.task.meta.get("module", r.id) if r.task is not None else r.id for r in run.records}


def _proofs(runs: Sequence[RunData]) -> Proofs:
    found: dict[str, list[float | None]] = {}
    for run in runs:
        for record in run.records:
            found.setdefault(record.id, []).append(record.lean_s if record.status is Status.PROVED else None)
    return found


def _show(arms: Mapping[str, Proofs], modules: Mapping[str, str], budget_s: float) -> None:
    """Print what each arm proved within a budget, and its paired difference to the rule book."""
    print(_LINE.format(f"{budget_s:g} s of Lean", "proved", "× book", "difference", "won", "lost", "p"))
    solved = {arm: {name: _within(found[name], budget_s) for name in modules} for arm, found in arms.items()}
    book = solved[_BOOK]
    for arm, of_arm in solved.items():
        pairs = [pair for name in modules for pair in zip(of_arm[name], book[name], strict=True)]
        ours, theirs = sum(mine for mine, _ in pairs), sum(other for _, other in pairs)
        won, lost = sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs)
        apart = {name: mean(of_arm[name]) - mean(book[name]) for name in modules}
        low, high = _interval(apart, modules)
        difference = f"{mean(list(apart.values())):+.1%} [{low:+.1%}, {high:+.1%}]"
        p = f"{chance(list(apart.values()), random.Random(0)):.3f}"
        print(_LINE.format(arm, ours, f"{ours / max(1, theirs):.2f}", difference, won, lost, p))


def _within(proofs: Sequence[float | None], budget_s: float) -> list[bool]:
    return [lean_s is not None and lean_s <= budget_s for lean_s in proofs]


def _interval(differences: Mapping[str, float], modules: Mapping[str, str]) -> tuple[float, float]:
    """The 95 % interval of the mean difference, when whole modules are drawn."""
    groups: dict[str, list[float]] = {}
    for name, difference in differences.items():
        groups.setdefault(modules[name], []).append(difference)
    rng = random.Random(0)
    drawn = (rng.choices(list(groups.values()), k=len(groups)) for _ in range(_DRAWS // 5))
    means = sorted(mean([value for group in chosen for value in group]) for chosen in drawn)
    return means[int(0.025 * len(means))], means[int(0.975 * len(means)) - 1]
