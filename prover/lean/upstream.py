"""The community REPL's own binary as a server: translates our requests into its protocol, and its answers into ours.

That protocol has no greeting, no numbers on answers, no batches, no limits, and no way to free or cancel. So a batch
becomes one request for each tactic, each with a deadline of its own; answers are matched to requests by their order;
and an answer without a request ends the process, since the order is then lost. A proof that it calls complete is a
candidate, as from our own server: the judge decides.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from prover.confine.launch import Launch
from prover.confine.lines import MAX_LINE, encoded, json_object
from prover.errors import DeathReason, ProtocolFault, WorkerDied
from prover.lean.json_fields import field, items, number, texts
from prover.lean.protocol import read_command
from prover.lean.transport import LeanProcess

Answer = dict[str, Any]

_IMPORTS = re.compile(r"(?:(?>(?:\s|--[^\n]*(?=\n)|/-(?![-!]).*?-/)*)(?:public |meta )*import [^\n]*)+", re.DOTALL)
_TRIAL = {"cmd": "#eval Lean.versionString"}
_TRIAL_S = 3600.0  # who starts it waits for less
_QUICK_S = 0.5  # which nothing is that uses up Lean's 200,000 (thousand) heartbeats

_PREFIX = "Lean error:\n"
_PARSE = re.compile(r"<input>:\d+:\d+: ")
_HEARTBEATS = ("(deterministic) timeout", "maximum number of heartbeats")
_RECURSION = "maximum recursion depth"
_ELABORATION = re.compile(
    r"unknown (?:identifier|constant)|type mismatch|failed to synthesize|don't know how to synthesize", re.IGNORECASE
)
_STATUSES = {  # of a proof without goals; the first words of it
    "Completed": None,
    "Incomplete: contains sorry": "sorry",
    "Incomplete: contains metavariable": "metavariables",
    "Error: kernel": "kernel",
}


async def start_server(
    launch: Launch, *, ready_timeout_s: float, clock: Callable[[], float] = time.monotonic
) -> LeanProcess:
    """Start a server, of either protocol, and wait until it is ready. Raises WorkerStartFailed."""
    kind = _UpstreamProcess if launch.is_upstream else LeanProcess
    return await kind.start(launch, ready_timeout_s=ready_timeout_s, clock=clock)


@dataclass(slots=True, eq=False)
class _Folded:
    """One of our requests, which becomes several of the server's: the one at work, and whether ours is cancelled."""

    running: asyncio.Future[Answer] | None = None
    is_unwanted: bool = False


