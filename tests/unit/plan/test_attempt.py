"""Sketches beside the search for a theorem: a picture for each hole, planners that say what they please."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from prover.plan import attempt
from prover.run.result import Status
from prover.run.subgoals import Subgoal, Subgoals
from search.base import Goal, Hypothesis, Premise
from tests.fakes.graph import GraphEnvironment, Picture
from tests.fakes.judge import FakeJudge
from tests.fakes.planner import EndlessPlanner, FailingPlanner, FakePlanner, SilentPlanner
from tests.fakes.plans import FALSE, PROVABLE, SKETCH, STATEMENT, STUCK, A, B, World


async def test_the_holes_of_a_sketch_are_filled_and_the_persons_statement_is_judged_with_the_whole() -> None:
    world = World()
    result = await world.prove(FakePlanner([SKETCH]))
    assert (result.status, result.proof_steps) == (Status.PROVED, 2)
    assert result.proof == "have h : p n := by\n  close a -- first\nhave g : q := by close b\nexact f h g"
    assert world.judge.challenges == [STATEMENT]
    assert world.judge.asked == [
        "theorem t (n : Nat) : p n := by\n  have h : p n := by\n    close a -- first\n"
        "  have g : q := by close b\n  exact f h g\n"
    ]
    counted = {name: result.usage.plan[name] for name in ("sketches", "holes", "filled", "calls", "tokens_out")}
    assert counted == {"sketches": 1, "holes": 2, "filled": 2, "calls": 1, "tokens_out": 1}


async def test_the_search_has_its_share_of_the_time_before_anybody_is_asked() -> None:
    planner = FakePlanner([SKETCH])
    result = await World(root=PROVABLE).prove(planner, share=0.9)
    assert (result.status, result.proof) == (Status.PROVED, "direct")
    assert planner.requests == []


async def test_a_sketch_that_somebody_wrote_already_is_not_kept_waiting() -> None:
    result = await World(root={"root": {"on": ["endless"]}, "endless": {}}).prove(
        FakePlanner([SKETCH], is_written=True), share=1.0
    )
    assert result.status is Status.PROVED


async def test_what_lean_refuses_goes_back_with_its_messages_a_set_number_of_times() -> None:
    planner = FakePlanner(["refused 1", "refused 2 sorry", "refused 3 sorry", "refused 4 sorry", SKETCH])
    world = World(judge=FakeJudge(lambda solution: "refused" not in solution))
    result = await world.prove(planner, repairs=1)
    assert result.status is Status.PROVED
    said = [(request.sketch, tuple(request.messages)) for request in planner.requests]
    assert said[2] == ("", ())
    assert said[3] == ("refused 3 sorry", ("2:3: it is refused",))
    assert result.usage.plan["refused"] == 4


@pytest.mark.parametrize(("tape", "named"), [({}, ()), ({"record": "t"}, ("late",)), ({"replay": "t"}, ("late",))])
async def test_lemmas_that_come_late_are_waited_for_where_a_request_has_to_be_the_same_on_every_machine(
    tape: dict[str, Any], named: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def late(*_: object) -> Sequence[Premise]:
        await asyncio.sleep(0.1)
        return (Premise("late", "eq", 1.0),)

    monkeypatch.setattr(attempt, "_PREMISES_S", 0.02)
    monkeypatch.setattr(GraphEnvironment, "premises", late)
    planner = FakePlanner([SKETCH], answers_holes=True)
    assert (await World().prove(planner, **tape)).status is Status.PROVED
    assert planner.requests[0].premises == named


async def test_a_sketch_that_was_sent_before_or_restates_the_goal_gains_nothing() -> None:
    planner = FakePlanner(["have g : q := sorry\nexact g", "have g : q := sorry\n\nexact g -- again", SKETCH])
    result = await World(second={"root": {}}).prove(planner, repairs=0)
    assert result.status is Status.FAILED
    assert (result.usage.plan["restated"], result.usage.plan["refused"]) == (2, 1)


async def test_a_disproved_hole_ends_the_sketch_and_stands_in_the_next_request() -> None:
    planner = FakePlanner([SKETCH, "have h : p n := by\n  sorry\nexact h"])
    world = World(first=FALSE)
    result = await world.prove(planner)
    assert result.status is Status.FAILED
    assert [(each.goal, each.script) for each in planner.requests[1].disproofs] == [("⊢ false", "witness")]
    assert result.usage.plan["disproved"] == 2
    holes = [[hole["stop_reason"] for hole in event["holes"]] for event in world.events if event["event"] == "sketch"]
    assert holes[0] == ["disproved", "wall_time"]


async def test_a_proved_hole_is_used_by_other_sketches_and_costs_no_request_to_the_policy() -> None:
    other = "have h : p n := by\n  sorry\nhave g : r := sorry\nexact f h g"
    world = World(second=STUCK)
    await world.prove(FakePlanner([SKETCH]))
    assert [entry.script for entry in world.subgoals.known_for(GraphEnvironment(A).root)] == ["close a"]
    again = World(second=B, first={"a": {"close a": []}}, subgoals=world.subgoals)
    result = await again.prove(FakePlanner([other]))
    assert (result.status, result.usage.plan["from_board"]) == (Status.PROVED, 1)


async def test_an_entry_that_no_longer_closes_its_goal_is_dropped_and_the_hole_searched() -> None:
    world = World()
    world.subgoals.add(Subgoal("a", "wrong"))
    result = await world.prove(FakePlanner([SKETCH]))
    assert (result.status, result.usage.plan["from_board"]) == (Status.PROVED, 0)
    assert [entry.script for entry in world.subgoals.known_for(GraphEnvironment(A).root)] == ["close a"]


async def test_a_proof_that_the_judge_refuses_with_the_whole_is_dropped_but_not_one_of_which_it_can_not_tell() -> None:
    kept = []
    for decides in (True, False):
        world = World(judge=FakeJudge(lambda _: False, decides=decides))
        await world.prove(FakePlanner([SKETCH]))
        kept.append([entry.script for entry in world.subgoals.known_for(GraphEnvironment(B).root)])
    assert kept == [[], ["close b"]]


async def test_a_stuck_hole_is_asked_for_alone_down_to_a_depth() -> None:
    planner = FakePlanner([SKETCH, "close b"], answers_holes=True)
    world = World(second=STUCK)
    result = await world.prove(planner, depth=2)
    assert [request.is_for_hole for request in planner.requests][:2] == [False, True]
    assert planner.requests[1].goal == "⊢ stuck"
    assert "close a -- first" in planner.requests[1].part
    assert (result.status, result.proof) == (
        Status.PROVED,
        "have h : p n := by\n  close a -- first\nhave g : q := by close b\nexact f h g",
    )
    flat = FakePlanner([SKETCH, "close b"], answers_holes=True)
    await World(second=STUCK, judge=FakeJudge(lambda _: False)).prove(flat, depth=1)
    assert not any(request.is_for_hole for request in flat.requests)


async def test_a_request_for_the_whole_theorem_names_every_goal_that_is_stuck() -> None:
    for world in (World(first=STUCK), World(second=STUCK)):
        planner = FakePlanner([SKETCH, SKETCH])
        await world.prove(planner, depth=1)
        assert [list(request.stuck) for request in planner.requests][:2] == [[], ["⊢ stuck"]]
        assert not planner.requests[1].is_for_hole


async def test_a_planners_whole_proof_is_judged_and_counts_as_no_refused_sketch() -> None:
    world = World()
    result = await world.prove(FakePlanner(["exact whole"]))
    assert (result.status, result.proof) == (Status.PROVED, "exact whole")
    assert result.usage.plan["refused"] == 0
    assert [event["event"] for event in world.events] == ["proof", "ended"]


async def test_requests_and_tokens_are_never_more_than_allowed() -> None:
    for bounds, calls in (({"calls": 3}, 3), ({"tokens": 25, "calls": 99}, 3)):
        planner = EndlessPlanner(["refused"])
        world = World(judge=FakeJudge(lambda _: False))
        result = await world.prove(planner, **bounds)
        assert (len(planner.requests), result.usage.plan["calls"]) == (calls, calls)
        assert result.usage.plan["tokens_out"] <= bounds.get("tokens", 30)


async def test_silence_and_errors_leave_the_search_its_proof_and_its_time() -> None:
    slow: Picture = {"root": {"one": ["two"]}, "two": {"direct": []}}
    for planner in (SilentPlanner([]), FailingPlanner([]), FakePlanner(["", "axiom x : False", "open Nat"])):
        began = time.monotonic()
        result = await World(root={**slow, "root": {"direct": []}}).prove(planner, limit_s=1.0)
        assert result.status is Status.PROVED
        result = await World(root=STUCK).prove(planner, limit_s=1.0)
        assert result.status is Status.FAILED
        assert time.monotonic() - began < 4.0


async def test_a_planner_whose_sketch_lean_does_not_read_in_time_gives_way_to_the_next_one() -> None:
    heavy, other = FakePlanner(["heavy\nsorry", SKETCH]), FakePlanner([SKETCH], name="other")
    result = await World().prove(heavy, other)
    assert result.status is Status.PROVED
    assert (len(heavy.requests), other.requests[0].sketch) == (1, "")


async def test_a_planner_that_fails_gives_way_to_the_next_one() -> None:
    failing = FailingPlanner([])
    result = await World().prove(failing, FakePlanner([SKETCH]))
    assert result.status is Status.PROVED
    assert len(failing.requests) == 1


async def test_proved_goals_are_read_again_after_a_kill_in_the_middle_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "subgoals.jsonl"
    Subgoals(path).add(Subgoal("a", "close a", (("n", "Nat"),)))
    path.write_bytes(path.read_bytes() + b'{"key": "b", "scr')
    again = Subgoals(path)
    again.add(Subgoal("b", "close b"))
    root = GraphEnvironment(A, {"a": Goal("a", (Hypothesis("m", "Nat"),), key="a")}).root
    (entry,) = Subgoals(path).known_for(root)
    assert entry.forms_for(root) == ("close a",)
    assert Subgoal("a", "exact f n", (("n", "Nat"),)).forms_for(root) == ("exact f m", "exact f n")
    assert len(Subgoals(path).known_for(GraphEnvironment(B).root)) == 1
