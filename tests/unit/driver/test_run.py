"""Runs in a folder, with a picture for Lean: passes, rounds, and searches that are resumed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest

from prover.cli.main import main
from prover.config import Config, SearchConfig
from prover.driver.agenda import make_agenda
from prover.driver.history import expansions
from prover.driver.loop import Observer
from prover.driver.parts import Components
from prover.driver.run import Run
from prover.driver.searches import budget_of, make_search, notation, rules_named, temperature_of
from prover.driver.theorem import TheoremProver
from prover.driver.tracer import Tracer
from prover.errors import ModelError, RequestFault
from prover.run.folder import RunFolder
from prover.run.result import Status, TheoremResult
from prover.run.trace import TraceWriter, read_events, read_trace
from prover.settings import overlay
from prover.tasks import TheoremTask, load_tasks
from prover.tasks.presets import PRESETS, preset
from search.base import Candidate, Environment, Goal, Policy, ProposalRequest, TacticLimits
from tests.fakes.critic import HashCritic
from tests.fakes.graph import GraphEnvironment, Picture
from tests.fakes.judge import FakeJudge
from tests.fakes.opener import FakeOpener
from tests.fakes.policy import HashPolicy

ENDLESS: Picture = {f"{n}": {f"t{step}": [f"{n + 1 + step}"] for step in range(5)} for n in range(200)}
"""Of the policy's six tactics five lead on from every goal, `t5` fails, and none closes a goal."""
EASY: Picture = {"0": {f"t{number}": [] for number in range(6)}}


def config(*, expansions: int = 5, passes: int = 1, rounds: int = 1, rule: str = "token-mean") -> Config:
    search = SearchConfig(
        expansions=expansions, passes=passes, rounds=rounds, growth=2.0, rule=rule, samples=4, last_temperature=1.1
    )
    return Config(time_limit_s=60.0, search=search)


def begin(path: Path, config: Config, names: Sequence[str] = ("a", "b"), body: str = "") -> RunFolder:
    tasks = load_tasks([], [f"theorem {name} : True{body}" for name in names], stdin=BytesIO())
    return RunFolder.create(path, tasks, config=config.to_json(), versions={}, seed=0, toolchain="none", started_at=0.0)


async def work(
    folder: RunFolder,
    config: Config,
    picture: Picture = ENDLESS,
    negation: Environment | None = None,
    policy: Policy | None = None,
) -> list[TheoremResult]:
    """One process's part of a run; the results so far."""
    parts = Components(
        lean=FakeOpener(GraphEnvironment(picture), {} if negation is None else {"disproof": negation}),
        policy=policy or HashPolicy(),
        critic=HashCritic(),
        judge=FakeJudge(),
        settings=config.search,
        limits=TacticLimits(),
        time_limit_s=config.time_limit_s,
        seed=config.seed,
    )

    def observer(task: TheoremTask, attempt: int, beside: str = "") -> Observer:
        return Tracer(partial(TraceWriter, folder.trace_path(task.id, attempt, beside), {"id": task.id}))

    agenda = make_agenda(folder.tasks.tasks, folder.results(), config)
    await Run(folder, TheoremProver(parts, observer), agenda, concurrency=2).work()
    return sorted(folder.results(), key=lambda result: result.key)


async def test_passes_take_turns_at_the_rules_with_rising_temperatures(tmp_path: Path) -> None:
    settings = config(passes=3, rule="bf+cg")
    results = await work(begin(tmp_path / "run", settings), settings)
    assert [(r.attempt, r.usage.strategy) for r in results if r.id == "a"] == [
        (0, "token-mean"),
        (1, "critic"),
        (2, "token-mean"),
    ]
    assert {r.usage.budget for r in results} == {"3×4×5"}
    assert [temperature_of(settings.search, number) for number in range(3)] == pytest.approx([0.7, 0.9, 1.1])


async def test_in_a_single_pass_several_rules_share_its_budget(tmp_path: Path) -> None:
    settings = config(expansions=6, rule="bf+cg")
    results = await work(begin(tmp_path / "run", settings), settings)
    assert [(r.usage.strategy, r.expansions) for r in results] == [("token-mean+critic", 6)] * 2


