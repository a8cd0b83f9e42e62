"""One Lean server and the theorems that are open on it.

Tactic states are named by their paths; the server's own ids never leave this file. If the server doesn't hold the state
of a path (it was never made here, was dropped, or was made on another worker), the path is replayed from its longest
prefix whose state the server holds. Every method raises `LeanFault` when the process is lost; what that means for a
tactic is decided by the caller (`prover.lean.theorem`).
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from prover.confine.launch import Launch
from prover.errors import DeathReason, LeanFault, ProtocolFault, WorkerDied, WorkerStartFailed
from prover.lean import protocol
from prover.lean.contexts import Contexts
from prover.lean.held_states import HeldStates
from prover.lean.library import AskLibrary, Module, Stated, read_modules, read_theorems
from prover.lean.outline import AskOutline, Outline, Unread, read_outline
from prover.lean.problem import Opened, OpenFailed, Problem, late, opened
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

_PROTOCOL = 1
_BUSY = 4.0
"""How many times its limit a tactic may take on a busy machine: a server that its host watches, and therefore can
cancel, counts processor time (`embedded/watchdog.cjs`)."""
_REPLAY = TacticLimits(heartbeats=2_000_000, wall_s=30.0)  # it worked once: only the clock may differ


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Time limits in seconds, and the number of states that one server may hold."""

    ready_s: float = 120.0
    open_s: float = 120.0
    grace_s: float = 5.0  # a tactic may exceed its own wall limit by so much before the process is killed
    late_s: float = 2.0  # a statement its limit
    abandoned_s: float = 1.0  # cancelled tactics may run on for so long before the process is killed
    premises_s: float = 120.0  # the first request for a header builds the index of its library
    max_states: int = 20_000
    replay: TacticLimits = _REPLAY


class _ReplayFailed(LeanFault):
    """Replaying a path that led to a state before doesn't lead to a state now."""


