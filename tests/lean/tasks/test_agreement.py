"""Files at random, in which Lean and the tasks must agree; the drills have two thousand."""

from __future__ import annotations

import pytest

from tests.lean.lean_project.step_client import StepServer
from tests.lean.tasks.agreement import disagreements
from tests.lean.tasks.grammar import Maker

FILES = 8


def test_the_tasks_of_a_file_are_the_sorries_that_lean_lists() -> None:
    with StepServer() as server:
        for seed in range(FILES):
            text = Maker(seed).file()
            found = disagreements(server, text)
            if found:
                pytest.fail(f"file {seed}:\n{text}\n" + "\n".join(found))