@pytest.mark.parametrize("rule", ["token-mean", "bf+cg"])
async def test_a_run_with_a_raised_limit_goes_on_with_its_searches(tmp_path: Path, rule: str) -> None:
    small, big = config(expansions=6, rule=rule), config(expansions=16, rule=rule)
    folder = begin(tmp_path / "run", small)
    await work(folder, small)
    results = await work(folder, big)
    assert [(r.id, r.attempt, r.expansions) for r in results] == [("a", 0, 6), ("a", 1, 10), ("b", 0, 6), ("b", 1, 10)]
    assert await work(folder, big) == results
    before, after = (list(read_trace(folder.trace_path("a", attempt))[1]) for attempt in (0, 1))
    assert [e.key for e in after[: len(before)]] == [e.key for e in before]
    assert len(after) == 16


@pytest.mark.parametrize("rule", ["bf+cg", "beam", "blended"])
async def test_a_search_whose_trace_another_rule_recorded_begins_anew_and_says_so(
    tmp_path: Path, rule: str, caplog: pytest.LogCaptureFixture
) -> None:
    small, big = config(expansions=6), config(expansions=16, rule=rule)
    folder = begin(tmp_path / "run", small)
    await work(folder, small)
    assert not caplog.records
    results = await work(folder, big)
    assert [(r.id, r.attempt, r.expansions) for r in results if r.id == "a"] == [("a", 0, 6), ("a", 1, 16)]
    said = sorted(record.getMessage() for record in caplog.records if record.levelname == "WARNING")
    assert said == [
        f"{name}: the search can't be resumed and begins anew: its trace was recorded with other settings"
        for name in ("a", "b")
    ]


async def test_the_rounds_of_a_theorem_are_one_search(tmp_path: Path) -> None:
    settings = config(expansions=12, rounds=3)
    results = await work(begin(tmp_path / "run", settings), settings)
    assert [(r.attempt, r.expansions) for r in results if r.id == "a"] == [(0, 3), (1, 3), (2, 6)]
    assert all(r.usage.value is not None and 0.0 <= r.usage.value <= 1.0 for r in results)
    assert all(r.usage.counts.advanced + sum(r.usage.counts.refused.values()) == r.tactics for r in results)


async def test_a_search_can_be_stepped_through_from_its_trace(tmp_path: Path) -> None:
    settings = config(expansions=8)
    folder = begin(tmp_path / "run", settings)
    await work(folder, settings)
    task = folder.tasks.tasks[0]
    search = make_search(
        task.theorem(),
        GraphEnvironment(ENDLESS).root,
        settings.search,
        0,
        budget_of(settings.search, 60.0).with_wall(None),
        limits=TacticLimits(),
        seed=0,
        clock=lambda: 0.0,
    )
    sizes = [len(search.graph.nodes) for _ in expansions(search, list(read_events(folder.trace_path("a"))))]  # type: ignore[union-attr]
    assert len(sizes) == 8
    assert sizes == sorted(sizes)


async def test_when_a_pass_proves_a_theorem_its_later_passes_are_dropped(tmp_path: Path) -> None:
    settings = config(passes=4)
    results = await work(begin(tmp_path / "run", settings), settings, EASY)
    assert [(r.id, r.attempt, r.status) for r in results] == [("a", 0, Status.PROVED), ("b", 0, Status.PROVED)]


def test_the_command_shows_a_search_from_its_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = config(expansions=8)
    folder = begin(tmp_path / "run", settings)
    asyncio.run(work(folder, settings))
    folder.close()
    assert main(["replay", str(tmp_path / "run"), "a"]) == 0
    shown = capsys.readouterr().out
    assert "#8  state" in shown
    assert "; 8 expansions" in shown
    assert main(["replay", str(tmp_path / "run"), "a", "--attempt", "3"]) == 2


