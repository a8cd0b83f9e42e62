"""What goes between actors arrives as it was."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field

from prover.cluster.lean_host import Unheard
from prover.cluster.wire import dumps, loads
from prover.run.result import Status, TheoremResult
from prover.run.usage import Usage
from prover.tasks import load_tasks
from search.base import (
    Advanced,
    Candidate,
    Crashed,
    Goal,
    Hypothesis,
    LimitKind,
    LogProb,
    ProofState,
    Proved,
    Rejected,
    RejectKind,
    Step,
    TacticCall,
    TacticLimits,
    TimedOut,
)
from search.result import Statistics

STATE = ProofState((Goal("g", (Hypothesis("h", "a = b", head="Eq", is_prop=True),), "", "h : a = b\n⊢ p", "p"),), "k")


@dataclass
class Changing:
    name: str
    seen: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Derived:
    side: int
    area: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "area", self.side**2)


@dataclass(frozen=True, kw_only=True)
class Named:
    left: int
    right: int


def test_whatever_a_run_sends_arrives_equal() -> None:
    sent = [
        [Advanced(STATE, "simp", 0.1), Proved("rfl"), Rejected(RejectKind.ERROR, "no", 0.2), Crashed("gone")],
        [TimedOut(LimitKind.WALL, 1.0), Unheard(), Candidate("simp", LogProb(-1.0))],
        ((Step("intro h", (1,)),), tuple(TacticCall(text, TacticLimits(wall_s=2.0)) for text in "ab")),
        load_tasks([], ["theorem t : 1 = 1 := by sorry"]).tasks[0],
        TheoremResult("t", "t", Status.PROVED, "proved", usage=Usage(strategy="critic", counts=Statistics(nodes=3))),
    ]
    assert loads(dumps(sent)) == sent


def test_dataclasses_that_are_more_than_their_arguments_arrive_equal() -> None:
    sent = [Changing("a", [1]), Derived(3), Named(left=1, right=2)]
    assert loads(dumps(sent)) == sent


def test_what_is_shared_stays_shared() -> None:
    first, second = loads(dumps([STATE, STATE]))
    assert first is second


def test_outcomes_take_no_more_room_than_pickle_alone_gives_them() -> None:
    outcomes = [Advanced(STATE, f"simp [h{number}]", 0.1) for number in range(32)]
    assert len(dumps(outcomes)) <= len(pickle.dumps(outcomes, protocol=5))
