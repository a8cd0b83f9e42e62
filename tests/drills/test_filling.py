"""A `sorry` in every position that it can have is filled, and the file elaborates."""

from __future__ import annotations

import pytest

from prover.assembly.listener import Listener
from prover.assembly.warm import open_warm
from prover.config import Config, LeanConfig
from tests.lean.assembly.test_filling import POSITIONS, hold_filled

pytestmark = [pytest.mark.timeout(1200)]


async def test_a_sorry_is_filled_in_every_position_and_the_file_elaborates() -> None:
    async with open_warm(Config(lean=LeanConfig(workers=1)), Listener()) as opened:
        await hold_filled(opened, list(POSITIONS))