def test_the_search_for_a_disproof_has_a_trace_that_can_be_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = replace(config(expansions=8), search=replace(config(expansions=8).search, disprove=0.5))
    folder = begin(tmp_path / "run", settings)
    negation = GraphEnvironment(ENDLESS, {"0": Goal("¬P", head="Not", pretty="⊢ ¬P", key="0")})
    asyncio.run(work(folder, settings, negation=negation))
    folder.close()
    assert main(["replay", str(tmp_path / "run"), "a", "--beside", "disproof"]) == 0
    assert "; 4 expansions" in capsys.readouterr().out
    assert main(["replay", str(tmp_path / "run"), "a"]) == 0
    assert "; 8 expansions" in capsys.readouterr().out
    assert main(["replay", str(tmp_path / "run"), "a", "--beside", "contradictory_hypotheses"]) == 2


def test_of_several_sorries_each_has_a_search_that_can_be_shown_and_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = config(expansions=8)
    folder = begin(tmp_path / "run", settings, ("a",), " := by\n  have h : True := sorry\n  sorry")
    asyncio.run(work(folder, settings))
    folder.close()
    run, drawn = str(tmp_path / "run"), str(tmp_path / "tree.json")
    for chosen, count in (([], 8), (["--hole", "1"], 8), (["--hole", "2"], 0)):  # the second has the goal of the first
        assert main(["replay", run, "a", *chosen]) == 0
        assert f"; {count} expansions" in capsys.readouterr().out
        assert main(["report", run, "--tree", "a", *chosen, "--format", "json", "--out", drawn]) == (0 if count else 2)
        assert ("no state of it was expanded" in capsys.readouterr().err) == (not count)
    for command in (["replay", run, "a"], ["report", run, "--tree", "a"]):
        assert main([*command, "--hole", "3"]) == 2
    assert main(["replay", run, "a", "--hole", "1", "--beside", "disproof"]) == 2


@pytest.mark.parametrize("name", PRESETS)
def test_every_published_budget_can_be_run(name: str) -> None:
    settings = overlay(Config(), preset(name).settings(), name).search
    rules = rules_named(settings.rule)
    assert len(rules) == (2 if preset(name).rule == "bf+cg" else 1)
    assert notation(settings) == preset(name).budget


# ---------------------------------------------------------------------------------------------------- faults of models


class Faulty(HashPolicy):
    """A policy with a fault over each request for some theorems."""

    def __init__(self, *theorems: str) -> None:
        super().__init__()
        self.theorems = theorems

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        if any(request.theorem.name in self.theorems for request in requests):
            raise RequestFault("out of memory over one prompt")
        return await super().propose(requests)


async def test_a_models_fault_over_one_theorem_makes_it_unknown_and_the_run_goes_on(tmp_path: Path) -> None:
    results = await work(begin(tmp_path / "run", config()), config(), EASY, policy=Faulty("a"))
    (of_a, of_b) = results
    assert (of_a.status, of_a.stop_reason, of_a.error) == (
        Status.UNKNOWN,
        "model_fault",
        "out of memory over one prompt",
    )
    assert of_b.status is Status.PROVED


async def test_a_models_fault_over_theorem_after_theorem_ends_the_run_with_its_results(tmp_path: Path) -> None:
    names = [f"t{number}" for number in range(20)]
    folder = begin(tmp_path / "run", config(), names)
    with pytest.raises(ModelError, match="8 theorems in a row ended by a fault of a model; the last: out of memory"):
        await work(folder, config(), policy=Faulty(*names))
    assert [result.status for result in folder.results()] == [Status.UNKNOWN] * 8


async def test_what_a_fault_ended_is_done_again_when_the_run_is_resumed(tmp_path: Path) -> None:
    folder = begin(tmp_path / "run", config())
    await work(folder, config(), EASY, policy=Faulty("a"))
    folder.close()
    results = await work(RunFolder.resume(tmp_path / "run"), config(), EASY)
    assert [(r.id, r.attempt, r.status) for r in results] == [
        ("a", 0, Status.UNKNOWN),
        ("a", 1, Status.PROVED),
        ("b", 0, Status.PROVED),
    ]
