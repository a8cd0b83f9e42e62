"""`stepwise critic-eval RUN`: what a critic is worth on the traces of a run; trains a small one; searches with it."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from critic.calibration import PairAccuracy, SiblingRank
from critic.dataset import is_held_out
from prover.cli.console import Console
from prover.errors import UsageError

if TYPE_CHECKING:
    from critic.dataset import SearchedTree
    from prover.learn.critic_measure import Measured


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="a run with traces")
    parser.add_argument("--critic", default="heuristic", metavar="SPEC", help="heuristic, a folder, a .json or a URL")
    parser.add_argument("--device", metavar="NAME", help="cpu, cuda or cuda:N")
    parser.add_argument("--train", type=Path, metavar="JSON", help="train on four fifths of them, measure on the rest")
    parser.add_argument("--trunk", metavar="FOLDER", help="train heads on this model, not a line through features")
    parser.add_argument("--all", action="store_true", help="measure on all theorems, not the held-out fifth")
    parser.add_argument("--ablation", type=Path, metavar="DIR", help="search again, with and without it, into DIR")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="theorems of the ablation (default 20)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="default 0")


def run(options: argparse.Namespace) -> int:
    """Print the figures."""
    return asyncio.run(evaluate(options, Console()))


async def evaluate(options: argparse.Namespace, console: Console) -> int:
    """Train where asked, measure, and search again where asked."""
    from prover.learn.critic_data import searched_trees
    from prover.learn.critic_measure import measure
    from prover.policy.critics import open_critic

    trees = list(searched_trees(options.run_folder))
    held_out = [tree for tree in trees if options.all or is_held_out(tree.theorem)]
    spec = options.critic
    if options.train is not None:
        train(options, [tree for tree in trees if not is_held_out(tree.theorem)])
        spec = str(options.train)
    opened = await open_critic(spec, device=options.device)
    try:
        measured = await measure(opened.critic, held_out, seed=options.seed)
    finally:
        await opened.close()
    console.line(f"critic {spec} on {'all' if options.all else 'held-out'} theorems of {options.run_folder}")
    for text in shown(measured):
        console.line(text)
    if options.ablation is not None:
        await ablate(options, spec, console)
    return 0


def train(options: argparse.Namespace, trees: list[SearchedTree]) -> None:
    """Write a critic of our own, by features or on a model."""
    from prover.learn.critic_measure import train_heads, train_line
    from prover.policy.trained import write_heads, write_line

    if options.trunk is None:
        write_line(options.train, *train_line(trees, seed=options.seed))
        return
    from prover.models.build import build_text_reader
    from prover.models.options import CriticOptions
    from prover.policy.opened import options as parse

    folder, _, query = options.trunk.partition("?")
    settings = parse(CriticOptions, query, options.trunk, bos=1, device=options.device)
    heads, calibration = train_heads(trees, build_text_reader(folder, settings), seed=options.seed)
    write_heads(options.train, heads, calibration, trunk=options.trunk)


def shown(measured: Measured) -> list[str]:
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


async def ablate(options: argparse.Namespace, spec: str, console: Console) -> None:
    """The run's own settings on its held-out theorems, once best-first and once guided by the critic."""
    from prover.cli.prove import prove
    from prover.config import stored_config
    from prover.report.compare import compare_runs, comparison_text
    from prover.report.data import read_run
    from prover.run.folder import read_info
    from prover.run.store import read_tasks
    from prover.tasks import TaskList

    config = stored_config(read_info(options.run_folder).config, str(options.run_folder))
    chosen = [task for task in read_tasks(options.run_folder).tasks if options.all or is_held_out(task.id)]
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
        await prove(folders[-1], tasks, settings, console)
    without, guided = (read_run(folder) for folder in folders)
    console.line(comparison_text(compare_runs(without, guided)).rstrip())
