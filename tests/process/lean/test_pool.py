"""A pool of processes and a pool of actors do the same: each tactic ends in exactly one outcome, in order."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from prover.errors import WorkerDied
from prover.keeper import Patience
from prover.lean.pool import Queueing
from prover.lean.problem import OpenFailed, Problem
from prover.lean.process_seat import ProcessLimits, local_pool
from prover.lean.theorem import OpenTheorem, TheoremWorker
from prover.lean.turns import CLIENT
from search.base import Advanced, Crashed, LimitKind, Proved, Rejected, RejectKind, Step, TimedOut
from tests.fakes.toolchain import QUICK, FakeToolchain, MakePool, call, calls, census, opened

pytestmark = pytest.mark.timeout(20)


def problem(name: str) -> Problem:
    return Problem(name, "import Init\n", f"theorem {name} : p := by sorry")


async def test_outcomes_come_back_in_order_and_in_kind(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        texts = ("split", "ok", "done", "fail badly", "parse", "limit", "try")
        split, ok, done, fail, parse, limit, tried = await theorem.apply((), calls(*texts))
    assert isinstance(split, Advanced)
    assert [goal.target for goal in split.state.goals] == ["foo/split/0", "foo/split/1"]
    assert split.state.groups == ((0,), (1,))
    assert isinstance(ok, Advanced)
    assert (ok.text, ok.lean_s, ok.heartbeats) == ("ok", 0.0005, 2)
    assert isinstance(done, Proved)
    assert fail == Rejected(RejectKind.ERROR, "fail badly", 0.0005, 2)
    assert isinstance(parse, Rejected)
    assert parse.kind is RejectKind.PARSE
    assert limit == TimedOut(LimitKind.HEARTBEATS, 0.0005, 2)
    assert isinstance(tried, Advanced)
    assert tried.text == "exact found"


async def test_seats_that_are_not_to_begin_at_once_begin_when_a_worker_has_been_up_for_a_while() -> None:
    toolchain = FakeToolchain()
    async with local_pool(toolchain, workers=3, session=QUICK, at_first=1) as workers:
        theorem = await opened(workers)
        await theorem.apply((), calls("ok"))
        assert toolchain.starts == 1
        await workers.ready(count=3)
        assert toolchain.starts == 3


async def test_the_other_seats_begin_at_once_where_the_first_gives_up() -> None:
    limits = ProcessLimits(starts=Patience(retries=0))
    toolchain = FakeToolchain([("dies_at_start",), ("good",)])
    async with local_pool(toolchain, workers=2, limits=limits, session=QUICK, at_first=1) as workers:
        await opened(workers)


async def test_a_question_of_one_client_is_answered_before_what_another_one_has_waiting() -> None:
    async with local_pool(FakeToolchain(), workers=1, session=QUICK) as workers:
        theorem = await opened(workers)
        answered: list[str] = []

        async def ask(client: str, tactic: str) -> None:
            CLIENT.set(client)
            await theorem.apply((), calls(tactic))
            answered.append(client)

        await asyncio.gather(*(ask("works", f"slow 0.02 {number}") for number in range(12)), ask("asks", "ok"))
    assert answered.index("asks") <= 2


async def test_the_root_is_the_state_at_the_sorry(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        assert [goal.target for goal in theorem.root.goals] == ["foo"]
        assert theorem.root.goals[0].hypotheses[0].is_prop


async def test_a_path_leads_on_and_the_choice_of_goals_is_sent(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        await theorem.apply((), calls("split"))
        (after,) = await theorem.apply((Step("split", (1,)),), calls("ok"))
        assert isinstance(after, Advanced)
        assert after.state.goals[0].target == "foo/split/@[1]/ok"


async def test_a_suggestion_is_found_again_under_its_own_text(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        await theorem.apply((), calls("try"))
        before = (await census(theorem))["tactics"]
        await theorem.apply((Step("exact found"),), calls("ok"))
        assert (await census(theorem))["tactics"] == before + 2  # the tactic and this census, no replay


async def test_an_ill_typed_statement_is_a_value(pool: MakePool) -> None:
    async with pool() as workers:
        result = await workers.open(Problem("bar", "", "theorem bar : ill_typed := by sorry"))
        assert result == OpenFailed(("2:4: type mismatch",))
        assert (await workers.open(Problem("bar", "", "theorem bar : p := by trivial"))) == OpenFailed(
            ("no sorry to replace in 'bar'",)
        )


async def test_a_statement_that_was_interrupted_is_opened_again(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers, Problem("bar", "", "theorem bar : struck_once := by sorry"))
        assert (await census(theorem))["cmd"] == 2


async def test_a_statement_for_which_a_worker_has_no_memory_left_is_opened_at_the_next(pool: MakePool) -> None:
    async with pool("full", "good") as workers:
        await opened(workers)
    async with pool("full") as workers:
        with pytest.raises(WorkerDied):
            await workers.open(problem("t"))


async def test_one_of_several_sorries_is_chosen_by_name_or_place(pool: MakePool) -> None:
    text = "theorem a : p := by sorry\ntheorem b : p := by sorry\ntheorem c : p := by sorry"
    async with pool() as workers:
        by_name = await opened(workers, Problem("b", "", text))
        by_place = await opened(workers, Problem("?", "", text, position=(1, 20)))
        last = await opened(workers, Problem("?", "", text))
        roots = [theorem.root.goals[0].target for theorem in (by_name, by_place, last)]
        assert roots == ["b", "a", "c"]
        assert (await census(last))["states"] == 3  # those not chosen were dropped


async def test_a_path_that_does_not_replay_is_unknown(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        (outcome,) = await theorem.apply((Step("fail now"),), calls("ok"))
        assert isinstance(outcome, Crashed)
        assert "'fail now'" in outcome.cause


async def test_many_theorems_with_several_calls_in_flight_do_not_mix(pool: MakePool) -> None:
    async def search(theorem: OpenTheorem, name: str) -> None:
        for depth in range(5):
            path = tuple(Step(f"ok {i}") for i in range(depth))
            outcomes = await asyncio.gather(*(theorem.apply(path, calls(f"ok {depth}", f"ok b{k}")) for k in range(3)))
            for outcome, other in outcomes:
                assert isinstance(outcome, Advanced)
                assert outcome.state.key == "/".join([name, *(f"ok {i}" for i in range(depth + 1))])
                assert isinstance(other, Advanced)

    async with pool(workers=2) as workers:
        await workers.ready(count=2)
        names = [f"t{i}" for i in range(8)]
        theorems = [await opened(workers, problem(name)) for name in names]
        await asyncio.gather(*(search(theorem, name) for theorem, name in zip(theorems, names, strict=True)))
        while not all(worker.tactics > 0 for worker in workers.health().workers):  # actors are asked now and then
            await asyncio.sleep(0.01)


async def test_closing_a_theorem_frees_its_states(pool: MakePool) -> None:
    async with pool() as workers:
        theorem, other = await opened(workers), await opened(workers, problem("bar"))
        for i in range(20):
            await theorem.apply((), calls(f"ok {i}"))
        assert (await census(other))["states"] == 22
        await theorem.close()
        await theorem.close()
        left = await census(other)
        assert (left["states"], left["envs"]) == (1, 1)
        (outcome,) = await theorem.apply((), calls("ok"))
        assert isinstance(outcome, Crashed)


async def test_the_least_recently_used_states_are_dropped_and_come_back_by_replay(pool: MakePool) -> None:
    session = type(QUICK)(ready_s=5, open_s=5, grace_s=0.3, max_states=32)
    async with pool(session=session) as workers:
        theorem = await opened(workers)
        for i in range(200):
            await theorem.apply((), calls(f"ok {i}"))
        assert (await census(theorem))["states"] <= 33 + 64
        (outcome,) = await theorem.apply((Step("ok 0"),), calls("ok"))
        assert isinstance(outcome, Advanced)
        assert outcome.state.key == "foo/ok 0/ok"


async def test_what_a_cancelled_call_made_is_freed(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        slow = asyncio.create_task(theorem.apply((), [call("slow 0.15", wall_s=2)]))
        await asyncio.sleep(0.05)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        await theorem.apply((), calls("fail"))  # answered after the late reply; the drop is sent by then
        assert (await census(theorem))["states"] == 1


async def test_cancelling_what_waits_takes_it_out_of_the_queue(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        slow = asyncio.create_task(theorem.apply((), [call("slow 0.2", wall_s=2)]))
        waiting = [asyncio.create_task(theorem.apply((), calls(f"ok {i}"))) for i in range(5)]
        await asyncio.sleep(0.05)
        assert workers.health().waiting == 4  # one more is in the pipe
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert workers.health().waiting == 0
        await slow


async def test_premises_come_best_first(pool: MakePool) -> None:
    async with pool() as workers:
        theorem = await opened(workers)
        premises = await theorem.premises((), 2)
        assert [premise.name for premise in premises[:2]] == ["lemma0", "lemma1"]


async def test_tactics_that_nobody_waits_for_are_cancelled_and_the_worker_lives(pool: MakePool) -> None:
    async with pool(cancels=True) as workers:
        theorem = await opened(workers)
        both = [asyncio.create_task(theorem.apply((), [call(f"slow {s}", wall_s=40)])) for s in (30, 31)]
        await asyncio.sleep(0.02)
        for task in reversed(both):  # the one that waits in the pipe first
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
        (outcome,) = await asyncio.wait_for(theorem.apply((), calls("ok")), 5)
        assert isinstance(outcome, Advanced)
        assert workers.health().restarts == 0


async def test_tactics_that_nobody_waits_for_do_not_keep_others_waiting(pool: MakePool) -> None:
    impatient = replace(QUICK, abandoned_s=0.1)
    async with pool(session=impatient) as workers:
        theorem = await opened(workers)
        slow = asyncio.create_task(theorem.apply((), [call("slow 30", wall_s=40)]))
        await asyncio.sleep(0.1)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        (outcome,) = await asyncio.wait_for(theorem.apply((), calls("ok")), 5)
        assert isinstance(outcome, Advanced)


async def test_a_caller_who_is_cancelled_just_as_its_turn_comes_keeps_no_place(pool: MakePool) -> None:
    """The place was kept for ever: the job's task was made and then cancelled before its first step."""
    gate = asyncio.Event()
    next_one: list[asyncio.Task[None]] = []

    async def go_and_cancel_the_next(_: TheoremWorker) -> None:
        await gate.wait()
        next_one[0].cancel()  # its caller hears of it only after this worker has looked for its next job

    async def nothing(_: TheoremWorker) -> None:
        pass

    async with pool(queueing=Queueing(in_flight=1)) as workers:
        await workers.ready()
        first = asyncio.create_task(workers.run(0, (), go_and_cancel_the_next))
        await asyncio.sleep(0)
        next_one.append(asyncio.create_task(workers.run(0, (), nothing)))
        await asyncio.sleep(0)
        gate.set()
        await first
        with pytest.raises(asyncio.CancelledError):
            await next_one[0]
        async with asyncio.timeout(5.0):
            await workers.run(0, (), nothing)
        assert workers.health().waiting == 0
