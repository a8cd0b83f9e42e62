"""The tools: each is one job of the workbench, and answers within seconds whatever becomes of the job."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, ParamSpec, TypeVar

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

import prover
from prover.driver.steering import Act
from prover.errors import StepwiseError, UsageError
from prover.mcp import answers
from prover.mcp.explaining import explanation_in
from prover.mcp.files import Files
from prover.mcp.following import fault_in, followed, is_over, proof_in, result_in
from prover.mcp.leases import Leases
from prover.workbench import requests
from prover.workbench.bench import Bench
from prover.workbench.jobs import Json
from prover.workbench.requests import Request

_P = ParamSpec("_P")
T = TypeVar("T")

_ANSWER_S = 24.0
"""Hosts cut a call off after a minute, some much earlier."""
_LEAST_S = 0.5
_STOP_S = 3.0
_UNASKED_S = 300.0
_OUT_OF_TIME = "the time of one call is over; what is listed was known by then"

_INSTRUCTIONS = """Proof search for Lean 4, in a warm Lean of its own that sees the project's files as they are on disk.
To see what is open: `goals`. To prove a `sorry`: `prove` (multi-step search, judged); if it answers `running`, ask
`job` until it is over, `steer` it by a tactic of your own or by pruning what leads nowhere, or `stop` it; without a
proof `explain` says why. For one step:
`suggest` (tactics that Lean accepts, closers first), or `try_tactics` for tactics of your own. After editing: `check`
(an independent judge; only `accepted` counts). Nothing here writes files: apply an answer's `edits` yourself. Lines and
columns count from 1, columns in code points. `unknown` means that nothing was found out, not that there is no proof."""

_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

_FilePath = Annotated[str, Field(description="A .lean file of the project, absolute or from its root", max_length=4096)]
_Line = Annotated[int, Field(description="Line of the `sorry`, from 1", ge=1, le=10_000_000)]
_Column = Annotated[int, Field(description="Column, from 1; 0 is the first `sorry` of the line", ge=0, le=1_000_000)]
_Code = Annotated[str, Field(description="Lean text instead of a file", max_length=1_000_000)]
_ACTS: dict[str, Any] = {"enum": [str(act) for act in Act]}
_JobName = Annotated[str, Field(description="The job's name, from `prove`", max_length=100)]


def make_server(bench: Bench, files: Files) -> MCPServer[Any]:
    """A server whose tools are jobs of `bench`, on files below the root of `files`."""
    server: MCPServer[Any] = MCPServer(
        "stepwise", instructions=_INSTRUCTIONS, version=prover.__version__, log_level="WARNING"
    )
    tools = _Tools(bench, files)
    for tool in (
        *(tools.goals, tools.suggest, tools.try_tactics, tools.check),
        *(tools.prove, tools.job, tools.steer, tools.stop, tools.explain),
    ):
        server.add_tool(_said(tool), annotations=_READS, structured_output=True)
    return server


def _said(tool: Callable[_P, Awaitable[T]]) -> Callable[_P, Awaitable[T]]:
    """The tool, whose caller is told what to mend, and that a workbench is gone."""

    @functools.wraps(tool)
    async def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> T:
        try:
            return await tool(*args, **kwargs)
        except StepwiseError as fault:
            raise ToolError(str(fault)) from fault

    return wrapped


class _Tools:
    """The tools as methods; their names, arguments and first lines are what agents see."""

    def __init__(self, bench: Bench, files: Files) -> None:
        self._bench = bench
        self._files = files
        self._leases = Leases(bench.stop, _UNASKED_S)

    async def goals(
        self,
        ctx: Context[Any, Any],
        file_path: _FilePath,
        line: Annotated[int, Field(description="Line, from 1; 0 is the whole file", ge=0, le=10_000_000)] = 0,
        column: _Column = 0,
    ) -> answers.Goals:
        """The goals at each `sorry` of a file, or at one of them, with hypotheses."""
        path, text = self._files.read(file_path)
        events, reason = await self._events(requests.Goals(path=path, text=text, line=line, column=column), ctx)
        found = result_in(events) or {"holes": [], "refused": []}
        return answers.Goals(
            status="unknown" if reason else "ok", reason=reason, holes=found["holes"], refused=found["refused"]
        )

    async def suggest(
        self,
        ctx: Context[Any, Any],
        file_path: _FilePath,
        line: _Line,
        column: _Column = 0,
        count: Annotated[int, Field(description="How many at most", ge=1, le=64)] = 8,
        prefix: Annotated[str, Field(description="Only tactics that begin with this", max_length=200)] = "",
    ) -> answers.Suggestions:
        """Tactics that Lean accepts at a `sorry`, each with the goals that it leaves: those that close it first."""
        path, text = self._files.read(file_path)
        request = requests.Suggest(
            path=path, text=text, line=line, column=column, samples=max(32, count), prefix=prefix
        )
        events, reason = await self._events(request, ctx)
        known = [event for event in events if event["event"] == "suggestion"]
        items = [answers.Suggestion(**{name: each[name] for name in answers.Suggestion.model_fields}) for each in known]
        items.sort(key=lambda each: (len(each.goals), -each.log_prob))
        return answers.Suggestions(
            status="unknown" if reason else "ok", reason=reason, items=items[:count], **_place(events)
        )

    async def try_tactics(
        self,
        ctx: Context[Any, Any],
        file_path: _FilePath,
        line: _Line,
        snippets: Annotated[list[str], Field(description="Tactics, each tried alone", min_length=1, max_length=64)],
        column: _Column = 0,
    ) -> answers.Trials:
        """What Lean says to tactics of yours at a `sorry`: closed, the goals that are left, or its message."""
        path, text = self._files.read(file_path)
        request = requests.Try(path=path, text=text, line=line, column=column, snippets=tuple(snippets))
        events, reason = await self._events(request, ctx)
        tried = sorted((event for event in events if event["event"] == "tried"), key=lambda event: event["index"])
        items = [answers.Tried(**{name: each[name] for name in answers.Tried.model_fields}) for each in tried]
        return answers.Trials(status="unknown" if reason else "ok", reason=reason, items=items, **_place(events))

    async def prove(
        self,
        ctx: Context[Any, Any],
        file_path: _FilePath = "",
        line: Annotated[int, Field(description="Line, from 1; 0 is the first theorem", ge=0, le=10_000_000)] = 0,
        column: _Column = 0,
        code: _Code = "",
        time_limit_s: Annotated[float, Field(description="For the whole search", gt=0, le=3600)] = 20.0,
        disprove: Annotated[bool, Field(description="Spend half of the time on its negation")] = False,
        best_effort: Annotated[
            bool, Field(description="Without a proof, give the unfinished one that closes most")
        ] = True,
    ) -> answers.Proof:
        """Search for a whole proof of a theorem with a `sorry`, judged independently. Answers within 25 seconds; with
        `running` if the search goes on, then ask `job`."""
        if bool(file_path) == bool(code):
            raise UsageError("name a file_path, or give code, not both")
        path, text = ("", code) if code else self._files.read(file_path)
        request = requests.Prove(
            path=path,
            text=text,
            line=line,
            column=column,
            time_limit_s=time_limit_s,
            disprove=0.5 if disprove else 0.0,
            best_effort=best_effort,
        )
        job, events, reason = await self._begun(request, ctx)
        if reason:
            return answers.Proof(status="unknown", reason=reason)
        self._leases.begin(job)
        return proof_in(events, job)

    async def job(
        self,
        ctx: Context[Any, Any],
        job: _JobName,
        wait_s: Annotated[float, Field(description="Wait so long for its end", ge=0, le=24)] = 20.0,
        since: Annotated[int, Field(description="News from here on: `next_since` of the last answer", ge=0)] = 0,
    ) -> answers.Proof:
        """How far a search is, and what it came to. Waits for its end, but not for long."""
        return await self._proof(job, max(0.01, wait_s), ctx, since)

    async def steer(
        self,
        job: _JobName,
        act: Annotated[
            str, Field(description="What to do; pause and what follows are about the whole", json_schema_extra=_ACTS)
        ],
        state: Annotated[str, Field(description="A `key` in the news; empty is the theorem", max_length=4096)] = "",
        tactic: Annotated[str, Field(description="What to `try` at the state", max_length=20_000)] = "",
        seconds: Annotated[float, Field(description="How much `more_time`", ge=0, le=3600)] = 0.0,
    ) -> answers.Steered:
        """Steer a search that runs: try your own tactic at a state; pin, boost, prune states; pause; give more time."""
        self._leases.renew(job)
        wish = {"act": act, "state": state, "tactic": tactic, "seconds": seconds}
        return answers.Steered(**await self._bench.steer(job, wish))

    async def stop(self, ctx: Context[Any, Any], job: _JobName) -> answers.Proof:
        """End a search; the answer is what it had."""
        self._bench.stop(job)
        return await self._proof(job, _STOP_S, ctx)

    async def explain(self, job: _JobName) -> answers.Explanation:
        """Why a search that is over has no proof: the limit that bound, the nearest open goals, what Lean refused."""
        return explanation_in(await self._bench.wait(job, 0, 0.01), job)

    async def check(
        self,
        ctx: Context[Any, Any],
        file_path: _FilePath = "",
        code: _Code = "",
        challenge: Annotated[
            str,
            Field(description="The text with the `sorry`s that it has to answer; empty: itself", max_length=1_000_000),
        ] = "",
    ) -> answers.Verdicts:
        """The independent judge's verdict on each theorem of a file or text: accepted, rejected, or unknown."""
        if bool(file_path) == bool(code):
            raise UsageError("name a file_path, or give code, not both")
        path, text = ("code", code) if code else self._files.read(file_path)
        events, reason = await self._events(requests.Check(path=path, text=text, challenge=challenge), ctx)
        found = result_in(events) or {"verdicts": []}
        verdicts = [
            answers.Verdict(
                theorem=each["theorem"],
                verdict=each["verdict"],
                kind=each["kind"] or "",
                reason=each["reason"],
                axioms=each["axioms"],
            )
            for each in found["verdicts"]
        ]
        return answers.Verdicts(status="unknown" if reason else "ok", reason=reason, verdicts=verdicts)

    async def _events(self, request: Request, ctx: Context[Any, Any]) -> tuple[list[Json], str]:
        """The events of a job that has the time of one call, and why they are not all."""
        job, events, reason = await self._begun(request, ctx)
        self._bench.stop(job)
        return events, reason or (fault_in(events) if is_over(events) else _OUT_OF_TIME)

    async def _begun(self, request: Request, ctx: Context[Any, Any]) -> tuple[str, list[Json], str]:
        """A job, its events within the time of one call, and the fault of the workbench's that kept them back. A call
        that is cancelled takes its job with it."""
        job, until = "", time.monotonic() + _ANSWER_S
        try:
            job = await self._bench.start(request)  # which may have to start the workbench
            left_s = max(_LEAST_S, until - time.monotonic())
            return job, await followed(self._bench, job, left_s, _reporting(ctx)), ""
        except UsageError:
            raise
        except StepwiseError as fault:
            return job, [], str(fault)
        except asyncio.CancelledError:
            self._bench.stop(job)
            raise

    async def _proof(self, job: str, wait_s: float, ctx: Context[Any, Any], since: int = 0) -> answers.Proof:
        """How far a job is after so many seconds; `unknown` if its workbench is gone."""
        self._leases.renew(job)
        try:
            return proof_in(await followed(self._bench, job, wait_s, _reporting(ctx)), job, since)
        except UsageError:
            raise
        except StepwiseError as fault:
            return answers.Proof(status="unknown", reason=str(fault), job=job)


def _place(events: list[Json]) -> Json:
    begun = next((event for event in events if event["event"] in ("begun", "result")), {})
    return {name: begun[name] for name in ("theorem", "line", "column") if name in begun}


def _reporting(ctx: Context[Any, Any]) -> Callable[[str], Awaitable[None]]:
    """Reports progress, which some hosts take for a sign of life; it only ever grows."""
    count = 0.0

    async def report(said: str) -> None:
        nonlocal count
        count += 1
        await ctx.report_progress(count, message=said)

    return report
