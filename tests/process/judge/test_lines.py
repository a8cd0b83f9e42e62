"""The judge's usual form: processes that serve many proofs, and what keeps one proof from harming another.

A verdict's axioms name the places where challenge, solution and comparison were done: a process, and how often it was
restored before.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import psutil
import pytest

from prover.judge import Judge, Reason, Verdict, VerdictStatus, lines
from tests.process.judge.test_processes import LIMITS, FakeToolchain, text
from tests.processes import name

RESTORES = [True, False]
"""With a host that restores a process, and where another has to be started instead."""


@pytest.fixture(params=RESTORES)
async def judge(request: pytest.FixtureRequest) -> AsyncIterator[Judge]:
    async with Judge(FakeToolchain(restores=request.param), limits=LIMITS) as judge:
        yield judge
    assert not psutil.Process().children(recursive=True)


def servers() -> list[psutil.Process]:
    """The judging processes that run."""
    return [each for each in psutil.Process().children(recursive=True) if "judge_server" in name(each)]


async def ask(
    judge: Judge, solution: dict[str, Any] | None = None, challenge: dict[str, Any] | None = None, file: str = ""
) -> Verdict:
    return await judge.judge(text(**(challenge or {})), text(**(solution or {})), "t", file=file)


def process_of(place: str) -> str:
    return place.partition(".")[0]


async def test_proofs_of_a_file_pass_through_the_same_three_processes(judge: Judge) -> None:
    verdicts = [await ask(judge, {"number": number}, file="f") for number in (1, 1, 2)]
    assert len({verdict.axioms for verdict in verdicts}) == 1
    assert len(set(verdicts[0].axioms)) == 3
    assert [verdict.is_fresh for verdict in verdicts] == [True, True, False]  # the second said nothing new


@pytest.mark.parametrize("files", [("f", "g"), ("f", ""), ("", "f"), ("", "")])
async def test_a_challenge_is_never_elaborated_where_one_of_another_file_was(
    judge: Judge, files: tuple[str, str]
) -> None:
    hostile = {"do": "poison"}
    first, second = await ask(judge, challenge=hostile, file=files[0]), await ask(judge, file=files[1])
    assert first.axioms[0] != second.axioms[0]
    assert first.axioms[1] == second.axioms[1]
    assert second.is_accepted


async def test_plain_challenges_of_all_files_are_elaborated_in_one_process(judge: Judge) -> None:
    verdicts = [await ask(judge, challenge={"plain": True, "number": file}, file=file) for file in ("f", "g", "h", "f")]
    assert len({verdict.axioms[0] for verdict in verdicts}) == 1
    assert [verdict.is_fresh for verdict in verdicts] == [True, False, False, False]


@pytest.mark.parametrize("others", [["f"], ["f", "g"]])
async def test_what_is_not_plain_never_shares_a_process_with_what_is(judge: Judge, others: list[str]) -> None:
    before = [(await ask(judge, challenge={"plain": True, "of": file}, file=file)).axioms[0] for file in others]
    hostile = await ask(judge, challenge={"do": "poison"}, file="hostile")
    after = await ask(judge, challenge={"plain": True}, file=others[0])
    assert hostile.axioms[0] not in before
    assert after.axioms[0] != hostile.axioms[0]
    assert after.is_accepted


@pytest.mark.parametrize("times", [1, 2])
async def test_no_process_in_which_something_foreign_has_run_is_believed_that_a_text_is_plain(
    judge: Judge, times: int
) -> None:
    hostile = [await ask(judge, challenge={"do": "lie"}, file="hostile") for _ in range(times)]
    others = [await ask(judge, challenge={"plain": True, "of": file}, file=file) for file in ("f", "hostile")]
    assert not {verdict.axioms[0] for verdict in hostile} & {verdict.axioms[0] for verdict in others}


async def test_a_rejected_plain_challenge_is_asked_again_where_nothing_has_run(judge: Judge) -> None:
    first = await ask(judge, challenge={"plain": True}, file="f")
    wrong = {"plain": True, "errors": [{"line": 1, "column": 0, "text": "no"}]}
    verdict = await ask(judge, challenge=wrong, file="g")
    assert first.is_accepted
    assert (verdict.kind, verdict.is_fresh) == (Reason.CHALLENGE, True)


async def test_a_solution_never_runs_where_challenges_are_elaborated(judge: Judge) -> None:
    verdicts = [await ask(judge, file=file) for file in ("f", "", "g", "f")]
    processes = [{process_of(verdict.axioms[at]) for verdict in verdicts} for at in range(3)]
    assert not processes[0] & processes[1]


async def test_a_proof_that_an_earlier_one_spoiled_is_asked_again_alone(judge: Judge) -> None:
    assert (await ask(judge, {"do": "poison"})).is_accepted
    verdict = await ask(judge)
    assert (verdict.is_accepted, verdict.is_fresh) == (True, True)


async def test_a_rejection_is_always_of_a_process_in_which_nothing_else_had_run(judge: Judge) -> None:
    await ask(judge)
    verdict = await ask(judge, {"errors": [{"line": 1, "column": 0, "text": "no"}]})
    assert (verdict.status, verdict.kind, verdict.is_fresh) == (VerdictStatus.REJECTED, Reason.ELABORATION, True)


@pytest.mark.parametrize("what", ["thread", "die", "hang"])
async def test_a_process_that_looks_spoiled_is_replaced(what: str) -> None:
    async with Judge(FakeToolchain(), limits=LIMITS) as judge:
        before = (await ask(judge)).axioms[1]
        await ask(judge, {"do": what})
        verdict = await ask(judge)
    assert verdict.is_accepted
    assert process_of(verdict.axioms[1]) != process_of(before)


async def test_a_fault_of_the_usual_form_is_none_of_the_next_proofs(judge: Judge) -> None:
    solutions: list[dict[str, Any]] = [{}, {"do": "die"}, {}, {"do": "hang"}, {}, {"compare": {"do": "die"}}, {}]
    verdicts = await asyncio.gather(*(ask(judge, solution) for solution in solutions))
    kinds = [verdict.kind for verdict in verdicts]
    assert kinds == [None, Reason.CRASH, None, Reason.TIME, None, Reason.CRASH, None]


async def test_whichever_process_is_killed_honest_proofs_are_accepted(judge: Judge) -> None:
    await ask(judge)
    for _ in range(3):
        asked = [asyncio.create_task(ask(judge, file="f")) for _ in range(20)]
        await asyncio.sleep(0.02)
        os.kill(servers()[-1].pid, signal.SIGKILL)
        assert all(verdict.is_accepted for verdict in await asyncio.gather(*asked))


@pytest.mark.parametrize("first", ["answer", "poison"])
async def test_where_many_solutions_wait_the_process_for_challenges_takes_some_and_another_takes_the_next_challenge(
    judge: Judge, first: str
) -> None:
    """Those that wait behind a hostile one are refused for what it left, and are asked again: this counts, too."""
    slow: list[dict[str, Any]] = [{"do": first}, *({"do": "slow", "number": number} for number in range(30))]
    verdicts = await asyncio.gather(*(ask(judge, solution, file="f") for solution in slow))
    assert all(verdict.is_accepted for verdict in verdicts)
    solving = {process_of(verdict.axioms[1]) for verdict in verdicts}
    assert len(solving) > 1
    later = [await ask(judge, file=file) for file in ("f", "g")]
    assert all(verdict.is_accepted and process_of(verdict.axioms[0]) not in solving for verdict in later)


async def test_a_long_queue_opens_another_line() -> None:
    async with Judge(FakeToolchain(), limits=LIMITS, parallel=4) as judge:
        verdicts = await asyncio.gather(*(ask(judge, file=str(number % 3)) for number in range(40)))
    assert all(verdict.is_accepted for verdict in verdicts)
    assert len({verdict.axioms[2] for verdict in verdicts}) == 2


async def test_processes_are_started_before_the_first_proof_if_asked_to() -> None:
    async with Judge(FakeToolchain(), limits=LIMITS) as judge:
        judge.begin()
        await asyncio.sleep(0.5)
        assert len(servers()) >= 3
        assert (await ask(judge)).is_accepted


async def test_processes_that_nobody_asked_to_keep_end_when_there_was_no_proof_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "_IDLE_S", 0.2)
    async with Judge(FakeToolchain(), limits=LIMITS) as judge:
        await judge.ready()
        assert len(servers()) >= 3
        while servers():
            await asyncio.sleep(0.05)
        assert (await ask(judge)).is_accepted
