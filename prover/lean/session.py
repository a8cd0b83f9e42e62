"""One Lean server and the theorems that are open on it.

States are named by path; the server's own ids never leave this file. A path whose state is not held (never made
here, dropped, or made on another worker) is rebuilt by replaying it from the longest part that is. Everything raises
`LeanFault` when the process is lost: deciding what that means for a tactic is left to the caller.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from prover.confine.launch import Launch
from prover.errors import DeathReason, LeanFault, ProtocolFault, WorkerStartFailed
from prover.lean import protocol
from prover.lean.contexts import Contexts
from prover.lean.outline import AskOutline, Outline, Unread, read_outline
from prover.lean.problem import Opened, OpenFailed, Problem, opened
from prover.lean.transport import LeanProcess
from prover.lean.upstream import start_server
from search.base import (
    Advanced,
    Outcome,
    Path,
    Premise,
    Proved,
    Rejected,
    Step,
    TacticCall,
    TacticLimits,
    TimedOut,
)

T = TypeVar("T")

_STALE_AT_ONCE = 64  # a message for each would cost more than the states do

_PROTOCOL = 1
_REPLAY = TacticLimits(heartbeats=2_000_000, wall_s=30.0)  # it worked once: only the clock may differ


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Waiting times in seconds, and how many states a server may hold for us."""

    ready_s: float = 120.0
    open_s: float = 120.0
    grace_s: float = 5.0  # beyond a tactic's own wall limit, before the process is killed
    abandoned_s: float = 1.0  # how long tactics that nobody waits for may go on before the process is killed
    premises_s: float = 60.0  # the first for a header makes its index
    max_states: int = 20_000
    replay: TacticLimits = _REPLAY


class _ReplayFailed(LeanFault):
    """A path that once led to a state does not any more."""


