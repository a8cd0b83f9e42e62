"""The usage of an attempt on its way through the journal."""

from __future__ import annotations

import json
from dataclasses import fields

from prover.run.usage import Usage
from search.budget import Budget
from search.result import Statistics

FULL = Usage(
    strategy="critic",
    budget="1×32×600",
    limits=Budget(expansions=600),
    tokens=7,
    value=0.5,
    proven_share=0.25,
    counts=Statistics(nodes=3),
    beside={"disproof": "exhausted"},
    beside_lean_s=1.5,
    disproof=True,
    contradictory_hypotheses=True,
    judge_s=0.5,
    search_s=2.0,
    infrastructure_retries=2,
    plan={"sketches": 1},
)


def test_every_field_comes_back_from_a_line_of_the_journal() -> None:
    assert [item.name for item in fields(Usage) if getattr(FULL, item.name) == getattr(Usage(), item.name)] == []
    assert Usage.from_json(json.loads(json.dumps(FULL.to_json()))) == FULL


def test_an_attempt_without_a_search_leaves_nothing_to_read() -> None:
    assert Usage().to_json() == {}
    assert Usage.from_json({}) == Usage()
