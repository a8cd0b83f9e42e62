"""The judge's drills: its two forms side by side over every case, its processes killed while it works, its walls around
inductive types put to thousands of mutants and to all types of Lean's own library."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random

import psutil
import pytest

from prover.judge import Judge, JudgeLimits
from prover.judge.judgement import Judgement, Text
from prover.judge.line import Line
from prover.judge.processes import ComparingProcess, start_process
from prover.judge.strict import StrictForm
from prover.judge.verdict import VerdictStatus
from prover.lean.embedded import ensure_embedded
from prover.lean.toolchain import Embedded
from prover.lean.transport import LeanProcess
from scripts.benchmarks.walls import put_library
from tests.cases import Case, cases
from tests.lean.judge.mutants import hold_mutants
from tests.lean.judge.processes import SharedProcess, start_judging
from tests.lean.judge.test_cases import TAKEN_FOR_ERRORS, hold_no_better_off
from tests.unit.judge.test_scan import PIECES, hold_linear

pytestmark = [pytest.mark.timeout(7200)]

LIMITS = JudgeLimits(start_s=180.0, memory_bytes=3 << 30)
IMPATIENT = replace(LIMITS, solution_s=8.0, compare_s=8.0)  # for what is to end at a limit
KILL_EVERY = 10  # verdicts
HOSTILE = "thread_answers_later"
HONEST = "theorem honest{0} (a b : Nat) : a + b + {0} = b + a + {0} := by "


@pytest.fixture
async def toolchain() -> Embedded:
    return await Embedded.prepare(await ensure_embedded())


def question(case: Case) -> Judgement:
    limits = IMPATIENT if case.status is VerdictStatus.UNKNOWN else LIMITS
    return Judgement(Text(case.challenge), Text(case.solution), case.theorem, limits, is_whole=case.is_whole)


@asynccontextmanager
async def forms(toolchain: Embedded) -> AsyncIterator[tuple[Line, StrictForm]]:
    """Both forms of the judge, without the ban list, so that every attack reaches Lean."""

    async def start() -> LeanProcess:
        return await start_process(toolchain, memory_bytes=3 << 30, start_timeout_s=180.0)

    clock = asyncio.get_running_loop().time
    line, strict = Line(start, clock=clock), StrictForm(start, parallel=1, spares=1, clock=clock)
    yield line, strict
    await line.close()
    await strict.close()


@pytest.mark.parametrize("seed", [0, 1])
async def test_both_forms_say_the_same_of_every_case_in_any_order(toolchain: Embedded, seed: int) -> None:
    shuffled = cases("attacks") + cases("honest")
    Random(seed).shuffle(shuffled)
    shuffled.sort(key=lambda case: case.name != HOSTILE)  # a process that it spoils serves all others
    async with forms(toolchain) as (line, strict):
        for number, case in enumerate(shuffled):
            usual = await line.judge(question(case), file=str(number // 3))  # what stands beside each other may be one
            alone = await strict.judge(question(case), file="")
            assert usual.status is alone.status is case.status, (case.name, usual, alone)
            assert usual.kind == alone.kind or {usual.kind, alone.kind} <= case.kinds, (case.name, usual, alone)


async def test_no_attack_of_all_is_better_off_in_a_persons_file(toolchain: Embedded) -> None:
    elaborating, solving = (SharedProcess(lambda: start_judging(toolchain)) for _ in range(2))
    comparing = ComparingProcess(lambda: start_judging(toolchain))
    for case in TAKEN_FOR_ERRORS.values():
        await hold_no_better_off(case, elaborating, solving, comparing)
    for process in (elaborating, solving, comparing):
        await process.close()


@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", PIECES)
def test_a_hostile_text_of_any_piece_is_scanned_in_linear_time(piece: str) -> None:
    hold_linear(piece)


async def test_two_hundred_verdicts_while_processes_are_killed(toolchain: Embedded) -> None:
    chance, killed = Random(0), 0
    async with Judge(toolchain, limits=LIMITS, parallel=2) as judge:
        asked = [
            asyncio.create_task(judge.judge(f"{text}sorry", f"{text}omega", f"honest{number}", file=str(number // 10)))
            for number in range(200)
            for text in [HONEST.format(number)]
        ]
        while not all(task.done() for task in asked):
            await judge.ready()  # by verdicts and not by the clock: a busy machine takes long over a start
            wanted = min(len(asked), sum(task.done() for task in asked) + KILL_EVERY)
            while sum(task.done() for task in asked) < wanted:
                await asyncio.sleep(0.02)
            running = [each for each in psutil.Process().children(recursive=True) if not each.children()]
            if running:
                os.kill(chance.choice(running).pid, signal.SIGKILL)
                killed += 1
        verdicts = await asyncio.gather(*asked)
    assert killed >= 10
    assert all(verdict.is_accepted for verdict in verdicts), [v for v in verdicts if not v.is_accepted]
    assert not psutil.Process().children(recursive=True)


async def test_no_inductive_type_of_the_library_is_refused(toolchain: Embedded) -> None:
    library = await asyncio.to_thread(put_library, toolchain.lean)
    # the embedded library does not ship what is private: three types mention a private constant that is not there
    unexplained = [line for line in library.refused if "which is neither imported nor declared" not in line]
    assert not unexplained
    assert len(library.refused) <= 3
    assert library.types > 2000


async def test_no_mutant_of_five_thousand_proves_what_its_parent_does_not(toolchain: Embedded) -> None:
    elaborating = SharedProcess(lambda: start_judging(toolchain))
    comparing = ComparingProcess(lambda: start_judging(toolchain))
    await hold_mutants(5000, elaborating, comparing)
    await elaborating.close()
    await comparing.close()