class Worker:
    """A ready server. Calls may overlap; the server serves them one after the other."""

    def __init__(
        self,
        process: LeanProcess,
        hello: protocol.HelloAnswer,
        limits: SessionLimits,
        clock: Callable[[], float],
        start_s: float,
    ) -> None:
        self.process = process
        self.hello = hello
        self.born = clock()
        self.start_s = start_s
        self._clock = clock
        self.lean_s = 0.0
        self.tactics = 0
        self._limits = limits
        self._open: dict[int, Opened] = {}  # by theorem
        self._states = HeldStates(limits.max_states)
        self._contexts = Contexts(self._after, lambda env: self._send(protocol.Drop((), (env,))))

    @classmethod
    async def start(
        cls, launch: Launch, limits: SessionLimits, *, clock: Callable[[], float] = time.monotonic
    ) -> Worker:
        """Start a server and greet it. Raises WorkerStartFailed."""
        began = clock()
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
        return cls(process, hello, limits, clock, clock() - began)

    @property
    def num_import_lists(self) -> int:
        """Different import lists that texts began with; the server keeps what each of them brought."""
        return len(self._contexts.import_lists)

    @property
    def num_theorems(self) -> int:
        """Theorems that are open here."""
        return len(self._open)

    # ------------------------------------------------------------------------------------------------- theorems

    async def open(self, key: int, problem: Problem) -> Opened | OpenFailed:
        """Open `problem` under `key`. For a key that is open already, return its theorem. Raises WorkerDied, and ends
        the process, where Lean is interrupted twice: imports of other theorems have filled its memory."""
        if key in self._open:
            return self._open[key]
        result = await self._elaborate(key, problem)
        if isinstance(result, OpenFailed) and result.is_interrupted:
            result = await self._elaborate(key, problem)
        if isinstance(result, OpenFailed) and result.is_interrupted:
            reason = "Lean was interrupted twice while it opened a theorem: its memory is full"
            self.process.kill(DeathReason.MEMORY, reason)
            raise WorkerDied(reason, reason=DeathReason.MEMORY, was_running=True)
        return result

    async def _elaborate(self, key: int, problem: Problem) -> Opened | OpenFailed:
        arrived = self._clock()
        context = await self._contexts.env(problem.context)
        text = problem.text if context is None else problem.declaration
        asked_s = math.inf if problem.limit_s is None else max(0.1, problem.limit_s)
        limit_s = min(asked_s, self._limits.open_s)
        began = self._clock()
        try:
            answer = await self._ask(protocol.Command(text, context, limit_s), limit_s + self._limits.late_s)
        except WorkerDied as death:
            if death.was_running and death.reason is DeathReason.DEADLINE:
                return late(limit_s)
            raise
        took_s = self._clock() - began
        refusal = protocol.read_error(answer)
        if refusal is not None:
            return OpenFailed((refusal.message.partition("\n\nNo directory ")[0],))  # and Lean's search path
        elaborated = self._checked(lambda: protocol.read_command(answer))
        if context is not None:
            elaborated = elaborated.moved_down(problem.context.count("\n"))
        result = opened(problem, elaborated)
        if isinstance(result, OpenFailed) and result.is_interrupted and took_s >= limit_s:
            result = late(limit_s)
        states = {each.state_id for each in elaborated.sorries if each.state_id is not None}
        if isinstance(result, Opened) and key not in self._open:  # else another call was faster; one copy is enough
            self._open[key] = replace(result, took_s=took_s, before_s=began - arrived)
            self._send(protocol.Drop(tuple(states - {result.root_id})))
        else:
            self._send(protocol.Drop(tuple(states), (elaborated.env,)))
        return result if isinstance(result, OpenFailed) else self._open[key]

    async def _after(self, text: str, env: int | None) -> int | None:
        """Elaborate a text without theorems to prove. Returns its environment's id; None if Lean finds errors in the
        text, or the judge would refuse one of its types."""
        answer = await self._ask(protocol.Command(text, env), self._limits.open_s)
        if protocol.read_error(answer) is not None:
            return None
        elaborated = self._checked(lambda: protocol.read_command(answer))
        states = tuple(each.state_id for each in elaborated.sorries if each.state_id is not None)
        is_good = not elaborated.refused and all(message.severity != "error" for message in elaborated.messages)
        if states or not is_good:
            self._send(protocol.Drop(states, () if is_good else (elaborated.env,)))
        return elaborated.env if is_good else None

    async def outline(self, asked: AskOutline) -> Outline | Unread:
        """The outline of a file. Raises LeanFault if the process is lost."""
        if "outline" not in self.hello.capabilities:
            return Unread("its server can't be asked")
        self._contexts.note(asked.text)
        answer = await self._ask(asked, asked.wall_s + self._limits.grace_s)
        return self._checked(lambda: read_outline(answer, asked.wall_s))

    async def modules(self, root: str, limit_s: float) -> list[Module]:
        """The modules that `import root` brings, each after those that it imports. Raises LeanFault if the process is
        lost or does not know the module."""
        answer = await self._ask(AskLibrary(root), limit_s)
        return self._checked(lambda: read_modules(answer))

    async def theorems(self, root: str, module: str, limit_s: float, *, is_explicit: bool = False) -> list[Stated]:
        """The theorems of a module that `import root` brings, as Lean prints them (`is_explicit`: with every implicit
        argument). Raises LeanFault as `modules`."""
        answer = await self._ask(AskLibrary(root, module, is_explicit), limit_s)
        return self._checked(lambda: read_theorems(answer))

    def holds(self, key: int, path: Path) -> bool:
        """Whether the server holds the state at `path`, so that no replay is needed."""
        return key in self._open and (not path or self._states.has(key, path))

    def forget(self, key: int) -> None:
        """Close a theorem, and free its states and its environment on the server."""
        theorem = self._open.pop(key, None)
        if theorem is None:
            return
        self._send(protocol.Drop((theorem.root_id, *self._states.forget(key)), (theorem.env,)))

    # -------------------------------------------------------------------------------------------------- tactics

    async def apply(
        self, key: int, problem: Problem, path: Path, calls: Sequence[TacticCall], left_s: float = math.inf
    ) -> list[Outcome]:
        """Run each call on the state at `path`, for at most `left_s` seconds. Returns the outcomes in the order of the
        calls; those of the first calls if the time did not suffice.

        Raises LeanFault if the process is lost, or replaying the path fails.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + left_s
        await self._reach(key, problem, path)
        answers = await self._run(self._id(key, path), calls, _focus(path), until - loop.time())
        answered = list(zip(calls, answers, strict=False))
        if key in self._open:
            for call, answer in answered:
                self._keep(key, path, call.text, answer)
        return [_outcome(call, answer) for call, answer in answered]

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
        """Make sure that the server holds the state at `path`. Nothing may be awaited between this call and the state's
        use: another call could have the state dropped."""
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
            if not isinstance(answer, protocol.GoalsLeft):
                raise _ReplayFailed(f"step {size} of the path, {step.tactic!r}, now gives {answer}")
            self._keep(key, prefix, step.tactic, replace(answer, text=None))

    async def _run(
        self, state: int, calls: Sequence[TacticCall], focus: tuple[int, ...] | None, left_s: float = math.inf
    ) -> tuple[protocol.TacticAnswer, ...]:
        slowness = _BUSY if "cancel" in self.hello.capabilities else 1.0
        timeout_s = slowness * sum(call.limits.wall_s for call in calls) + self._limits.grace_s
        answer = await self._ask(protocol.RunTactics(state, tuple(calls), focus), timeout_s, left_s)
        refusal = protocol.read_error(answer)
        if refusal is not None:
            raise self._broken(f"the server refused a batch: {refusal.message}")
        answers = self._checked(lambda: protocol.read_tactics(answer, len(calls)))
        self.tactics += len(answers)
        self.lean_s += sum(each.lean_s for each in answers)
        return answers

    # --------------------------------------------------------------------------------------------------- states

    def _id(self, key: int, path: Path) -> int:
        return self._states.id(key, path) if path else self._open[key].root_id

    def _keep(self, key: int, path: Path, tactic: str, answer: protocol.TacticAnswer) -> None:
        """Remember the id of a new state under its path, which ends with the text that the outcome shows."""
        if isinstance(answer, protocol.GoalsLeft):
            stale = self._states.keep(key, (*path, Step(answer.text or tactic)), answer.state_id)
            if stale:
                self._send(protocol.Drop(stale))

    # -------------------------------------------------------------------------------------------------- sending

    async def _ask(
        self, request: protocol.Request | AskOutline | AskLibrary, timeout_s: float, left_s: float = math.inf
    ) -> dict[str, Any]:
        """The answer to a request, which is interrupted after `left_s` seconds."""
        future = self.process.submit(request.wire(), timeout_s=timeout_s)
        end = None
        if left_s < timeout_s:
            end = asyncio.get_running_loop().call_later(left_s, self.process.cancel, future)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            future.add_done_callback(self._drop_late)
            if isinstance(request, protocol.RunTactics):  # what else takes long is of use to others, as an index is
                self.process.cancel(future)
                asyncio.get_running_loop().call_later(self._limits.abandoned_s, self._end_abandoned, future)
            raise
        finally:
            if end is not None:
                end.cancel()

    def _end_abandoned(self, future: asyncio.Future[dict[str, Any]]) -> None:
        """Kill the process if it is still at work on a cancelled request after `abandoned_s`. Others wait behind the
        request, and a new process costs less than its rest."""
        if future.done():
            return
        left_s = self._limits.abandoned_s - self.process.time_on(future)
        if left_s <= 0:
            self.process.kill(DeathReason.ABANDONED, "nobody waited for what it was at work on")
        else:
            asyncio.get_running_loop().call_later(left_s, self._end_abandoned, future)

    def _drop_late(self, future: asyncio.Future[dict[str, Any]]) -> None:
        """Take the late answer to a cancelled request: have the server drop the states and environments it made for
        it."""
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
        """Send a request without waiting for its answer. A lost process is ignored: it holds nothing to drop."""
        self.process.submit(request.wire(), timeout_s=self._limits.open_s)

    def _checked(self, read: Callable[[], T]) -> T:
        """The result of `read`. If it raises ProtocolFault the process is killed: its other answers can't be
        trusted."""
        try:
            return read()
        except ProtocolFault as fault:
            raise self._broken(str(fault)) from fault

    def _broken(self, detail: str) -> ProtocolFault:
        self.process.kill(DeathReason.GARBAGE, detail)
        return ProtocolFault(detail)


def _focus(path: Path) -> tuple[int, ...] | None:
    return path[-1].focus if path else None


def _outcome(call: TacticCall, answer: protocol.TacticAnswer) -> Outcome:
    """The outcome, in the vocabulary of the search, for a result in that of the wire."""
    match answer:
        case protocol.GoalsLeft():
            return Advanced(answer.state, answer.text or call.text, answer.lean_s, answer.heartbeats)
        case protocol.Finished():
            return Proved(answer.text or call.text, answer.lean_s, answer.heartbeats)
        case protocol.Refused():
            return Rejected(answer.kind, answer.message, answer.lean_s, answer.heartbeats)
        case protocol.AtLimit():
            return TimedOut(answer.limit, answer.lean_s, answer.heartbeats)
