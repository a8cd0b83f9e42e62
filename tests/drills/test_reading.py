"""The reading drill: two thousand files at random, in which Lean and the tasks must agree."""

from __future__ import annotations

import pytest

from tests.lean.lean_project.step_client import StepServer
from tests.lean.tasks.agreement import disagreements
from tests.lean.tasks.grammar import Maker

pytestmark = [pytest.mark.timeout(3600)]

FIRST, FILES, BATCH = 1_000, 2_000, 200


def test_lean_and_the_tasks_agree_about_two_thousand_files() -> None:
    for start in range(FIRST, FIRST + FILES, BATCH):
        with StepServer() as server:
            for seed in range(start, start + BATCH):
                text = Maker(seed).file()
                found = disagreements(server, text)
                if found:
                    pytest.fail(f"file {seed}:\n{text}\n" + "\n".join(found))
