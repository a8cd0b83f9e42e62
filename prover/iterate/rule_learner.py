"""The rule model of the built-in policy as a learner: it needs whole states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prover.learn.rule_model import train
from prover.learn.rule_replay import learned, ratio, replay, rule_book
from prover.learn.split import place_of
from prover.learn.whole_states import WholeState, whole_states
from prover.policy.builtin.rule_model import RuleModel
from prover.run.records import RunData

_HELD_OUT = 0.2  # of the modules


class RuleLearner:
    """Learns which rule to try first, and when to give a call up, on modules that are not held out."""

    name = "rules"

    def train(self, runs: Sequence[RunData], target: Path, *, seed: int) -> None:  # noqa: ARG002
        states, held_out = _parted(runs)
        away = {state.module for state in held_out}
        train(states, excluded=away, toolchain=runs[-1].info.toolchain).write(target)

    def replay(self, model: Path | None, runs: Sequence[RunData], *, seed: int) -> float | None:
        """The share of the rule book's heartbeats to the first success that it saves, on held-out modules."""
        states = [state for state in _parted(runs)[1] if state.is_proved]
        if not states:
            return None
        if model is None:
            return 0.0
        arm = learned(RuleModel.read(model))
        ours, theirs = replay(states, lambda _: arm), replay(states, lambda _: rule_book)
        return 1.0 - ratio(ours, theirs, seed=seed)[0]

    def settings(self, model: Path) -> Mapping[str, Any]:
        return {"policy": {"model": str(model)}}

    def promise(self, model: Path, run: RunData) -> dict[str, float]:  # noqa: ARG002
        """None: rules say nothing about whole theorems."""
        return {}


def _parted(runs: Sequence[RunData]) -> tuple[list[WholeState], list[WholeState]]:
    """The whole states to learn from and those held out, a module's all in one part, the same in every round."""
    parts: tuple[list[WholeState], list[WholeState]] = ([], [])
    for state in whole_states(runs):
        parts[place_of(state.module) < _HELD_OUT].append(state)
    return parts
