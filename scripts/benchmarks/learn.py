"""What a rule model is worth, and the model itself: `scripts/bench learn RUN…`, of runs made with `search.collect`.

Replays all states at which every candidate was run, without Lean: what each arm would have spent until its first
success. Figures and models come from other modules than the state's own: five folds, shuffled by each seed. The arms
are *flat* (all rules alike), *book* (the rule book), *measured* (its figures measured anew on the other modules),
*learned* (the model), book and model with what the run itself has seen (`search.learn_order`), and the model with one
schedule for all kinds of goals. With `--write FILE` a model of all states is written, if the replay says that it saves
enough.

With `--live MODEL` the files are lists of theorems, which each arm proves on a real Lean, by turns, with equal seconds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from prover.learn.rule_model import train
from prover.learn.rule_replay import (
    Arm,
    OnLine,
    Replayed,
    flat,
    folds,
    learned,
    ratio,
    remeasured,
    replay,
    rule_book,
    without_kinds,
)
from prover.learn.whole_states import WholeState, whole_states
from prover.policy.builtin.rule_model import RuleModel
from prover.run.records import read_run
from scripts.benchmarks._learn_live import OTHERS, live
from scripts.benchmarks._provenance import heading
from scripts.benchmarks._rules import Comparison

_FOLDS = 5
_ENOUGH = 0.85
"""Heartbeats for each of those with measured figures, above which a model is not worth shipping."""
_LINE = "{:<18} {:>10} {:>8} {:>7} {:>11}   {}"
_TIMED = 200

_Arms = dict[str, Callable[[WholeState], Arm]]


def main(argv: list[str]) -> int:
    """Print the figures; 1 if a model was to be written and saves too little."""
    parser = _parser()
    options = parser.parse_args(argv)
    if options.live is not None:
        if options.out is None:
            parser.error("--live needs --out DIR for its runs")
        return live(_comparison(options), options.live, without=options.without)
    runs = [read_run(path) for path in options.runs]
    states = whole_states(runs)
    excluded = options.exclude.read_text(encoding="utf-8").split() if options.exclude else []
    toolchain = "+".join(sorted({run.info.toolchain for run in runs}))
    model = train(states, excluded=excluded, toolchain=toolchain)
    print(heading("learn", seed=None))
    proved = sum(state.is_proved for state in states)
    about = model.manifest
    print(f"# {about.states} states of {len(about.modules)} modules, {proved} proved; {about.calls} calls")
    saved = [_compare(states, seed) for seed in options.seeds]
    _learning_curve(states, options.seeds[0])
    print(f"# reckoning with a state: {_reckoning(model, states)}")
    if options.write is None:
        return 0
    if statistics.mean(saved) > _ENOUGH:
        print(f"# not written: {statistics.mean(saved):.2f} × measured is more than {_ENOUGH}")
        return 1
    model.write(options.write)
    print(f"# {options.write}: {options.write.stat().st_size} bytes")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench learn", description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run folders with traces; with --live: lists")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--exclude", type=Path, metavar="FILE", help="modules that no state may come from, one a line")
    parser.add_argument("--write", type=Path, metavar="FILE", help="the model of all states")
    parser.add_argument(
        "--live", type=Path, metavar="MODEL", help="compare this model with none on a real Lean instead"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="--live: where the runs go, and are gone on with")
    parser.add_argument("--lean-s", type=float, default=2.0, help="--live: Lean seconds a theorem (default 2)")
    parser.add_argument("--sample", type=int, metavar="N", help="--live: so many theorems at random")
    parser.add_argument("--workers", type=int, default=2, help="--live: Lean workers")
    parser.add_argument("--without", nargs="*", default=(), choices=OTHERS, help="--live: leave these arms out")
    return parser


def _comparison(options: argparse.Namespace) -> Comparison:
    return Comparison(
        [str(path) for path in options.runs],
        options.out,
        rules=("token-mean",),
        seeds=options.seeds,
        lean_s=options.lean_s,
        workers=options.workers,
        sample=options.sample,
    )


def _compare(states: Sequence[WholeState], seed: int) -> float:
    """Print the arms of one seed; the learned one's heartbeats for each of the measured one's."""
    models, on_line = folds(states, count=_FOLDS, seed=seed), OnLine()
    book_on_line = OnLine().over(rule_book)
    arms: _Arms = {
        "flat": lambda _: flat,
        "book": lambda _: rule_book,
        "book, on line": lambda _: book_on_line,
        "measured": lambda state: remeasured(models[state.module]),
        "learned": lambda state: learned(models[state.module]),
        "+ on line": lambda state: on_line.over(learned(models[state.module])),
        "- kinds": lambda state: learned(without_kinds(models[state.module])),
    }
    played = {name: replay(states, arm) for name, arm in arms.items()}
    print(_LINE.format(f"seed {seed}", "heartbeats", "Lean s", "calls", "calibration", "× measured"))
    for name, found in played.items():
        print(_row(name, found, played["measured"], seed))
    return ratio(played["learned"], played["measured"], seed=seed)[0]


def _row(name: str, found: Replayed, measured: Replayed, seed: int) -> str:
    mean, low, high = ratio(found, measured, seed=seed)
    times = f"{mean:.2f} [{low:.2f}, {high:.2f}]"
    error = f"{found.calibration_error:.3f}"
    return _LINE.format(name, f"{found.heartbeats:.0f}", f"{found.lean_s:.1f}", found.calls, error, times)


def _learning_curve(states: Sequence[WholeState], seed: int) -> None:
    """Print the learned arm over the measured one, with figures and model from a part of the modules."""
    for part in (4, 2, 1):
        models = folds(states, count=_FOLDS, seed=seed, part=part)
        measured = replay(states, lambda state, models=models: remeasured(models[state.module]))  # type: ignore[misc]
        found = replay(states, lambda state, models=models: learned(models[state.module]))  # type: ignore[misc]
        print(f"# learned × measured from 1/{part} of the modules: {ratio(found, measured, seed=seed)[0]:.2f}")


def _reckoning(model: RuleModel, states: Sequence[WholeState]) -> str:
    """The time that the model takes for a state with all its calls."""
    took = []
    for state in states[:_TIMED]:
        began = time.perf_counter()
        model.turns(state.kind, [(call.rule, call.factor) for call in state.calls])
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    return f"p50 {took[len(took) // 2]:.2f} ms, p99 {took[int(0.99 * (len(took) - 1))]:.2f} ms"
