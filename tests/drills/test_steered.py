"""Every theorem that fails alone, and is proved after one tactic that a person typed."""

from __future__ import annotations

import pytest

from tests.lean.workbench.test_steered import TYPED, hold_difference


@pytest.mark.parametrize("statement", TYPED, ids=("pythagoras", "taxicab", "rev_rev"))
async def test_one_typed_tactic_makes_the_difference(statement: str) -> None:
    await hold_difference(statement)
