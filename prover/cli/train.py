"""`stepwise train`: policies and critics, trained on runs and on mined steps."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from critic.calibration import PairAccuracy
from prover.cli.console import Console
from prover.cli.numbers import at_least_one, natural, positive
from prover.cli.page import Page
from prover.cli.telling import Telling
from prover.errors import MissingExtra, UsageError
from prover.learn.critic import (
    head_scores,
    held_out_accuracy,
    line_scores,
    refuse_worse_than_chance,
    train_heads,
    train_line,
)
from prover.learn.split import Split
from prover.learn.traces import searched
from prover.learn.tree import SearchTree
from prover.policy.trained import write_heads, write_line
from prover.run.records import read_run
from prover.train.recipe import Recipe
from prover.train.steps import read_steps, runs_below

if TYPE_CHECKING:
    from prover.train.steps import Step

PAGE = Page(
    examples=(
        "stepwise train policy --base models/7b --lora 16 --data runs/a --out mine",
        "stepwise train policy --base new --data steps.jsonl --out tiny --rate 0.001",
        "stepwise train critic --base models/2b --data runs/a runs/b --out my-critic",
        "stepwise train critic --base line --data runs/a --out critic.json",
        "stepwise prove FILE.lean --policy mine --critic my-critic --rule critic",
    ),
    document="learning.md",
)
_NEW, _LINE = "new", "line"
_DEFAULT = Recipe()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "what",
        choices=["policy", "critic"],
        metavar="WHAT",
        help="policy: learns tactics that led to proofs; critic: learns which of two states is nearer to a proof",
    )
    parser.add_argument(
        "--base",
        required=True,
        metavar="MODEL",
        help="the model to begin from, a folder or a hub id; for a policy also `new`, a small one from nothing; for a "
        "critic also `line`, a line through features of the state's text, without a model",
    )
    parser.add_argument(
        "--data",
        nargs="+",
        type=Path,
        required=True,
        metavar="RUN",
        help="runs with traces, or folders of such; for a policy also files of mined steps",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the new folder; of a `line`, a .json")
    parser.add_argument("--style", metavar="NAME", help="how the policy is asked (default: as its base)")
    parser.add_argument("--frozen", action="store_true", help="critic: train heads alone, into a .json")
    parser.add_argument("--force", action="store_true", help="critic: write it even if it is worse than chance")
    _add_recipe(parser.add_argument_group("the training"))
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--json", action="store_true", help="the figures, as JSON")


def _add_recipe(group: argparse._ArgumentGroup) -> None:
    known = _DEFAULT
    group.add_argument(
        "--lora", type=natural, default=known.lora, metavar="RANK", help="train low-rank matrices instead"
    )
    group.add_argument("--epochs", type=positive, default=known.epochs, metavar="N", help=f"default {known.epochs:g}")
    group.add_argument("--rate", type=positive, default=known.rate, metavar="X", help=f"default {known.rate:g}")
    group.add_argument("--batch", type=at_least_one, default=known.batch, metavar="N", help=f"default {known.batch}")
    group.add_argument(
        "--max-tokens",
        type=at_least_one,
        default=known.max_tokens,
        metavar="N",
        help=f"of a row (default {known.max_tokens})",
    )
    group.add_argument(
        "--refused",
        type=natural,
        default=known.refused,
        metavar="N",
        help="policy: then prefer the proof's tactic to up to N refused ones of each state (default 0: not)",
    )
    group.add_argument("--device", metavar="NAME", help="cpu, cuda or cuda:N (default: a GPU if there is one)")
    group.add_argument("--seed", type=int, default=0, metavar="N", help="of every random choice (default 0)")


def run(options: argparse.Namespace) -> int:
    """Do it; the exit code."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
    _refuse_without_effect(options)
    if options.what == "policy":
        return _policy(options, console)
    return _critic(options, console)


def _refuse_without_effect(options: argparse.Namespace) -> None:
    """Raise UsageError for an option that the training asked for does not have."""
    kind = f"a {options.what}"
    foreign: dict[str, object] = {"style": None, "refused": _DEFAULT.refused}
    if options.what == "policy":
        foreign = {"frozen": False, "force": False}
    if options.what == "critic" and (options.base == _LINE or options.frozen):
        kind = "a line" if options.base == _LINE else "heads on a frozen model"
        foreign |= {name: getattr(_DEFAULT, name) for name in ("lora", "epochs", "rate", "batch", "max_tokens")}
    for name, default in foreign.items():
        if getattr(options, name) != default:
            raise UsageError(f"--{name.replace('_', '-')} has no effect on the training of {kind}")


# ---------------------------------------------------------------------------------------------------------- policies


