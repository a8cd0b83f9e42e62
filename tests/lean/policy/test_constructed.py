"""Statements made backwards from a proof: the proof they were made from holds, and the policy finds one."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from prover.assembly.proving import prove
from prover.config import Config, LeanConfig
from prover.run.result import Status
from prover.tasks import load_tasks
from scripts.benchmarks._constructed import constructed
from tests.lean.lean_project.step_client import StepServer

SEED = 2


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_the_proof_that_a_statement_was_made_from_is_one(server: StepServer, depth: int) -> None:
    for each in constructed(SEED, depth, 8):
        answer = server.ask(cmd=f"{each.header}\n{each.statement} := by\n{each.proof}")
        assert [m["data"] for m in answer.get("messages", []) if m["severity"] == "error"] == [], each


def test_the_same_seed_makes_the_same_statements() -> None:
    assert list(constructed(SEED, 3, 8)) == list(constructed(SEED, 3, 8)) != list(constructed(SEED + 1, 3, 8))


def test_proofs_of_one_and_two_moves_are_found(tmp_path: Path) -> None:
    made = [*constructed(SEED, 1, 3), *constructed(SEED, 2, 3)]
    rows = tmp_path / "constructed.jsonl"
    rows.write_text("".join(json.dumps(each.row) + "\n" for each in made), encoding="utf8")
    config = Config(time_limit_s=60.0, lean=LeanConfig(workers=1))
    results = asyncio.run(prove(load_tasks([str(rows)]), config, tmp_path / "run"))
    assert results.counts == {Status.PROVED: len(made)}
