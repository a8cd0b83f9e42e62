"""Every theorem that fails alone, and is proved after one tactic that a person typed."""

from __future__ import annotations

import pytest

from prover.assembly.listener import Listener
from prover.assembly.warm import open_warm
from prover.config import Config, LeanConfig
from tests.lean.workbench.test_steered import TYPED, hold_difference


@pytest.mark.parametrize("statement", TYPED, ids=("pythagoras", "taxicab", "rev_rev"))
async def test_one_typed_tactic_makes_the_difference(statement: str) -> None:
    async with open_warm(Config(lean=LeanConfig(workers=1)), Listener()) as opened:
        await hold_difference(opened, statement)
