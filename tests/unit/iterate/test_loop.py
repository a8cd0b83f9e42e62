"""The loop: rounds over fake runs, stopped and gone on with at any point."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from prover.assembly.listener import Listener
from prover.config import Config
from prover.errors import UsageError
from prover.iterate import loop
from prover.iterate.learners import LineCritic
from prover.iterate.loop import Assignment, Iterated, iterate
from prover.iterate.rounds import RoundsFolder
from prover.iterate.rule_learner import RuleLearner
from prover.iterate.schedule import Schedule, Stop
from tests.fakes.rounds import Killed, TimedWorld

NEEDS = {"a": 0.5, "b": 1.0, "c": 4.0, "d": 9.0, "e": 99.0, "f": 99.0}
SCHEDULE = Schedule(rounds=3, budget_s=78.0, growth=3.0)


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    path = tmp_path / "list.lean"
    path.write_text("".join(f"theorem {name} : {n} = {n} := by sorry\n" for n, name in enumerate(NEEDS)))
    return Assignment([str(path)], SCHEDULE, Config(), [RuleLearner(), LineCritic()])


def play(monkeypatch: pytest.MonkeyPatch, world: TimedWorld) -> TimedWorld:
    monkeypatch.setattr(loop, "prove", world.prove)
    monkeypatch.setattr(loop, "resume", world.resume)
    return world


async def done(assignment: Assignment, folder: Path) -> Iterated:
    return await iterate(assignment, RoundsFolder(folder), lambda: nullcontext(Listener()))


async def test_budgets_grow_and_the_better_half_of_what_is_open_is_searched_with_long_proofs(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = play(monkeypatch, TimedWorld(NEEDS))
    found = await done(assignment, tmp_path / "loop")
    names = [ids for _, _, ids in world.begun]
    budgets = [each_s for _, each_s, _ in world.begun]
    assert names[0] == tuple(NEEDS)
    assert names[1] == ("a", "b", "c", "d")  # two open ones that promise most, and two proofs of four tactics
    assert budgets == sorted(budgets) and budgets[0] == pytest.approx(1.0)
    assert [(each.proved, each.shorter) for each in found.rounds][:2] == [(2, 0), (1, 2)]
    assert found.rounds[-1].solved == sum(each.proved for each in found.rounds)
    assert sum(each.lean_s for each in found.rounds) <= SCHEDULE.budget_s


async def test_the_proof_base_keeps_the_shortest_proof_of_each_theorem(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, TimedWorld(NEEDS))
    await done(assignment, tmp_path / "loop")
    lines = (tmp_path / "loop" / "proofs.jsonl").read_text().splitlines()
    kept = {value["id"]: value["steps"] for value in map(json.loads, lines)}
    assert kept["a"] == kept["b"] == 2  # of four, then three, then two tactics: no longer long


@pytest.mark.parametrize("killed_after", range(13))
async def test_a_loop_that_is_killed_at_any_result_goes_on_and_loses_nothing(
    killed_after: int, assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, TimedWorld(NEEDS))
    whole = await done(assignment, tmp_path / "whole")
    world = play(monkeypatch, TimedWorld(NEEDS, killed_after=killed_after))
    with pytest.raises(Killed):
        await done(assignment, tmp_path / "loop")
    again = await done(assignment, tmp_path / "loop")
    assert len(world.resumed) == 1
    assert again == whole
    for name in ("proofs.jsonl", "rounds.jsonl", "report.json"):
        assert (tmp_path / "loop" / name).read_text() == (tmp_path / "whole" / name).read_text()


async def test_a_loop_ends_when_a_round_finds_nothing_new(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, TimedWorld(dict.fromkeys(NEEDS, 1000.0)))
    found = await done(assignment, tmp_path / "loop")
    assert found.stop is Stop.NOTHING_NEW and len(found.rounds) == 2
    assert "0 of 6 theorems solved" in (tmp_path / "loop" / "report.md").read_text()
    assert len((await done(assignment, tmp_path / "loop")).rounds) == 2
    more = replace(assignment, schedule=replace(SCHEDULE, rounds=6, budget_s=780.0))
    assert len((await done(more, tmp_path / "loop")).rounds) == 3, "more was ordered"
    assert len((await done(more, tmp_path / "loop")).rounds) == 3


async def test_a_loop_ends_when_everything_is_settled(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, TimedWorld(dict.fromkeys(NEEDS, 0.5)))
    found = await done(assignment, tmp_path / "loop")
    assert found.stop is Stop.SETTLED and len(found.rounds) == 1


async def test_a_finished_loop_goes_on_with_more_rounds(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, TimedWorld(NEEDS))
    short = Assignment(assignment.inputs, Schedule(1, 6.0, 3.0), assignment.config, assignment.learners)
    first = await done(short, tmp_path / "loop")
    more = await done(assignment, tmp_path / "loop")
    assert more.rounds[0] == first.rounds[0] and len(more.rounds) > 1


async def test_a_budget_that_is_too_small_leaves_no_folder(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, TimedWorld(NEEDS))
    with pytest.raises(UsageError, match="too few for 6 theorems"):
        await done(Assignment(assignment.inputs, Schedule(1, 0.1, 1.0), Config(), ()), tmp_path / "loop")
    assert not (tmp_path / "loop").exists()


async def test_a_learner_that_finds_nothing_to_learn_from_says_why(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, TimedWorld(NEEDS))
    (first, *_) = (await done(assignment, tmp_path / "loop")).rounds
    assert first.replays["rules"].model == "" and "search.collect" in first.replays["rules"].reason


async def test_a_model_is_used_from_the_round_on_after_which_replay_was_better(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(monkeypatch, TimedWorld(NEEDS))
    found = await done(assignment, tmp_path / "loop")
    for each in found.rounds:
        replay = each.replays["critic"]
        is_better = replay.now is not None and (replay.before is None or replay.now > replay.before)
        assert bool(replay.model) == is_better or each.number
        assert not replay.model or (tmp_path / "loop" / replay.model).is_file()
