"""Random walks through proofs: at each state that they reach, steps and a file say the same. Half of the statements are
walked here, all of them many times in the drills."""

from __future__ import annotations

import pytest

from tests.lean.lean_project.step_client import StepServer
from tests.lean.lean_project.walks import STATEMENTS, walk


@pytest.mark.parametrize("statement", STATEMENTS[::2])
def test_a_walk_and_its_file_agree(server: StepServer, statement: str) -> None:
    walk(server, statement, seed=0)
