"""Rules of the built-in policy with Lean: each is accepted at the goal it is meant for (`tests/cases/rules.json`)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from prover.policy.builtin.policy import proposals
from prover.policy.builtin.view import View
from search.base import Premise
from tests.cases import RULES
from tests.lean.lean_project.step_client import Answer, StepServer, goal_of

_TRIED = 6  # calls of one rule on one goal
_MEANT_FOR: dict[str, list[str]] = json.loads(RULES.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def server() -> Iterator[StepServer]:
    with StepServer() as running:
        yield running


@pytest.mark.parametrize("text", _MEANT_FOR)
def test_rules_are_accepted_at_the_goal_that_they_are_meant_for(server: StepServer, text: str) -> None:
    state = server.open(text)
    (shown,) = server.ask(state=state)["goals"]
    found = server.ask(premises=32, proofState=state)["premises"]
    premises = tuple(Premise(each["name"], each["kind"], each["score"]) for each in found)
    view = View(goal_of(shown), premises, text.rpartition("theorem t")[0])
    calls: dict[str, list[Answer]] = {rule: [] for rule in _MEANT_FOR[text]}
    for each in proposals(view):
        if each.template in calls and len(calls[each.template]) < _TRIED:
            call = {"tactic": view.naming(each.tactic), "heartbeats": each.limits.heartbeats}
            calls[each.template] += server.ask(tactics=[call], proofState=state)["results"]
    refused = {rule: answers for rule, answers in calls.items() if all("error" in answer for answer in answers)}
    assert not refused
