"""The success rate of each template of the built-in policy, counted over searched trees.

A proposal is a success if it closed its state, or led to parts that were all proved in the same search. Rates are over
states that were proved, since for the others no proposal is known to be right. A proposal is not counted if the search
expanded none of its parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from prover.learn.tree import SearchTree
from prover.policy.builtin.table import ORIGIN


@dataclass(slots=True)
class Trials:
    """The counts of one template: all its proposals for their cost in Lean's seconds, and those on provable states for
    its success rate."""

    tried: int = 0
    lean_s: float = 0.0
    on_provable: int = 0
    closed: int = 0
    left_goals: int = 0
    led_on: int = 0


def count_trials(trees: Iterable[SearchTree]) -> dict[str, Trials]:
    """The trials of every template, by its name."""
    counts: dict[str, Trials] = {}
    for tree in trees:
        for node in tree.states.values():
            for tactic in node.tactics:
                if not tactic.origin.startswith(ORIGIN):
                    continue
                found = counts.setdefault(tactic.origin.removeprefix(ORIGIN), Trials())
                found.tried += 1
                found.lean_s += tactic.lean_s
                if node.is_proved and tree.is_decided(tactic):
                    is_advance = tactic.outcome == "advanced"
                    found.on_provable += 1
                    found.closed += tactic.outcome == "proved"
                    found.left_goals += is_advance
                    found.led_on += is_advance and tree.is_success(tactic)
    return counts
