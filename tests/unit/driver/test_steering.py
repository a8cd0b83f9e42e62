"""A person at a search that runs: the loop wakes, heeds and waits, and Lean's word about a tactic is passed on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import pytest

from prover.driver.expanded import Expanded
from prover.driver.history import expansions as relived
from prover.driver.loop import SearchLoop
from prover.driver.steering import Act, Steering, Wish
from prover.driver.tracer import Untraced
from search import Budget, Rule, Search, StopReason
from search.base import Outcome, Path, TacticCall, TacticLimits, Theorem
from search.check import check_search
from search.events import Event
from tests.fakes.graph import Endless, GraphEnvironment, Picture, proposing

STUCK: Picture = {
    "root": {"on": ["a"], "insight": ["lemma"]},
    "a": {"on": ["b"]},
    "b": {"on": ["c"]},
    "c": {},
    "lemma": {"end": []},
}
"""No policy here proposes `insight`."""
OFFERED: Picture = {**STUCK, "root": {"on": []}}


class Seen(Untraced):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.expanded: list[Expanded] = []

    def __call__(self, expanded: Expanded) -> None:
        self.expanded.append(expanded)


def made(
    environment: GraphEnvironment,
    *,
    budget: Budget = Budget(wall_s=20.0),  # noqa: B008 (frozen)
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Search, Steering, SearchLoop, Seen, list[Event]]:
    events: list[Event] = []
    rule = Rule.of("sum")
    search = Search(Theorem("t"), environment.root, rule=rule, budget=budget, clock=clock, record=events.append)
    seen = Seen()
    steering = Steering(search, environment, seen, limits=TacticLimits(), clock=clock)
    loop = SearchLoop(
        search, environment, proposing(OFFERED), None, width=1, observe=seen, clock=clock, steering=steering
    )
    return search, steering, loop, seen, events


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.001)


async def test_alone_the_search_finds_nothing_and_with_one_typed_tactic_it_does() -> None:
    search, _, loop, _, _ = made(GraphEnvironment(STUCK))
    await loop.run()
    assert search.done is StopReason.EXHAUSTED
    search, steering, loop, seen, events = made(GraphEnvironment(STUCK))
    await steering.do(Wish(Act.HOLD))
    running = asyncio.create_task(loop.run())
    await until(lambda: steering.is_paused)
    answer = await steering.do(Wish(Act.TRY, tactic="insight"))
    assert (answer.is_done, answer.goals) == (True, ("⊢ lemma",))
    await running
    proof = search.result().proof
    assert proof is not None
    assert proof.tactics == ("insight", "end")
    assert [candidate.origin for each in seen.expanded for candidate, _ in each.tried].count("typed") == 1
    again, *_ = made(GraphEnvironment(STUCK), budget=Budget())
    tried = [[candidate.tactic for candidate, _ in each.tried] for each in relived(again, events)]
    assert tried == [[candidate.tactic for candidate, _ in each.tried] for each in seen.expanded]
    assert again.done is StopReason.PROVED
    check_search(again)


async def test_a_refused_tactic_shows_leans_message_and_changes_nothing() -> None:
    search, steering, _, seen, events = made(GraphEnvironment(STUCK))
    search.plan(1)
    before = len(events)
    for tactic, said in (("nonsense", "nonsense fails"), ("  ", "no tactic")):
        answer = await steering.do(Wish(Act.TRY, state="root", tactic=tactic))
        assert not answer.is_done
        assert said in answer.said
    assert not (await steering.do(Wish(Act.TRY, state="nowhere", tactic="on"))).is_done
    assert len(events) == before
    assert seen.expanded == []


async def test_a_paused_search_plans_nothing_and_its_time_does_not_run() -> None:
    now = 0.0
    search, steering, loop, seen, _ = made(GraphEnvironment(STUCK), budget=Budget(wall_s=5.0), clock=lambda: now)
    await steering.do(Wish(Act.PAUSE))
    running = asyncio.create_task(loop.run())
    await asyncio.sleep(0.02)
    assert seen.expanded == []
    now = 100.0
    await steering.do(Wish(Act.PIN, state="root"))
    await asyncio.sleep(0.02)
    assert seen.expanded == []
    await steering.do(Wish(Act.RESUME))
    await running
    assert search.done is StopReason.EXHAUSTED
    assert search.spent.wall_s == 0.0
    assert steering.extra_s == 100.0


async def test_an_expansion_that_is_pruned_in_flight_says_that_it_was_cut() -> None:
    environment = Stuck(STUCK)
    _, steering, loop, seen, _ = made(environment)
    running = asyncio.create_task(loop.run())
    await environment.asked.wait()
    assert (await steering.do(Wish(Act.PRUNE, state="a"))).is_done
    await running
    assert [(each.expansion.state.key, each.is_cut) for each in seen.expanded] == [("root", False), ("a", True)]


class Stuck(GraphEnvironment):
    """Never answers at `a`."""

    def __init__(self, picture: Picture) -> None:
        super().__init__(picture)
        self.asked = asyncio.Event()

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        if self.goals_at(path) == ("a",):
            self.asked.set()
            await asyncio.Event().wait()
        return await super().apply(path, calls)


async def test_more_time_wakes_a_search_that_waits_at_its_end() -> None:
    now = 0.0
    search, steering, loop, seen, _ = made(GraphEnvironment(STUCK), budget=Budget(wall_s=5.0), clock=lambda: now)
    now = 6.0
    heard: list[Act] = []
    steering.tell(lambda wish: heard.append(wish.act))
    await steering.do(Wish(Act.HOLD))
    running = asyncio.create_task(loop.run())
    await until(lambda: steering.is_paused)
    assert seen.expanded == []
    assert not (await steering.do(Wish(Act.MORE_TIME, seconds=-1.0))).is_done
    await steering.do(Wish(Act.HOLD))
    assert (await steering.do(Wish(Act.MORE_TIME, seconds=10.0))).is_done
    await running
    assert search.done is StopReason.EXHAUSTED
    assert len(seen.expanded) == 4
    assert heard == [Act.HOLD, Act.PAUSE, Act.HOLD, Act.RESUME, Act.MORE_TIME]


async def test_a_pause_that_nobody_ends_is_over_after_an_hour() -> None:
    now = 0.0
    _, steering, *_ = made(GraphEnvironment(STUCK), clock=lambda: now)
    await steering.do(Wish(Act.HOLD))
    assert steering.goes_on(StopReason.EXHAUSTED)
    now = 3599.0
    assert steering.goes_on(StopReason.EXHAUSTED)
    assert steering.pause_left_s == 1.0
    now = 3601.0
    assert not steering.goes_on(StopReason.EXHAUSTED)
    assert not steering.is_paused


async def test_a_command_reaches_a_search_whose_lean_does_not_answer() -> None:
    search, steering, loop, _, _ = made(Endless(STUCK))
    running = asyncio.create_task(loop.run())
    await until(lambda: search.in_flight == 1)
    await steering.do(Wish(Act.HOLD))
    await steering.do(Wish(Act.PAUSE))
    assert steering.is_paused
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_proof_is_taken_once_there_is_one() -> None:
    search, steering, loop, _, _ = made(Endless(STUCK))
    assert (await steering.do(Wish(Act.TAKE))).said == "no proof has been found yet"
    steering.looks_on(has_proof=True)
    running = asyncio.create_task(loop.run())
    await until(lambda: search.in_flight == 1)
    assert (await steering.do(Wish(Act.TAKE))).is_done
    async with asyncio.timeout(5):
        await running


NO_WISHES: list[dict[str, object]] = [
    {},
    {"act": "dance"},
    {"act": 1},
    {"act": "try", "tactic": 1},
    {"act": "try", "tactic": "x" * 20_001},
    {"act": "pin", "state": None},
    {"act": "more_time", "seconds": True},
    {"act": "more_time", "seconds": "9"},
]


@pytest.mark.parametrize("value", NO_WISHES)
def test_what_is_no_wish_is_refused(value: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"act is one of|state and tactic|seconds is"):
        Wish.of(value)
