"""A judge that was begun before the run's components are there."""

from __future__ import annotations

import psutil
import pytest

from prover.assembly.spares import Spares
from prover.judge import Judge
from tests.process.judge.test_processes import LIMITS, FakeToolchain, text


@pytest.mark.parametrize("is_taken", [True, False])
async def test_a_judge_that_was_begun_judges_and_is_ended_by_whoever_owns_it(is_taken: bool) -> None:
    async with Spares() as spares:
        spares.give_judge("fake", Judge(FakeToolchain(), limits=LIMITS, for_one=True))
        if is_taken:
            judge = spares.take_judge("fake")
            assert judge is not None
            assert spares.take_judge("fake") is None
            async with judge:
                assert (await judge.judge(text(), text(), "t")).is_accepted
    assert not psutil.Process().children(recursive=True)
