"""LeanDojo as an environment for search (`[dojo]` extra): its traced repositories, its REPL, our outcomes.

LeanDojo is imported when it is first used, for it looks at the environment and the network. It runs one tactic at a
time and blocks, so it gets a thread of its own; a time-out or a crash ends its process, which is then opened again,
states being rebuilt by replay. It says nothing about which goals share metavariables: a state's goals stay together.
"""

from __future__ import annotations

import asyncio
import importlib
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from typing import Any

from prover.errors import LeanFault, UsageError, WorkerStartFailed
from search.base import (
    Advanced,
    Crashed,
    Goal,
    Hypothesis,
    LimitKind,
    Outcome,
    Path,
    Premise,
    ProofState,
    Proved,
    Rejected,
    RejectKind,
    Step,
    TacticCall,
    TimedOut,
)

Session = AbstractContextManager[tuple[Any, Any]]
"""What `lean_dojo.Dojo(theorem)` is: entering it gives the Dojo and the initial `TacticState`."""


def lean_dojo() -> Any:
    """The package. Raises UsageError where it is not installed."""
    try:
        return importlib.import_module("lean_dojo")
    except ImportError as error:
        raise UsageError(f"LeanDojo is not installed ({error}): pip install 'stepwise-prover[dojo]'") from error


def dojo_session(url: str, commit: str, file: str, full_name: str, *, tactic_s: float) -> Callable[[], Session]:
    """Sessions on the theorem `full_name` in `file` of the repository `url` at `commit`, traced first if need be."""
    package = lean_dojo()
    theorem = package.Theorem(package.LeanGitRepo(url, commit), file, full_name)

    def session() -> Session:
        opened: Session = package.Dojo(theorem, timeout=math.ceil(tactic_s))
        return opened

    return session


class DojoEnvironment:
    """One theorem in LeanDojo (`search.base.Environment`). Limits for single tactics are the session's."""

    def __init__(self, session: Callable[[], Session], thread: ThreadPoolExecutor) -> None:
        self._session = session
        self._thread = thread
        self._package = lean_dojo()
        self._entered = ExitStack()
        self._dojo: Any = None
        self._states: dict[Path, Any] = {}
        self._root = ProofState((), "")

    @classmethod
    async def open(cls, session: Callable[[], Session]) -> DojoEnvironment:
        """Enter a session. Raises WorkerStartFailed if LeanDojo can't."""
        environment = cls(session, ThreadPoolExecutor(1, thread_name_prefix="dojo"))
        try:
            await environment._in_thread(environment._enter)
        except BaseException:
            await environment.close()
            raise
        return environment

    @property
    def root(self) -> ProofState:
        return self._root

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        return [await self._in_thread(partial(self._one, path, call.text)) for call in calls]

    async def premises(self, path: Path, limit: int) -> Sequence[Premise]:  # noqa: ARG002 (LeanDojo has none to offer)
        return ()

    async def close(self) -> None:
        """Leave the session and end the thread. Safe to call twice."""
        await asyncio.to_thread(self._close)

    # ------------------------------------------------------------------------------------------- in the thread

    async def _in_thread(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _close(self) -> None:
        self._thread.shutdown(wait=True)
        self._leave()

    def _enter(self) -> None:
        try:
            self._dojo, initial = self._entered.enter_context(self._session())
        except (self._package.DojoInitError, self._package.DojoCrashError, OSError, AssertionError) as fault:
            raise WorkerStartFailed(f"LeanDojo can't open the theorem: {fault}") from fault
        self._states = {(): initial}
        self._root = proof_state(initial)

    def _leave(self) -> None:
        self._entered.close()
        self._dojo, self._states = None, {}

    def _one(self, path: Path, tactic: str) -> Outcome:
        """One outcome, whatever happens; after a fault the session is opened anew when it is next needed."""
        try:
            if self._dojo is None:
                self._enter()
            return self._outcome(path, tactic, self._dojo.run_tac(self._reach(path), tactic))
        except self._package.DojoTacticTimeoutError:
            self._leave()
            return TimedOut(LimitKind.WALL)
        except self._package.DojoCrashError as crash:
            self._leave()
            return TimedOut(LimitKind.MEMORY) if crash.is_out_of_memory else Crashed(str(crash))
        except (LeanFault, OSError) as fault:
            self._leave()
            return Crashed(str(fault))
        except AssertionError as fault:  # a state that LeanDojo's own reader does not understand
            return Crashed(f"LeanDojo could not read the state: {fault}")

    def _reach(self, path: Path) -> Any:
        """LeanDojo's state at `path`; missing ones are made again, from the root on."""
        for size in range(1, len(path) + 1):
            prefix, step = path[:size], path[size - 1]
            if prefix in self._states:
                continue
            state = self._dojo.run_tac(self._states[path[: size - 1]], step.tactic)
            if not isinstance(state, self._package.TacticState):
                raise LeanFault(f"step {size} of the path, {step.tactic!r}, now gives {state}")
            if step.focus is not None and step.focus != tuple(range(state.num_goals)):
                raise LeanFault("LeanDojo can't set goals aside")
            self._states[prefix] = state
        return self._states[path]

    def _outcome(self, path: Path, tactic: str, result: Any) -> Outcome:
        if isinstance(result, self._package.TacticState):
            self._states[(*path, Step(tactic))] = result
            return Advanced(proof_state(result), tactic)
        if isinstance(result, self._package.ProofFinished):
            return Proved(tactic)
        if isinstance(result, self._package.LeanError):
            return Rejected(RejectKind.ERROR, result.error)
        if isinstance(result, self._package.ProofGivenUp):
            return Rejected(RejectKind.SORRY, "the proof was given up")
        raise LeanFault(f"LeanDojo answered {result!r}")


def proof_state(state: Any) -> ProofState:
    """A `TacticState` of LeanDojo in the vocabulary of search; equal texts are equal states."""
    texts = [text for text in state.pp.split("\n\n") if "⊢" in text]
    goals = tuple(
        Goal(
            target=goal.conclusion,
            hypotheses=tuple(
                Hypothesis(each.ident, each.lean_type, is_accessible="✝" not in each.ident) for each in goal.assumptions
            ),
            pretty=text,
            key=text,
        )
        for goal, text in zip(state.goals, texts, strict=True)
    )
    return ProofState(goals, state.pp, (tuple(range(len(goals))),))
