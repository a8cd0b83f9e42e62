"""LeanDojo's own classes become our outcomes; its time-outs and crashes cost a session, not the search."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any

import pytest

from prover.errors import WorkerStartFailed
from prover.lean.dojo import DojoEnvironment
from search.base import Advanced, Crashed, LimitKind, Outcome, Proved, Rejected, RejectKind, Step, TacticCall, TimedOut

pytestmark = [pytest.mark.timeout(30), pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture(scope="module")
def lean_dojo() -> Any:
    pytest.importorskip("lean_dojo", reason="LeanDojo is not installed (extra: dojo)")
    return importlib.import_module("lean_dojo")


class ScriptedDojo:
    """A `Dojo` whose process is a dictionary: tactic text to what happens. States remember how they were reached."""

    opened = 0

    def __init__(self, package: Any, faults: dict[str, Exception]) -> None:
        self.package = package
        self.faults = faults
        self.is_alive = True
        self.texts = ["h : p\n⊢ q"]

    def __enter__(self) -> tuple[ScriptedDojo, Any]:
        type(self).opened += 1
        if "start" in self.faults:
            raise self.faults["start"]
        return self, self.package.TacticState(self.texts[0], 0)

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_alive = False

    def run_tac(self, state: Any, tactic: str) -> Any:
        assert self.is_alive, "a session that was left"
        assert self.texts[state.id] == state.pp, "a state of another session"
        if tactic in self.faults:
            raise self.faults[tactic]
        if tactic == "done":
            return self.package.ProofFinished(99)
        if tactic == "sorry":
            return self.package.ProofGivenUp()
        if tactic == "bad":
            return self.package.LeanError("unknown identifier")
        goals = [f"case a✝\nx y✝ : Nat\n⊢ {tactic} {side} of {state.pp.count('x')}" for side in "lr"]
        self.texts.append("\n\n".join(goals))
        return self.package.TacticState(self.texts[-1], len(self.texts) - 1)


@pytest.fixture
async def environment(lean_dojo: Any) -> AsyncIterator[DojoEnvironment]:
    faults: dict[str, Exception] = {
        "slow": lean_dojo.DojoTacticTimeoutError(),
        "crash": lean_dojo.DojoCrashError("Unexpected EOF"),
        "hog": lean_dojo.DojoCrashError("OOM"),
        "pipe": OSError("broken pipe"),
        "odd": AssertionError("goals"),
    }
    session: Callable[[], Any] = lambda: ScriptedDojo(lean_dojo, faults)  # noqa: E731
    opened = await DojoEnvironment.open(session)
    yield opened
    await opened.close()


async def one(environment: DojoEnvironment, tactic: str, *path: Step) -> Outcome:
    (outcome,) = await environment.apply(path, [TacticCall(tactic)])
    return outcome


async def test_the_root_is_the_initial_state(environment: DojoEnvironment) -> None:
    (goal,) = environment.root.goals
    assert (goal.target, goal.hypotheses[0].name, goal.hypotheses[0].type) == ("q", "h", "p")


async def test_every_result_of_lean_dojo_is_an_outcome(environment: DojoEnvironment) -> None:
    split = await one(environment, "split")
    assert isinstance(split, Advanced)
    assert [goal.target for goal in split.state.goals] == ["split l of 0", "split r of 0"]
    assert split.state.groups == ((0, 1),)
    assert [hyp.is_accessible for hyp in split.state.goals[0].hypotheses] == [True, False]
    assert isinstance(await one(environment, "done"), Proved)
    assert await one(environment, "bad") == Rejected(RejectKind.ERROR, "unknown identifier")
    given_up = await one(environment, "sorry")
    assert isinstance(given_up, Rejected)
    assert given_up.kind is RejectKind.SORRY


@pytest.mark.parametrize(
    ("tactic", "expected"),
    [
        ("slow", TimedOut(LimitKind.WALL)),
        ("hog", TimedOut(LimitKind.MEMORY)),
        ("crash", Crashed("Unexpected EOF")),
        ("pipe", Crashed("broken pipe")),
    ],
)
async def test_a_lost_session_is_opened_again_and_the_path_replayed(
    environment: DojoEnvironment, tactic: str, expected: Outcome
) -> None:
    path = (Step("a"), Step("b"))
    before = await one(environment, "c", *path)
    sessions = ScriptedDojo.opened
    assert await one(environment, tactic, *path) == expected
    assert await one(environment, "c", *path) == before
    assert ScriptedDojo.opened == sessions + 1


async def test_a_state_that_lean_dojo_cannot_read_is_unknown(environment: DojoEnvironment) -> None:
    assert isinstance(await one(environment, "odd"), Crashed)
    assert isinstance(await one(environment, "done"), Proved)


async def test_goals_are_not_set_aside(environment: DojoEnvironment) -> None:
    assert isinstance(await one(environment, "c", Step("a", (0, 1))), Advanced)
    assert isinstance(await one(environment, "c", Step("b", (1,))), Crashed)


async def test_a_theorem_that_does_not_open_is_a_failed_start(lean_dojo: Any) -> None:
    faults: dict[str, Exception] = {"start": lean_dojo.DojoInitError("Unexpected EOF")}
    with pytest.raises(WorkerStartFailed, match="Unexpected EOF"):
        await DojoEnvironment.open(lambda: ScriptedDojo(lean_dojo, faults))
