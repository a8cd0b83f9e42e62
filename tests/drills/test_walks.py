"""Walks through proofs, many more than in the gate: steps and a file say the same wherever they lead, at random or on
the way that a person went; and a state is printed the same after any number of others."""

from __future__ import annotations

import pytest

from tests.lean.lean_project.step_client import StepServer
from tests.lean.lean_project.test_faithful import PROOFS, hold_agreement
from tests.lean.lean_project.test_printing import hold_printed_again
from tests.lean.lean_project.walks import STATEMENTS, walk


@pytest.mark.parametrize("seed", range(9))
def test_walks_and_their_files_agree(seed: int) -> None:
    with StepServer() as server:
        for statement in STATEMENTS:
            walk(server, statement, seed)


def test_every_proof_in_steps_is_a_proof_in_a_file() -> None:
    with StepServer() as server:
        for statement, steps in PROOFS:
            hold_agreement(server, statement, steps, is_proof=True)


def test_a_state_asked_for_again_is_the_same_after_all_that_is_kept_was_printed_over() -> None:
    with StepServer() as server:
        hold_printed_again(server, others=1500)
