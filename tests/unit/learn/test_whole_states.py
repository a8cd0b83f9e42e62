"""What is learned from: the states of a trace at which everything was run, with what became of each call."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from prover.driver.loop import SearchLoop
from prover.driver.tracer import Tracer
from prover.learn.whole_states import WholeState, whole_states
from prover.run.folder import RunFolder
from prover.run.records import read_run
from prover.run.trace import TraceWriter, trace_path
from prover.tasks import load_tasks
from search import Budget, Rule, Search, SearchOptions
from search.base import Candidate, LogProb, ProposalRequest, Theorem
from tests.fakes.graph import GraphEnvironment, Picture

WORLD: Picture = {
    "root": {"close": [], "split": ["left", "right"], "lose": ["lost"], "wander": ["far"]},
    "left": {"close": []},
    "right": {"close": []},
}


class Rules:
    """Proposes every tactic at every state, as rules of the built-in policy."""

    num_premises = 0

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        chances = {"split": -0.1, "lose": -0.2, "close": -1.0, "wander": -9.0}
        return [
            [Candidate(name, LogProb(chance), origin=f"builtin:{name}", factor=0.5) for name, chance in chances.items()]
            for _ in requests
        ]


async def collected(path: Path, *, collect: float, tactics: int | None = None) -> list[WholeState]:
    """The whole states of a run with one theorem, `collect` of whose states are tried whole."""
    tasks = load_tasks([], ["theorem t : True"])
    RunFolder.create(path, tasks, config={}, versions={}, seed=0, toolchain="this", started_at=0.0).close()
    tracer = Tracer(partial(TraceWriter, trace_path(path, "t"), {"id": "t"}))
    environment = GraphEnvironment(WORLD)
    search = Search(
        Theorem("t"),
        environment.root,
        rule=Rule.of("sum"),
        budget=Budget(expansions=4, tactics=tactics),
        options=SearchOptions(collect=collect),
        record=tracer.record,
    )
    await SearchLoop(search, environment, Rules(), None, width=1, observe=tracer, clock=time.monotonic).run()
    tracer.close()
    return whole_states([read_run(path)])


async def test_every_call_of_a_whole_state_has_its_rule_its_factor_and_its_fate(tmp_path: Path) -> None:
    (root,) = await collected(tmp_path / "run", collect=1.0)
    assert (root.module, root.theorem, root.is_proved) == ("t", "t", True)
    assert {call.rule: call.is_success for call in root.calls} == {
        "close": True,
        "split": None,  # the search was over before it tried what these leave
        "lose": None,
        "wander": None,
    }
    assert {call.factor for call in root.calls} == {0.5}
    assert root.kind.head == "other"


async def test_a_search_that_does_not_collect_leaves_nothing_to_learn_from(tmp_path: Path) -> None:
    assert await collected(tmp_path / "run", collect=0.0) == []


async def test_a_state_whose_calls_were_cut_short_is_not_whole(tmp_path: Path) -> None:
    assert await collected(tmp_path / "run", collect=1.0, tactics=2) == []
