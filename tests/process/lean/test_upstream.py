"""A process that speaks the community REPL's protocol serves a pool as our own server does."""

from __future__ import annotations

import asyncio
import json

import pytest

from prover.errors import DeathReason, WorkerDied, WorkerStartFailed
from prover.lean.problem import OpenFailed, Problem
from prover.lean.session import Worker
from prover.lean.theorem import OpenTheorem
from search.base import Advanced, Proved, Rejected, RejectKind, Step, TimedOut
from tests.fakes.toolchain import QUICK, SIMPLE, calls, opened, upstream_launch, upstream_pool


async def sent(theorem: OpenTheorem) -> dict[str, int]:
    (outcome,) = await theorem.apply((), calls("sent"))
    assert isinstance(outcome, Rejected)
    counts: dict[str, int] = json.loads(outcome.message)
    return counts


async def test_it_greets_with_the_version_of_its_lean_and_can_nothing_more() -> None:
    worker = await Worker.start(upstream_launch(), QUICK)
    assert (worker.hello.lean, worker.hello.capabilities) == ("4.9.0", frozenset())
    await worker.process.close()


@pytest.mark.parametrize(("start", "says"), [("dies", "shared libraries")])
async def test_one_that_does_not_start_says_why(start: str, says: str) -> None:
    with pytest.raises(WorkerStartFailed, match=says):
        await Worker.start(upstream_launch(start), QUICK)


async def test_a_batch_gives_each_tactic_its_outcome_in_order() -> None:
    async with upstream_pool() as lean:
        theorem = await opened(lean)
        assert (theorem.root.goals[0].target, len(theorem.root.goals[0].hypotheses)) == ("foo", 3)
        outcomes = await theorem.apply((), calls("ok", "done", "fail", "admit", "metavariables", "heartbeats", "noise"))
        expected = [Advanced, Proved, Rejected, Rejected, Rejected, TimedOut, Advanced]
        assert [type(outcome) for outcome in outcomes] == expected
        kinds = [outcome.kind for outcome in outcomes if isinstance(outcome, Rejected)]
        assert kinds == [RejectKind.ERROR, RejectKind.SORRY, RejectKind.ERROR]


async def test_a_state_is_gone_on_from() -> None:
    async with upstream_pool() as lean:
        theorem = await opened(lean)
        (outcome,) = await theorem.apply((Step("ok 1"), Step("split")), calls("ok 2"))
        assert isinstance(outcome, Advanced)
        targets = [goal.target for goal in outcome.state.goals]
        assert targets == ["foo/ok 1/split/ok 2"] * 2
        assert [goal.tag for goal in outcome.state.goals] == ["left", "right"]


async def test_imports_are_sent_once_and_positions_are_those_of_the_whole_text() -> None:
    header = "/- a comment -/\nimport Init\nimport Std -- both\nopen Nat\n"
    async with upstream_pool() as lean:
        for name in ("foo", "bar"):
            problem = Problem(name, header, f"theorem {name} : p := by sorry", position=(5, len(name) + 19))
            theorem = await lean.open(problem)
            assert isinstance(theorem, OpenTheorem), theorem
            assert theorem.root.goals[0].target == name
        assert isinstance(theorem, OpenTheorem)
        assert (await sent(theorem))["imports"] == 1


async def test_a_module_that_is_not_there_is_said() -> None:
    async with upstream_pool() as lean:
        missing = await lean.open(Problem("foo", "import Nowhere\n", "theorem foo : p := by sorry"))
        assert missing == OpenFailed(("unknown module prefix 'Nowhere'",))


async def test_what_another_hand_writes_to_its_output_ends_the_process_and_no_more() -> None:
    worker = await Worker.start(upstream_launch(), QUICK)
    await worker.apply(0, SIMPLE, (), calls("forge"))
    await asyncio.wait_for(worker.process.died.wait(), 2.0)
    assert worker.process.reason is DeathReason.GARBAGE
    with pytest.raises(WorkerDied):
        await worker.apply(0, SIMPLE, (), calls("done"))
    await worker.process.close()


async def test_an_answer_that_is_none_ends_the_process() -> None:
    worker = await Worker.start(upstream_launch(), QUICK)
    with pytest.raises(WorkerDied, match="'message' should be str"):
        await worker.apply(0, SIMPLE, (), calls("shape"))
    assert worker.process.reason is DeathReason.GARBAGE
    await worker.process.close()


async def test_what_was_answered_when_the_time_ends_is_kept() -> None:
    async with upstream_pool() as lean:
        theorem = await opened(lean)
        stream = theorem.stream((), calls("ok", *["slow"] * 7), left_s=0.4)  # each takes 0.08 s
        outcomes = [outcome async for outcomes in stream for outcome in outcomes]
        assert 1 <= len(outcomes) < 8


async def test_a_batch_that_nobody_waits_for_is_not_gone_on_with() -> None:
    async with upstream_pool() as lean:
        theorem = await opened(lean)
        batch = asyncio.create_task(theorem.apply((), calls(*["slow"] * 8)))
        await asyncio.sleep(0.02)
        batch.cancel()
        await asyncio.gather(batch, return_exceptions=True)
        assert (await sent(theorem))["sent"] <= 5  # the version, the import, the theorem, one slow tactic, this
        assert lean.health().restarts == 0
