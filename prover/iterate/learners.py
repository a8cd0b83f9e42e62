"""What is trained anew after each round, on all rounds, and has to prove itself before the next one uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from critic.features import features
from prover.errors import UsageError
from prover.learn.critic import held_out_accuracy, line_scores, train_line
from prover.learn.split import Split
from prover.learn.traces import searched
from prover.learn.tree import SearchTree
from prover.policy.trained import read_line, write_line
from prover.run.records import RunData

_CHANCE = 0.5


class Learner(Protocol):
    """Trains one kind of model from nothing."""

    name: str
    """In file names and reports."""

    def train(self, runs: Sequence[RunData], target: Path, *, seed: int) -> None:
        """Write a model that learned from the runs' statements that are not held out. Raises UsageError where they hold
        nothing to learn from."""
        ...

    def replay(self, model: Path | None, runs: Sequence[RunData], *, seed: int) -> float | None:
        """How good a model (None: what a run has without one) is on the held-out statements of the runs, without Lean;
        higher is better. None where there are none to tell."""
        ...

    def settings(self, model: Path) -> Mapping[str, Any]:
        """The settings of a run that uses the model."""
        ...

    def promise(self, model: Path, run: RunData) -> dict[str, float]:
        """By the ids of theorems, how likely their statements are to be proved; higher is likelier."""
        ...


class LineCritic:
    """The critic that needs no library: a line through features of a state's text."""

    name = "critic"

    def train(self, runs: Sequence[RunData], target: Path, *, seed: int) -> None:
        line, calibration = train_line(_trees(runs)[0], seed=seed)
        write_line(target, line, calibration)

    def replay(self, model: Path | None, runs: Sequence[RunData], *, seed: int) -> float | None:
        """The share of pairs of held-out states that are ordered rightly."""
        _, held_out = _trees(runs)
        if model is None:
            return _CHANCE
        line, _ = read_line(model)
        found = held_out_accuracy(line_scores(line), held_out, seed=seed)
        return found.accuracy if found.num_pairs else None

    def settings(self, model: Path) -> Mapping[str, Any]:
        return {"models": {"critic": str(model)}}

    def promise(self, model: Path, run: RunData) -> dict[str, float]:
        line, calibration = read_line(model)
        roots = ((theorem.record.id, theorem.tree.root.goals) for theorem in searched(run))
        return {name: float(calibration.value(line.score(features(text)))) for name, text in roots}


@dataclass(frozen=True, slots=True)
class Choice:
    """The choice between a learner's known model and a fresh one. `model` is used from now on (None: none is); `before`
    and `now` are the figures of the known and of the fresh model in replay (None: the runs hold nothing to measure on);
    `reason` says why no fresh model was trained, empty if one was."""

    model: Path | None
    before: float | None
    now: float | None = None
    reason: str = ""


def choose(learner: Learner, known: Path | None, fresh: Path, runs: Sequence[RunData], *, seed: int) -> Choice:
    """Train the model `fresh`, and take it if it is better in replay than the `known` one."""
    before = learner.replay(known, runs, seed=seed)
    try:
        learner.train(runs, fresh, seed=seed)
    except UsageError as error:  # too little to learn from, or a library is missing
        return Choice(known, before, reason=str(error))
    now = learner.replay(fresh, runs, seed=seed)
    is_better = now is not None and (before is None or now > before)
    return Choice(fresh if is_better else known, before, now)


def _trees(runs: Sequence[RunData]) -> tuple[list[SearchTree], list[SearchTree]]:
    """The search trees of the statements to learn from, and of those held out."""
    learned, held_out = Split().parted(theorem for run in runs for theorem in searched(run))
    return [each.tree for each in learned], [each.tree for each in held_out]
