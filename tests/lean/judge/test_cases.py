"""Every case of the judge on the real Lean, without the ban list: the Lean side has to hold by itself.

Three processes are kept for all of them, and not cleaned: a case may make use of whatever others have left behind.
"""

from __future__ import annotations

import pytest

from prover.judge import Reason
from prover.judge.processes import ComparingProcess
from tests.cases import Case, cases
from tests.lean.judge.processes import SharedProcess
from tests.lean.judge.questions import hold, question
from tests.sample import one_in

pytestmark = [pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("case", cases("attacks") + cases("honest"), ids=lambda case: case.name)
async def test_lean_alone_says_what_the_case_says(
    case: Case, elaborating: SharedProcess, solving: SharedProcess, comparing: ComparingProcess
) -> None:
    asked = question(case, is_whole=case.is_whole)
    hold(case, await asked.run(elaborating.answer, solving.answer, comparing.ask))


TAKEN_FOR_ERRORS = {case.name: case for case in cases("attacks") if Reason.ELABORATION in case.kinds}


@pytest.mark.parametrize("name", one_in(3, TAKEN_FOR_ERRORS))
async def test_no_attack_is_better_off_in_a_persons_file(
    name: str, elaborating: SharedProcess, solving: SharedProcess, comparing: ComparingProcess
) -> None:
    """Of a third of them; the drills have them all."""
    await hold_no_better_off(TAKEN_FOR_ERRORS[name], elaborating, solving, comparing)


async def hold_no_better_off(
    case: Case, elaborating: SharedProcess, solving: SharedProcess, comparing: ComparingProcess
) -> None:
    asked = question(case, is_whole=False)
    verdict = await asked.run(elaborating.answer, solving.answer, comparing.ask)
    assert not verdict.is_accepted, verdict