class _UpstreamProcess(LeanProcess):
    """A process of the community REPL. `submit` takes the requests of `docs/protocol.md` that the Lean layer makes, and
    hands requests of the community's protocol on as they are."""

    def __init__(self, launch: Launch, clock: Callable[[], float]) -> None:
        super().__init__(launch, clock)
        self._version = ""
        self._block: list[bytes] = []
        self._block_size = 0
        self._folded: dict[asyncio.Future[Answer], _Folded] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._imports: dict[str, int] = {}  # environments by what they import
        self._tactics_s = 0.0

    def submit(self, request: Mapping[str, Any], *, timeout_s: float) -> asyncio.Future[Answer]:
        if self.is_alive and ("hello" in request or "drop" in request):
            done: asyncio.Future[Answer] = self._loop.create_future()
            done.set_result(self._greeting() if "hello" in request else {"dropped": 0})
            return done
        if "tactics" in request:
            return self._fold(lambda folded: self._batch(folded, request, timeout_s))
        if "cmd" in request and "env" not in request:
            return self._fold(lambda folded: self._command(folded, request, timeout_s))
        return super().submit(request, timeout_s=timeout_s)

    def cancel(self, future: asyncio.Future[Answer]) -> None:
        """Cancel a request: the running tactic can't be interrupted, but no further one is begun."""
        if future in self._folded:
            self._folded[future].is_unwanted = True

    def time_on(self, future: asyncio.Future[Answer]) -> float:
        folded = self._folded.get(future)
        if folded is None:
            return super().time_on(future)
        return super().time_on(folded.running) if folded.running is not None else 0.0

    # ------------------------------------------------------------------------------------------------- requests

    def _greeting(self) -> Answer:
        return {"server": "community", "protocol": 1, "lean": self._version, "githash": "", "capabilities": []}

    def _fold(self, work: Callable[[_Folded], Coroutine[Any, Any, Answer]]) -> asyncio.Future[Answer]:
        future: asyncio.Future[Answer] = self._loop.create_future()
        folded = self._folded[future] = _Folded()

        async def finish() -> None:
            fault: WorkerDied | None = None
            answer: Answer = {}
            try:
                answer = await work(folded)
            except WorkerDied as death:
                fault = death
            except ProtocolFault as garbage:
                self.kill(DeathReason.GARBAGE, str(garbage))
                fault = self._death(worked_s=0.0)
            del self._folded[future]
            if future.done():
                return
            if fault is None:
                future.set_result(answer)
            else:
                future.set_exception(fault)
                future.exception()  # read: nobody has to wait for it

        task = asyncio.create_task(finish())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return future

    async def _ask(self, folded: _Folded, request: Mapping[str, Any], timeout_s: float) -> Answer:
        folded.running = super().submit(request, timeout_s=timeout_s)
        return await folded.running

    async def _command(self, folded: _Folded, request: Mapping[str, Any], timeout_s: float) -> Answer:
        """Elaborate a text. The server takes seconds to read imports, so it is sent each list of imports once, and the
        text without them."""
        text = field(request, "cmd", str)
        imports = _IMPORTS.match(text)
        if imports is None:
            return await self._ask(folded, request, timeout_s)
        header = imports[0]
        if header not in self._imports:
            answer = await self._ask(folded, {"cmd": header}, timeout_s)
            if "env" not in answer or answer.get("messages"):
                return await self._ask(folded, request, timeout_s)
            self._imports[header] = field(answer, "env", int)
        if not text[len(header) :].strip():
            return {"env": self._imports[header]}
        rest = "\n" * header.count("\n") + text[len(header) :]  # the same lines as before
        return await self._ask(folded, {**request, "cmd": rest, "env": self._imports[header]}, timeout_s)

    async def _batch(self, folded: _Folded, request: Mapping[str, Any], timeout_s: float) -> Answer:
        """Run the tactics one after the other. The grace of each is `timeout_s` minus the sum of their own limits."""
        if request.get("focus") is not None:
            return {"message": "this server can't set goals aside"}
        calls = [(field(call, "tactic", str), number(call, "wallMs") / 1000) for call in items(request, "tactics")]
        grace_s = timeout_s - sum(wall_s for _, wall_s in calls)
        results: list[Answer] = []
        for text, wall_s in calls:
            if folded.is_unwanted:
                results.append({"limit": "cancelled"})
                continue
            asked = {"tactic": as_one(text), "proofState": request.get("proofState")}
            answer = await self._ask(folded, asked, wall_s + grace_s)
            if str(answer.get("message")).startswith("Unknown proof state"):
                return answer
            result = result_of(answer)
            self._end_if_worn(result)
            results.append(result)
        return {"results": results}

    def _end_if_worn(self, result: Answer) -> None:
        """Kill a process that has used up its heartbeats: some versions count them from the process's start, and then
        refuse everything."""
        took_s = result["ms"] / 1000
        self._tactics_s += took_s
        if result.get("limit") == "heartbeats" and took_s < _QUICK_S < self._tactics_s - took_s:
            self.kill(DeathReason.EXITED, "it counts heartbeats over all tactics, and they are used up")
            raise WorkerDied(self.death_note, reason=DeathReason.EXITED, was_running=False)

    # -------------------------------------------------------------------------------------------------- framing

    async def _spawn(self) -> None:
        """Start the process, and take it for ready when it has answered a request for its version: it has no
        greeting."""
        await super()._spawn()
        super().submit(_TRIAL, timeout_s=_TRIAL_S).add_done_callback(self._on_trial)

    def _on_trial(self, future: asyncio.Future[Answer]) -> None:
        if future.cancelled() or future.exception() is not None or self._ready.done():
            return
        try:
            answer = read_command(future.result())
        except ProtocolFault:
            self.kill(DeathReason.GARBAGE, f"it answered a first command with {json.dumps(future.result())[:200]}")
            return
        said = [message.text for message in answer.messages if message.severity == "info"]
        self._version = said[0].strip().strip('"') if said else ""
        self._ready.set_result(None)

    def _framed(self, request: Mapping[str, Any], number: int) -> bytes:  # noqa: ARG002 (it knows no numbers)
        return encoded(request) + b"\n\n"

    def _on_line(self, line: bytes) -> None:
        """Collect the lines of an answer, which ends with an empty line; only its first line begins with a brace."""
        if not self._ready.done():
            said = json_object(line)
            if said is not None and "confined" in said and not self.confined:
                self.confined = tuple(str(measure) for measure in said["confined"])
                return
        if line.startswith(b"{"):
            self._drop_block()
        if line.strip():
            self._block.append(line)
            self._block_size += len(line)
            if self._block_size > MAX_LINE:
                self.kill(DeathReason.GARBAGE, f"an answer of more than {MAX_LINE >> 20} MiB")
            return
        answer = json_object(b"\n".join(self._block))
        if answer is None:
            self._drop_block()
        else:
            self._block, self._block_size = [], 0
            if not self._requests.resolve_next(answer):
                self.kill(DeathReason.GARBAGE, "an answer that nobody asked for: something else writes to its output")

    def _drop_block(self) -> None:
        """Drop collected lines that are no answer."""
        self.use.noise_lines += len(self._block)
        if not self._ready.done():
            self.on_stderr(b"".join(line + b"\n" for line in self._block))
        self._block, self._block_size = [], 0


