"""Plans for single `sorry`s of a theorem that somebody began to prove."""

from __future__ import annotations

from pathlib import Path

from prover.plan.planner import Request
from prover.plan.script import ScriptPlanner
from prover.run.result import Status
from prover.tasks.sketch import Sketch
from tests.fakes.graph import Picture
from tests.fakes.planner import FakePlanner
from tests.fakes.plans import A, World, task

BEGUN = (
    "theorem t (n : Nat) : p n := by\n  have h : p n := by\n    sorry -- mine\n  have k : q := sorry\n  exact f h k\n"
)
_PLENTY_S = 30.0
_AT_ONCE_S = _PLENTY_S / 3
"""A theorem whose search and plan have nothing left to do takes less."""
STEP = "have g : r := sorry\nexact m g"
FOUND = "have g : r := by close b\nexact m g"
PLANNED: Picture = {"stuck": {"have g : r := by close b": ["rest"]}, "rest": {"exact m g": []}}
"""A goal that no search closes, but a planner's step."""


async def test_a_sorry_that_the_search_leaves_is_planned_in_its_place_and_the_whole_judged_once() -> None:
    planner, world = FakePlanner([STEP]), World(BEGUN, third=PLANNED)
    result = await world.prove(planner, share=0.5, limit_s=_PLENTY_S)
    assert (result.status, result.scripts) == (Status.PROVED, ("close a", FOUND))
    assert result.elapsed_s < _AT_ONCE_S
    assert world.judge.challenges == [BEGUN]
    assert world.judge.asked == [
        "theorem t (n : Nat) : p n := by\n  have h : p n := by\n    close a -- mine\n"
        "  have k : q := by\n    have g : r := by close b\n    exact m g\n  exact f h k\n"
    ]
    (request,) = planner.requests
    assert (request.number, request.is_for_hole, request.goal) == (2, True, "⊢ stuck")
    assert "close a -- mine" in request.part and "have k : q := sorry" in request.part


async def test_what_lean_has_against_a_script_for_one_sorry_goes_back_to_its_planner() -> None:
    planner = FakePlanner(["wrong", FOUND])
    result = await World(BEGUN, third=PLANNED).prove(planner, share=0.5, limit_s=_PLENTY_S)
    assert (result.status, result.scripts) == (Status.PROVED, ("close a", FOUND))
    assert result.elapsed_s < _AT_ONCE_S
    assert planner.requests[1].sketch == "wrong" and planner.requests[1].messages


async def test_every_sorry_that_is_left_is_planned_and_what_is_filled_stays_without_the_others() -> None:
    planner = FakePlanner([STEP, "nonsense"])
    result = await World(BEGUN, first={"stuck": {}}, third=PLANNED).prove(
        planner, share=0.5, limit_s=_PLENTY_S, repairs=0
    )
    assert (result.status, result.scripts) == (Status.FAILED, (None, FOUND))
    assert result.elapsed_s < _AT_ONCE_S
    assert [request.number for request in planner.requests if request.asked == 0] == [1, 2]


async def test_requests_for_all_sorries_together_are_no_more_than_allowed() -> None:
    planner = FakePlanner(["one", "two", "three"])
    result = await World(BEGUN, first={"stuck": {}}).prove(planner, share=0.5, limit_s=_PLENTY_S, calls=4)
    answered = [request.number for request in planner.requests if request.asked < len(planner.scripts)]
    assert (result.usage.plan["calls"], answered) == (4, [1, 1, 1, 2])


async def test_lines_for_one_sorry_are_offered_there_and_others_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text('{"name": "t", "hole": 2, "sketches": ["two"]}\n{"name": "t", "sketches": ["all"]}\n')
    planner = ScriptPlanner(path)
    answers = {
        number: [await planner.propose(Request(task(BEGUN), "", asked=n, number=number), 9) for n in range(3)]
        for number in (1, 2)
    }
    scripts = {number: [answer and answer.script for answer in given] for number, given in answers.items()}
    assert scripts == {1: ["all", None, None], 2: ["two", "all", None]}


def test_the_holes_of_a_sketch_for_one_sorry_are_its_own() -> None:
    for number, place in enumerate(task(BEGUN).places):
        sketch = Sketch.of(place, STEP)
        texts = [sketch.task.declaration[hole.start : hole.end] for hole in sketch.task.holes]
        assert texts == ["sorry"]
        assert sketch.task.declaration.count("sorry") == 2
        assert sketch.task.solution("x") == place.solution("have g : r := by x\nexact m g"), number


async def test_no_plan_is_made_for_what_the_search_fills_alone() -> None:
    planner = FakePlanner([STEP])
    result = await World(BEGUN, third=A).prove(planner, share=0.9, limit_s=_PLENTY_S)
    assert (result.status, planner.requests) == (Status.PROVED, [])