class Worker:
    """A ready server. Calls may overlap: the server takes them one after the other."""

    def __init__(self, process: LeanProcess, hello: protocol.HelloAnswer, limits: SessionLimits, born: float) -> None:
        self.process = process
        self.hello = hello
        self.born = born
        self.lean_s = 0.0
        self.tactics = 0
        self._limits = limits
        self._open: dict[int, Opened] = {}  # by theorem
        self._states: OrderedDict[tuple[int, Path], int] = OrderedDict()  # least recently used first
        self._stale: list[int] = []  # to be dropped with the next few
        self._contexts = Contexts(self._after, lambda env: self._send(protocol.Drop((), (env,))))

    @classmethod
    async def start(
        cls, launch: Launch, limits: SessionLimits, *, clock: Callable[[], float] = time.monotonic
    ) -> Worker:
        """Start a server and greet it. Raises WorkerStartFailed."""
        process = await start_server(launch, ready_timeout_s=limits.ready_s, clock=clock)
        try:
            answer = await process.submit(protocol.Hello().wire(), timeout_s=limits.ready_s)
            hello = protocol.read_hello(answer)
            if hello.protocol != _PROTOCOL:
                raise ProtocolFault(f"it speaks protocol {hello.protocol}, not {_PROTOCOL}")
        except LeanFault as fault:
            await process.close(grace_s=0.0)
            raise WorkerStartFailed(f"the server started but did not greet: {fault}") from fault
        except BaseException:
            await process.close(grace_s=0.0)
            raise
        return cls(process, hello, limits, clock())

    # ------------------------------------------------------------------------------------------------- theorems

    async def open(self, key: int, problem: Problem) -> Opened | OpenFailed:
        """Open `problem` under `key`; again for a key that is open costs nothing."""
        if key in self._open:
            return self._open[key]
        result = await self._elaborate(key, problem)
        if isinstance(result, OpenFailed) and result.is_interrupted:
            result = await self._elaborate(key, problem)
        return result

    async def _elaborate(self, key: int, problem: Problem) -> Opened | OpenFailed:
        context = await self._contexts.env(problem.context)
        text = problem.text if context is None else problem.declaration
        answer = await self._ask(protocol.Command(text, context), self._limits.open_s)
        refusal = protocol.read_error(answer)
        if refusal is not None:
            return OpenFailed((refusal.message,))
        elaborated = self._checked(lambda: protocol.read_command(answer))
        if context is not None:
            elaborated = elaborated.moved_down(problem.context.count("\n"))
        result = opened(problem, elaborated)
        states = {each.state_id for each in elaborated.sorries if each.state_id is not None}
        if isinstance(result, Opened) and key not in self._open:  # else another call was faster; one copy is enough
            self._open[key] = result
            self._send(protocol.Drop(tuple(states - {result.root_id})))
        else:
            self._send(protocol.Drop(tuple(states), (elaborated.env,)))
        return result if isinstance(result, OpenFailed) else self._open[key]

    async def _after(self, text: str, env: int | None) -> int | None:
        """The environment after a text without theorems to prove; None if Lean finds errors in it, or the judge would
        refuse one of its types."""
        answer = await self._ask(protocol.Command(text, env), self._limits.open_s)
        if protocol.read_error(answer) is not None:
            return None
        elaborated = self._checked(lambda: protocol.read_command(answer))
        states = tuple(each.state_id for each in elaborated.sorries if each.state_id is not None)
        is_good = not elaborated.refused and all(message.severity != "error" for message in elaborated.messages)
        if states or not is_good:
            self._send(protocol.Drop(states, () if is_good else (elaborated.env,)))
        return elaborated.env if is_good else None

    async def outline(self, text: str) -> Outline | Unread:
        """What a file says, elaborated as it stands. Raises LeanFault if the process is lost."""
        if "outline" not in self.hello.capabilities:
            return Unread("its server can't be asked")
        limit_s = self._limits.open_s
        answer = await self._ask(AskOutline(text, limit_s), limit_s + self._limits.grace_s)
        return self._checked(lambda: read_outline(answer))

    def holds(self, key: int, path: Path) -> bool:
        """Whether the state at `path` is at hand, without replay."""
        return key in self._open and (not path or (key, _bare(path)) in self._states)

    def forget(self, key: int) -> None:
        """Drop everything held for a theorem."""
        theorem = self._open.pop(key, None)
        if theorem is None:
            return
        mine = [name for name in self._states if name[0] == key]
        ids = tuple(self._states.pop(name) for name in mine)
        self._send(protocol.Drop((theorem.root_id, *ids), (theorem.env,)))

    # -------------------------------------------------------------------------------------------------- tactics

    async def apply(self, key: int, problem: Problem, path: Path, calls: Sequence[TacticCall]) -> list[Outcome]:
        """One outcome a call, from the state at `path`. Raises LeanFault if the process is lost or the path too."""
        await self._reach(key, problem, path)
        answers = await self._run(self._id(key, path), calls, _focus(path))
        if key in self._open:
            for call, answer in zip(calls, answers, strict=True):
                self._keep(key, path, call.text, answer)
        return [_outcome(call, answer) for call, answer in zip(calls, answers, strict=True)]

    async def premises(self, key: int, problem: Problem, path: Path, limit: int) -> tuple[Premise, ...]:
        if "premises" not in self.hello.capabilities:
            return ()
        await self._reach(key, problem, path)
        focus = _focus(path)
        question = protocol.AskPremises(self._id(key, path), limit, focus[0] if focus else 0)
        answer = await self._ask(question, self._limits.premises_s + self._limits.grace_s)
        if protocol.read_error(answer) is not None:
            return ()
        return self._checked(lambda: protocol.read_premises(answer))

    async def _reach(self, key: int, problem: Problem, path: Path) -> None:
        """Make sure that the state at `path` is held: nothing may be awaited between this and its use."""
        theorem = await self.open(key, problem)
        if isinstance(theorem, OpenFailed):
            raise _ReplayFailed(f"the statement no longer elaborates: {theorem.messages[0]}")
        known = next(size for size in range(len(path), -1, -1) if self.holds(key, path[:size]))
        for size in range(known + 1, len(path) + 1):
            prefix, step = path[: size - 1], path[size - 1]
            if self.holds(key, path[:size]):  # another call replayed the same
                continue
            if not self.holds(key, prefix):
                raise _ReplayFailed("the theorem was closed, or its states dropped, under a replay")
            call = TacticCall(step.tactic, self._limits.replay)
            (answer,) = await self._run(self._id(key, prefix), [call], _focus(prefix))
            if not isinstance(answer, protocol.Accepted):
                raise _ReplayFailed(f"step {size} of the path, {step.tactic!r}, now gives {answer}")
            self._keep(key, prefix, step.tactic, replace(answer, text=None))

    async def _run(
        self, state: int, calls: Sequence[TacticCall], focus: tuple[int, ...] | None
    ) -> tuple[protocol.TacticAnswer, ...]:
        timeout_s = sum(call.limits.wall_s for call in calls) + self._limits.grace_s
        answer = await self._ask(protocol.RunTactics(state, tuple(calls), focus), timeout_s)
        refusal = protocol.read_error(answer)
        if refusal is not None:
            raise self._broken(f"the server refused a batch: {refusal.message}")
        answers = self._checked(lambda: protocol.read_tactics(answer, len(calls)))
        self.tactics += len(calls)
        self.lean_s += sum(each.lean_s for each in answers)
        return answers

    # --------------------------------------------------------------------------------------------------- states

    def _id(self, key: int, path: Path) -> int:
        if not path:
            return self._open[key].root_id
        name = (key, _bare(path))
        self._states.move_to_end(name)
        return self._states[name]

    def _keep(self, key: int, path: Path, tactic: str, answer: protocol.TacticAnswer) -> None:
        """Remember a new state under the text that its outcome shows; make room for it."""
        if not isinstance(answer, protocol.Accepted):
            return
        name = (key, (*path, Step(answer.text or tactic)))
        if name in self._states:
            self._stale.append(self._states.pop(name))
        self._states[name] = answer.state_id
        if len(self._states) > self._limits.max_states:
            self._stale.append(self._states.popitem(last=False)[1])
        if len(self._stale) >= _STALE_AT_ONCE:
            self._send(protocol.Drop(tuple(self._stale)))
            self._stale.clear()

    # -------------------------------------------------------------------------------------------------- sending

    async def _ask(self, request: protocol.Request | AskOutline, timeout_s: float) -> dict[str, Any]:
        future = self.process.submit(request.wire(), timeout_s=timeout_s)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            future.add_done_callback(self._drop_late)
            if isinstance(request, protocol.RunTactics):  # what else takes long is of use to others, as an index is
                self.process.cancel(future)
                asyncio.get_running_loop().call_later(self._limits.abandoned_s, self._end_abandoned, future)
            raise

    def _end_abandoned(self, future: asyncio.Future[dict[str, Any]]) -> None:
        """A request that nobody waits for must not keep others waiting, even if the server doesn't notice that it is
        cancelled: a new process costs less than its rest."""
        if future.done():
            return
        left_s = self._limits.abandoned_s - self.process.time_on(future)
        if left_s <= 0:
            self.process.kill(DeathReason.ABANDONED, "nobody waited for what it was at work on")
        else:
            asyncio.get_running_loop().call_later(left_s, self._end_abandoned, future)

    def _drop_late(self, future: asyncio.Future[dict[str, Any]]) -> None:
        """The answer to a request whose caller is gone: what the server made for it is in nobody's hands."""
        if future.cancelled() or future.exception() is not None:
            return
        try:
            held = protocol.read_held(future.result())
        except ProtocolFault as fault:
            self.process.kill(DeathReason.GARBAGE, str(fault))
            return
        if held != protocol.Drop():
            self._send(held)

    def _send(self, request: protocol.Request) -> None:
        """Without waiting for the answer; a process that is gone has nothing left to drop."""
        self.process.submit(request.wire(), timeout_s=self._limits.open_s)

    def _checked(self, read: Callable[[], T]) -> T:
        """What `read` reads; an answer that is none ends the process, whose other answers can't be trusted either."""
        try:
            return read()
        except ProtocolFault as fault:
            raise self._broken(str(fault)) from fault

    def _broken(self, detail: str) -> ProtocolFault:
        self.process.kill(DeathReason.GARBAGE, detail)
        return ProtocolFault(detail)


def _bare(path: Path) -> Path:
    """The path without the last choice of goals: that is made when the state is used."""
    last = path[-1]
    return path if last.focus is None else (*path[:-1], Step(last.tactic))


def _focus(path: Path) -> tuple[int, ...] | None:
    return path[-1].focus if path else None


def _outcome(call: TacticCall, answer: protocol.TacticAnswer) -> Outcome:
    """A wire result in the vocabulary of the search."""
    match answer:
        case protocol.Accepted():
            return Advanced(answer.state, answer.text or call.text, answer.lean_s, answer.heartbeats)
        case protocol.Finished():
            return Proved(answer.text or call.text, answer.lean_s, answer.heartbeats)
        case protocol.Refused():
            return Rejected(answer.kind, answer.message, answer.lean_s)
        case protocol.AtLimit():
            return TimedOut(answer.limit, answer.lean_s)
