"""`stepwise critic-eval RUN`: measures a critic on the traces of a run; searches with it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from critic.calibration import PairAccuracy, SiblingRank
from prover.cli.console import Console
from prover.cli.ending import run_until_told
from prover.cli.numbers import at_least_one
from prover.cli.page import Page
from prover.errors import UsageError
from prover.learn.critic import Measured, measure
from prover.learn.split import Split
from prover.learn.traces import searched
from prover.learn.tree import SearchTree
from prover.policy.critics import open_critic
from prover.run.records import read_run

PAGE = Page(
    examples=(
        "stepwise critic-eval runs/mine",
        "stepwise critic-eval runs/mine --critic critic.json",
        "stepwise critic-eval runs/mine --critic critic.json --ablation runs/both",
    ),
    document="models.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="a run with traces")
    parser.add_argument(
        "--critic",
        default="heuristic",
        metavar="SPEC",
        help="heuristic, a folder, a .json or a URL (default heuristic)",
    )
    parser.add_argument("--device", metavar="NAME", help="cpu, cuda or cuda:N (default: a GPU if there is one)")
    parser.add_argument("--all", action="store_true", help="measure on all theorems, not the held-out fifth")
    ablation = parser.add_argument_group("searching again")
    ablation.add_argument("--ablation", type=Path, metavar="DIR", help="search again, with and without it, into DIR")
    ablation.add_argument(
        "--limit", type=at_least_one, default=20, metavar="N", help="theorems of the ablation (default 20)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of every random choice (default 0)")


def run(options: argparse.Namespace) -> int:
    """Print the figures."""
    return run_until_told(evaluate(options, Console()))


async def evaluate(options: argparse.Namespace, console: Console) -> int:
    """Measure, and search again where asked."""
    theorems = list(searched(read_run(options.run_folder)))
    _, held_out = Split().parted(theorems)
    chosen = [theorem.tree for theorem in (theorems if options.all else held_out)]
    await _show(options, options.critic, chosen, console)
    if options.ablation is not None:
        await _ablate(options, options.critic, console)
    return 0


async def _show(options: argparse.Namespace, spec: str, trees: Sequence[SearchTree], console: Console) -> None:
    """Measure a critic and print its figures."""
    opened = await open_critic(spec, device=options.device)
    try:
        measured = await measure(opened.critic, trees, seed=options.seed)
    finally:
        await opened.close()
    console.line(f"critic {spec} on {'all' if options.all else 'held-out'} theorems of {options.run_folder}")
    for text in _shown(measured):
        console.line(text)


def _shown(measured: Measured) -> list[str]:
    """The figures as lines."""
    calibration = measured.calibration
    lines = [
        f"theorems        {measured.num_theorems}, {measured.num_proved} with a proof",
        f"pair accuracy   {_accuracy(measured.pairs)}",
        *(f"  {kind:<13} {_accuracy(part)}" for kind, part in measured.kinds.items() if part.num_pairs),
        f"sibling rank    {_ranks(measured.siblings)}",
        f"calibration     Brier {calibration.brier:.3f} (always {measured.base_rate:.2f}: "
        f"{measured.base_rate * (1 - measured.base_rate):.3f}), error {calibration.error:.3f}",
    ]
    lines += [f"  said {b.predicted:.2f}   was {b.observed:.2f}   {b.count} states" for b in calibration.bins]
    return lines


def _ranks(ranks: SiblingRank) -> str:
    if not ranks.num_families:
        return "no state with a child on a proof and one that led nowhere"
    return (
        f"{ranks.mean_rank:.2f} for the child on a proof, {ranks.chance_rank:.2f} by chance; first in "
        f"{100 * ranks.top_share:.1f} %, {100 * ranks.chance_top_share:.1f} % by chance ({ranks.num_families} families)"
    )


def _accuracy(part: PairAccuracy) -> str:
    if not part.num_pairs:
        return "no pairs"
    return f"{100 * part.accuracy:.1f} % [{100 * part.low:.1f}, {100 * part.high:.1f}] of {part.num_pairs} pairs"


async def _ablate(options: argparse.Namespace, spec: str, console: Console) -> None:
    """The run's own settings on its held-out theorems, once best-first and once guided by the critic."""
    from prover.assembly.proving import prove
    from prover.cli.telling import TellingRun
    from prover.config import stored_config
    from prover.report.compare import compare_runs, comparison_text
    from prover.run.folder import read_info
    from prover.run.store import read_tasks
    from prover.tasks import TaskList

    config = stored_config(read_info(options.run_folder).config, str(options.run_folder))
    split = Split()
    every = read_tasks(options.run_folder).tasks
    chosen = [task for task in every if options.all or split.is_held_out(task.statement)]
    if not chosen:
        raise UsageError("no theorem of this run is held out: use --all")
    tasks = TaskList(tuple(chosen[: options.limit]))
    folders = []
    for name, rule in (("without", "token-mean"), ("with", "critic")):
        settings = replace(
            config,
            search=replace(config.search, rule=rule),
            models=replace(config.models, critic=spec if rule == "critic" else None),
        )
        folders.append(options.ablation / name)
        with TellingRun(console, is_live=False) as listener:
            await prove(tasks, settings, folders[-1], listener)
    without, guided = (read_run(folder) for folder in folders)
    console.line(comparison_text(compare_runs(without, guided)).rstrip())
