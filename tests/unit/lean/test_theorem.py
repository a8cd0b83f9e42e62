"""Questions for premises of one theorem: each state is asked about once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

import pytest

from prover.errors import DeathReason, WorkerDied
from prover.lean.pieces import Pieces
from prover.lean.problem import Problem
from prover.lean.theorem import OpenTheorem, TheoremWorker
from search.base import Path, Premise, ProofState, Step

T = TypeVar("T")
LEMMA = Premise("Nat.add_comm", "eq", 0.5)


class Asked:
    """A pool and its one worker, which answers once it may; `fault` is raised in place of the first answer."""

    pieces = Pieces()

    def __init__(self, fault: WorkerDied | None = None) -> None:
        self.paths: list[Path] = []
        self.may_answer = asyncio.Event()
        self._fault = fault

    async def run(self, key: int, path: Path, work: Callable[[TheoremWorker], Awaitable[T]]) -> T:
        return await work(cast(TheoremWorker, self))

    async def premises(self, key: int, problem: Problem, path: Path, limit: int) -> tuple[Premise, ...]:
        self.paths.append(path)
        await self.may_answer.wait()
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault
        return (LEMMA,)

    def forget(self, key: int) -> None:
        pass


def opened(workers: Asked) -> OpenTheorem:
    return OpenTheorem(workers, 0, Problem("t", "", "theorem t : True := by sorry"), ProofState((), ""))


async def test_a_state_is_asked_about_once() -> None:
    workers = Asked()
    workers.may_answer.set()
    theorem, below = opened(workers), (Step("intro n"),)
    assert [await theorem.premises(path, 8) for path in ((), (), below)] == [(LEMMA,)] * 3
    assert workers.paths == [(), below]


async def test_a_question_that_nobody_waits_for_any_more_goes_on_for_the_next() -> None:
    workers = Asked()
    theorem = opened(workers)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await theorem.premises((), 8)
    workers.may_answer.set()
    assert await theorem.premises((), 8) == (LEMMA,)
    assert workers.paths == [()]


async def test_after_a_fault_the_question_is_asked_again() -> None:
    workers = Asked(WorkerDied("lost", reason=DeathReason.EXITED, was_running=True))
    workers.may_answer.set()
    theorem = opened(workers)
    assert await theorem.premises((), 8) == ()
    assert await theorem.premises((), 8) == (LEMMA,)


async def test_a_closed_theorem_leaves_no_question_behind() -> None:
    workers = Asked()
    theorem = opened(workers)
    waiting = asyncio.create_task(theorem.premises((), 8))
    await asyncio.sleep(0)
    await theorem.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