# --------------------------------------------------------------------------------------------------- translation


def as_one(block: str) -> str:
    """A block of tactics as one tactic, since the server takes one at a time. No limit of heartbeats is set: a
    `set_option` among tactics doesn't change the limit of the one that runs (docs/lean.md)."""
    return f"(\n{block}\n)"


def result_of(answer: Answer) -> Answer:
    """The result in a batch (`docs/protocol.md`) for the server's answer to one tactic. No goals left counts as a proof
    only if the server says that the proof is complete, where its version says anything of it. Raises ProtocolFault."""
    cost = {"ms": number(answer, "ms"), "heartbeats": 0.0}
    errors = [field(each, "data", str) for each in items(answer, "messages") if each.get("severity") == "error"]
    if "message" in answer:
        return _refusal(field(answer, "message", str).removeprefix(_PREFIX)) | cost
    if errors:
        return _refusal(errors[0]) | cost
    if items(answer, "sorries"):
        return {"error": "sorry", "message": "it admits a goal"} | cost
    goals = texts(answer, "goals")
    if goals:
        groups = [list(range(len(goals)))]  # which of them share metavariables isn't said
        return {"proofState": field(answer, "proofState", int), "goals": list(goals), "groups": groups} | cost
    status = field(answer, "proofStatus", str, "Completed" if "goals" in answer else "no goals were told")
    kind = next((kind for begin, kind in _STATUSES.items() if status.startswith(begin)), "error")
    return ({"proved": True} if kind is None else {"error": kind, "message": status}) | cost


def _refusal(said: str) -> Answer:
    if any(sign in said for sign in _HEARTBEATS):
        return {"limit": "heartbeats"}
    if _RECURSION in said:
        return {"limit": "recursion"}
    kind = "parse" if _PARSE.match(said) else "elaboration" if _ELABORATION.search(said) else "error"
    return {"error": kind, "message": said}
