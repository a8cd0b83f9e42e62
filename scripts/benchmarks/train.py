"""A policy trained from nothing against the one that it began as, in replay: `scripts/bench train RUN… --out DIR`.

Both are asked for tactics at the proved states of statements that the split holds out. A state counts where the tactic
of its proof, or any tactic that led to a proof of it, is among the proposals. Needs the extra `train`; no Lean.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from prover.learn.split import Split
from prover.policy.registry import open_policy
from prover.train.policy import train_policy
from prover.train.recipe import Recipe
from prover.train.replay import replay
from prover.train.scratch import write_scratch
from prover.train.steps import Step, read_steps
from scripts.benchmarks._provenance import heading

_LONGEST = 400  # letters of a state or a tactic that a small model is asked about


def main(argv: list[str]) -> int:
    """Train, ask, print; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/bench train", description=__doc__)
    parser.add_argument("data", nargs="+", type=Path, metavar="RUN", help="runs with traces, or files of steps")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="for the models")
    parser.add_argument("--epochs", type=float, default=20.0, metavar="N")
    parser.add_argument("--samples", type=int, default=16, metavar="N", help="tactics for a state")
    parser.add_argument("--refused", type=int, default=0, metavar="N", help="refused tactics of a state")
    options = parser.parse_args(argv)
    print(heading("train", seed=0))
    steps = [step for step in map(_short, read_steps(options.data)) if step.good and len(step.state) <= _LONGEST]
    learned, held_out = Split().parted(steps)
    base = options.out / "base"
    if not base.exists():
        write_scratch(base, (text for step in learned for text in (step.state, *step.good)), seed=0)
    recipe = Recipe(options.epochs, rate=2e-3, batch=16, max_tokens=384, device="cpu", refused=options.refused)
    began = time.monotonic()
    done = train_policy(base, steps, recipe, options.out / "trained", _tell)
    took_s = time.monotonic() - began
    print(f"{len(learned)} states, {done.tactics} tactics, {done.preferences} preferences: {took_s:.0f} s of training")
    print(f"log-probability of a held-out tactic's token: {done.before:.3f} before, {done.after:.3f} after")
    for name in ("base", "trained"):
        asyncio.run(_ask(options.out / name, held_out, options.samples))
    return 0


def _short(step: Step) -> Step:
    step.good = [tactic for tactic in step.good if len(tactic) <= _LONGEST]
    return step


def _tell(name: str, done: int, total: int, unit: str) -> None:
    if done % 50 == 0:
        print(f"# {name}: {done} of {total} {unit}s", flush=True)


async def _ask(folder: Path, steps: Sequence[Step], samples: int) -> None:
    opened = await open_policy(f"{folder}?max_new=96&max_prompt=384", device="cpu")
    try:
        found = await replay(opened.policy, steps, samples=samples, seed=0)
    finally:
        await opened.close()
    print(
        f"{folder.name}: of {found.states} held-out states the proof's tactic is among {samples} proposals at "
        f"{found.true} ({found.true / found.states:.1%}), one that led to a proof at {found.good} "
        f"({found.good / found.states:.1%})"
    )