def _policy(options: argparse.Namespace, console: Console) -> int:
    steps = read_steps(options.data)
    console.note(f"{len(steps)} states with a proof in {len(options.data)} sources")
    base = _base(options, steps)
    try:
        from prover.train.policy import train_policy
    except ImportError as error:
        raise MissingExtra("training a model", "train") from error
    done = train_policy(base, steps, _recipe(options), options.out, Telling(console).progress, style=options.style)
    for reason, count in done.left_out.items():
        console.line(f"left out, {reason}: {count} tactics")
    console.line(f"learned from {done.tactics} tactics and {done.preferences} preferences")
    console.line(
        f"{done.held_out} tactics of held-out statements: log-probability of a token {done.before:.3f} before, "
        f"{done.after:.3f} now"
    )
    console.line(f"policy: {options.out}; use it: stepwise prove FILE --policy {options.out}")
    console.json(
        {
            "policy": str(options.out),
            "style": done.style,
            "tactics": done.tactics,
            "preferences": done.preferences,
            "left_out": done.left_out,
            "held_out": {"tactics": done.held_out, "before": done.before, "after": done.after},
        }
    )
    return 0


def _base(options: argparse.Namespace, steps: Sequence[Step]) -> Path:
    """The folder of the base model; a new one is made beside the target, once."""
    from prover.models.hub import find_model

    if options.base != _NEW:
        return find_model(options.base)
    folder: Path = options.out.with_name(f"{options.out.name}-base")
    if not folder.exists():
        try:
            from prover.train.scratch import write_scratch
        except ImportError as error:
            raise MissingExtra("training a model", "train") from error
        learned, _ = Split().parted(steps)
        write_scratch(folder, (text for step in learned for text in (step.state, *step.good)), seed=options.seed)
    return folder


# ----------------------------------------------------------------------------------------------------------- critics


def _critic(options: argparse.Namespace, console: Console) -> int:
    theorems = [found for source in options.data for run in _runs(source) for found in searched(read_run(run))]
    learned, held_out = ([theorem.tree for theorem in part] for part in Split().parted(theorems))
    if options.base == _LINE or options.frozen:
        accuracy = _small(options, learned, held_out, console)
    else:
        accuracy = _whole(options, learned, held_out, console)
    shown = f"{accuracy.accuracy:.1%} of {accuracy.num_pairs} held-out pairs" if accuracy.num_pairs else "not known"
    console.line(f"critic: {options.out}; ordered rightly: {shown}")
    console.line(f"look closer: stepwise critic-eval RUN --critic {options.out}")
    console.json({"critic": str(options.out), "pairs": accuracy.num_pairs, "accuracy": accuracy.accuracy})
    return 0


def _runs(source: Path) -> Sequence[Path]:
    runs = runs_below(source)
    if not runs:
        raise UsageError(f"{source} is no run, and no folder of runs")
    return runs


def _whole(
    options: argparse.Namespace, learned: Sequence[SearchTree], held_out: Sequence[SearchTree], console: Console
) -> PairAccuracy:
    """A model with a head, trained as a whole."""
    from prover.models.hub import find_model

    base = find_model(options.base)
    try:
        from prover.train.critic import train_critic
    except ImportError as error:
        raise MissingExtra("training a model", "train") from error
    done = train_critic(
        base, learned, held_out, _recipe(options), options.out, Telling(console).progress, is_forced=options.force
    )
    console.line(f"learned from {done.pairs} pairs")
    return done.held_out


def _small(
    options: argparse.Namespace, learned: Sequence[SearchTree], held_out: Sequence[SearchTree], console: Console
) -> PairAccuracy:
    """A line through features, or heads on a model that stays as it is; written to a file. Raises UsageError for one
    that is worse than chance on the held-out theorems, unless it is forced."""
    if options.out.suffix != ".json":
        raise UsageError(f"--out {options.out}: such a critic is written to a .json file")
    if options.base == _LINE:
        line, calibration = train_line(learned, seed=options.seed)
        accuracy = held_out_accuracy(line_scores(line), held_out, seed=options.seed)
        _refuse_useless(accuracy, options, console)
        write_line(options.out, line, calibration)
        return accuracy
    from prover.models.build import build_text_reader
    from prover.models.hub import find_model
    from prover.models.options import TrunkOptions
    from prover.policy.opened import options as parse
    from prover.policy.opened import with_full_paths

    folder, _, query = options.base.partition("?")
    reader = build_text_reader(find_model(folder), parse(TrunkOptions, query, options.base, device=options.device))
    heads, calibration = train_heads(learned, reader, seed=options.seed)
    accuracy = held_out_accuracy(head_scores(heads, reader), held_out, seed=options.seed)
    _refuse_useless(accuracy, options, console)
    write_heads(options.out, heads, calibration, trunk=with_full_paths(options.base))
    return accuracy


def _refuse_useless(found: PairAccuracy, options: argparse.Namespace, console: Console) -> None:
    """Refuse a trained critic that ranks held-out pairs worse than chance; say so where there are no such pairs."""
    if not found.num_pairs:
        console.line("no held-out theorem has a proof of two steps: whether the critic beats chance is not known")
    elif not options.force:
        refuse_worse_than_chance(found)


def _recipe(options: argparse.Namespace) -> Recipe:
    names = ("epochs", "rate", "batch", "lora", "max_tokens", "seed", "device", "refused")
    return Recipe(**{name: getattr(options, name) for name in names})
