"""Every setting of plans does something."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from prover.assembly.planning import open_planners, tape_of
from prover.config import Config, PlanConfig
from prover.errors import UsageError
from prover.plan.planner import Planner
from tests.fakes.judge import FakeJudge
from tests.fakes.planner import EndlessPlanner, FakePlanner
from tests.fakes.plans import FALSE, PROVABLE, SKETCH, STUCK, World

Case: TypeAlias = tuple[Any, Any, Callable[[], World], Callable[[], Planner]]

REFUSED = "refused sorry"
CASES: dict[str, Case] = {
    "share": (0.0, 0.9, lambda: World(root=PROVABLE), lambda: FakePlanner([SKETCH])),
    "sketches": (1, 2, lambda: World(second=STUCK), lambda: FakePlanner([SKETCH, SKETCH.replace("f h g", "g h f")])),
    "repairs": (0, 1, World, lambda: FakePlanner([REFUSED, "refused again sorry"])),
    "depth": (1, 2, lambda: World(second=STUCK), lambda: FakePlanner([SKETCH, "sorry"], answers_holes=True)),
    "disprove": (0.0, 0.25, lambda: World(first=FALSE), lambda: FakePlanner([SKETCH])),
    "calls": (1, 2, lambda: World(judge=FakeJudge(lambda _: False)), lambda: EndlessPlanner([REFUSED])),
    "tokens": (10, 20, lambda: World(judge=FakeJudge(lambda _: False)), lambda: EndlessPlanner([REFUSED])),
}
"""For each setting two values between which a plan goes differently."""
FILES = ("planners", "record", "replay")


def test_no_setting_is_left_out() -> None:
    assert sorted((*CASES, *FILES)) == sorted(item.name for item in fields(PlanConfig))


@pytest.mark.parametrize("name", CASES)
async def test_another_value_makes_another_plan(name: str) -> None:
    one, other, world, planner = CASES[name]
    seen = []
    for value in (one, other):
        asked, told = planner(), world()
        result = await told.prove(asked, limit_s=1.0, **{name: value})
        counts = {key: count for key, count in result.usage.plan.items() if key != "model_s"}
        requests = [request.is_for_hole or request.messages for request in getattr(asked, "requests", ())]
        seen.append((counts, requests))
    assert seen[0] != seen[1]


async def test_planners_are_opened_by_name(tmp_path: Path) -> None:
    script = tmp_path / "sketches.jsonl"
    script.write_text('{"name": "t", "sketches": ["sorry"]}\n')
    names = (f"script:{script}", "openai:http://localhost:1/v1?model=m&preset=haves")
    async with AsyncExitStack() as stack:
        planners = await open_planners(Config(plan=PlanConfig(planners=names)), None, stack)
        assert [planner.name for planner in planners] == list(names)
        assert [planner.answers_holes for planner in planners] == [False, True]
    for wrong in (f"script:{tmp_path}/none", "openai:http://localhost:1/v1?preset=other", "http://x/v1?colour=blue"):
        async with AsyncExitStack() as stack:
            with pytest.raises(UsageError):
                await open_planners(Config(plan=PlanConfig(planners=(wrong,))), None, stack)


def test_requests_are_recorded_or_replayed_in_the_named_file(tmp_path: Path) -> None:
    tape = str(tmp_path / "tape.jsonl")
    assert tape_of(PlanConfig()) is None
    recording, replaying = tape_of(PlanConfig(record=tape)), tape_of(PlanConfig(replay=tape))
    assert recording is not None and not recording.is_replay
    assert replaying is not None and replaying.is_replay
    with pytest.raises(UsageError, match="not both"):
        tape_of(PlanConfig(record=tape, replay=tape))
