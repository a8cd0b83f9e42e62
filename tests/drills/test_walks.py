"""Random walks through proofs, many more than in the gate: steps and a file say the same wherever they lead."""

from __future__ import annotations

import pytest

from tests.lean.lean_project.step_client import StepServer
from tests.lean.lean_project.walks import STATEMENTS, walk


@pytest.mark.parametrize("seed", range(9))
def test_walks_and_their_files_agree(seed: int) -> None:
    with StepServer() as server:
        for statement in STATEMENTS:
            walk(server, statement, seed)
