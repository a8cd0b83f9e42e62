"""Whole searches, event by event, against small files: a change of behaviour shows as a difference.

`python -m tests.unit.search.test_golden` writes them anew.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from search import Budget, Rule, SearchOptions
from search.base import Theorem
from search.engine import Search
from search.events import Event, to_json
from tests.fakes.drive import drive
from tests.fakes.environment import FakeEnvironment, World
from tests.fakes.policy import HashPolicy

FOLDER = Path(__file__).parent / "golden"
RULES = ("token-mean", "critic", "mcts")


def trace(rule: str) -> str:
    """The events of one small search with three expansions in flight, one JSON object a line, and its result."""
    environment = FakeEnvironment(World(seed=12, num_goals=25, shares=(45, 3, 1, 4, 47)))
    events: list[Event] = []
    search = Search(
        Theorem("golden"),
        environment.root,
        rule=Rule.of(rule),
        budget=Budget(expansions=14),
        options=SearchOptions(num_samples=3, max_attempts=2),
        seed=3,
        clock=lambda: 0.0,
        record=events.append,
    )
    reason = drive(search, environment, HashPolicy(), width=3, shuffle=5)
    proof = search.result().proof
    last = {"reason": reason, "proof": proof.script if proof is not None else None, "nodes": len(search.graph.nodes)}
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in [*map(to_json, events), last])


@pytest.mark.parametrize("rule", RULES)
def test_a_search_is_byte_for_byte_what_it_was(rule: str) -> None:
    assert trace(rule) == (FOLDER / f"{rule}.jsonl").read_text(encoding="utf8")


if __name__ == "__main__":
    for name in RULES:
        (FOLDER / f"{name}.jsonl").write_text(trace(name), encoding="utf8")
