"""The tools as an agent's host sees them, on pictures in place of Lean."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mcp.client.client import Client

from prover.assembly.warm import Warm
from prover.errors import LeanFault, StepwiseError
from prover.lean.pool import LeanPool
from prover.mcp import server
from prover.mcp.files import Files
from prover.mcp.server import make_server
from prover.workbench.bench import Workbench
from prover.workbench.jobs import Json
from prover.workbench.requests import Request
from search.base import TacticLimits
from tests.fakes.graph import Endless, Picture
from tests.fakes.judge import FakeJudge
from tests.fakes.toolchain import QUICK, pool
from tests.fakes.warm import opening, warm_with

TEXT = "theorem t : p := by\n  sorry\n"
PICTURE: Picture = {"p": {"split": ["q", "r"], "done": []}, "q": {}, "r": {}}
TOOLS = {"goals", "suggest", "try_tactics", "prove", "job", "steer", "stop", "explain", "check"}
AT = {"file_path": "mine.lean", "line": 2}
ONE_LINE, AT_1 = "theorem t : p := by sorry\n", {**AT, "line": 1}


@asynccontextmanager
async def host(root: Path, warm: Warm | StepwiseError, text: str = TEXT) -> AsyncIterator[Client]:
    """A host that is connected to the tools, on a project with one file."""
    (root / "mine.lean").write_text(text, encoding="utf8")
    async with Workbench(opening(warm)) as bench, Client(make_server(bench, Files(root.resolve()))) as client:
        yield client


async def called(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured answer; AssertionError with what was said if the tool refused."""
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    assert answer.structured_content is not None
    return dict(answer.structured_content)


async def refusal(client: Client, tool: str, **arguments: Any) -> str:
    answer = await client.call_tool(tool, arguments)
    assert answer.is_error
    return str(answer.content[0])


async def test_every_tool_says_what_it_takes_and_answers_in_a_form_that_all_models_read(tmp_path: Path) -> None:
    async with host(tmp_path, warm_with(PICTURE)) as client:
        tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        said = json.dumps(tool.input_schema)
        assert not any(word in said for word in ("anyOf", "null", "$ref", "oneOf")), tool.name
        assert tool.annotations is not None and tool.annotations.read_only_hint
        assert tool.output_schema is not None
        assert tool.description


async def test_goals_are_structured(tmp_path: Path) -> None:
    async with host(tmp_path, warm_with(PICTURE)) as client:
        (hole,) = (await called(client, "goals", file_path="mine.lean"))["holes"]
    assert (hole["theorem"], hole["line"], hole["column"]) == ("t", 2, 3)
    assert hole["goals"][0]["target"] == "p"


async def test_suggestions_that_close_the_goal_stand_first_and_no_more_than_asked_for(tmp_path: Path) -> None:
    async with host(tmp_path, warm_with(PICTURE)) as client:
        both = await called(client, "suggest", **AT)
        one = await called(client, "suggest", **AT, count=1)
    assert [each["tactic"] for each in both["items"]] == ["done", "split"]
    assert [each["tactic"] for each in one["items"]] == ["done"]
    assert both["status"] == "ok"


async def test_own_tactics_are_answered_one_by_one(tmp_path: Path) -> None:
    async with host(tmp_path, warm_with(PICTURE)) as client:
        answer = await called(client, "try_tactics", **AT, snippets=["split", "nonsense"])
    assert [(each["outcome"], each["goals"]) for each in answer["items"]] == [
        ("advanced", ["⊢ q", "⊢ r"]),
        ("rejected", []),
    ]


async def test_a_proof_comes_with_the_change_that_makes_it(tmp_path: Path) -> None:
    async with host(tmp_path, warm_with(PICTURE)) as client:
        answer = await called(client, "prove", **AT)
    assert (answer["status"], answer["proof"]) == ("proved", "done")
    assert answer["edits"] == [{"start": {"line": 2, "column": 3}, "end": {"line": 2, "column": 8}, "text": "done"}]


async def test_what_kept_a_search_from_a_proof_is_explained_with_what_to_do(tmp_path: Path) -> None:
    async with host(tmp_path, warm_with({"p": {"split": ["q", "r"]}, "q": {"done": []}, "r": {}})) as client:
        ended = await called(client, "prove", **AT)
        answer = await called(client, "explain", job=ended["job"])
    assert (answer["status"], answer["cause"], answer["theorem"]) == ("failed", "exhausted", "t")
    assert answer["said"] == "every tactic that the policy offers was tried"
    assert "lemma" in answer["next"]
    assert answer["states"]["proved"] == 1


async def test_only_a_job_is_explained(tmp_path: Path) -> None:
    async with host(tmp_path, warm_with(PICTURE)) as client:
        assert "there is no job" in await refusal(client, "explain", job="job9")


async def test_code_is_proved_without_a_file(tmp_path: Path) -> None:
    async with host(tmp_path, warm_with(PICTURE)) as client:
        assert (await called(client, "prove", code=TEXT))["status"] == "proved"
        assert "not both" in await refusal(client, "prove", code=TEXT, file_path="mine.lean")


async def test_a_proof_that_the_judge_refused_is_not_handed_out(tmp_path: Path) -> None:
    async with host(tmp_path, warm_with(PICTURE, judge=FakeJudge(lambda _: False))) as client:
        answer = await called(client, "prove", **AT)
    assert (answer["status"], answer["proof"], answer["edits"]) == ("failed", "", [])


async def test_a_long_search_answers_running_and_can_be_asked_for_and_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_ANSWER_S", 0.2)
    async with host(tmp_path, warm_with(PICTURE, environment=Endless(PICTURE))) as client:
        answer = await called(client, "prove", **AT, time_limit_s=600)
        assert answer["status"] == "running"
        assert (await called(client, "job", job=answer["job"], wait_s=0.1))["status"] == "running"
        refused = await called(client, "steer", job=answer["job"], act="pin", state="nowhere")
        assert (refused["done"], refused["said"]) == (False, "the search has no such state")
        assert (await called(client, "steer", job=answer["job"], act="more_time", seconds=5))["done"]
        assert "dance" in await refusal(client, "steer", job=answer["job"], act="dance")
        assert (await called(client, "stop", job=answer["job"]))["status"] == "stopped"
        assert "no search that runs" in await refusal(client, "steer", job=answer["job"], act="pause")


@pytest.mark.parametrize(("tool", "arguments"), [("suggest", AT), ("prove", {**AT, "time_limit_s": 600})])
async def test_a_call_that_is_cancelled_ends_its_job(tool: str, arguments: dict[str, Any], tmp_path: Path) -> None:
    async with host(tmp_path, warm_with(PICTURE, environment=Endless(PICTURE))) as client:
        asked = asyncio.create_task(client.call_tool(tool, arguments))
        while (await client.call_tool("job", {"job": "job1", "wait_s": 0})).is_error:
            await asyncio.sleep(0.01)  # it has not begun
        asked.cancel()
        assert (await called(client, "job", job="job1", wait_s=5))["status"] == "stopped"


async def test_a_search_that_nobody_asks_for_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_ANSWER_S", 0.1)
    monkeypatch.setattr(server, "_UNASKED_S", 0.6)
    async with host(tmp_path, warm_with(PICTURE, environment=Endless(PICTURE))) as client:
        job = (await called(client, "prove", **AT, time_limit_s=600))["job"]
        for _ in range(4):
            await asyncio.sleep(0.2)
            assert (await called(client, "job", job=job, wait_s=0))["status"] == "running", "somebody asks"
        await asyncio.sleep(0.8)
        assert (await called(client, "job", job=job, wait_s=0))["status"] == "stopped"


class Late(Workbench):
    """A workbench that has to be started first."""

    async def start(self, request: Request, client: str = "") -> str:
        await asyncio.sleep(1.0)
        return await super().start(request, client)


async def test_the_time_of_a_call_counts_from_its_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_ANSWER_S", 1.6)
    (tmp_path / "mine.lean").write_text(TEXT, encoding="utf8")
    endless = opening(warm_with(PICTURE, environment=Endless(PICTURE)))
    async with Late(endless) as bench, Client(make_server(bench, Files(tmp_path.resolve()))) as client:
        began = time.monotonic()
        assert (await called(client, "prove", **AT, time_limit_s=600))["status"] == "running"
        assert time.monotonic() - began < 2.4


async def test_suggestions_that_take_too_long_are_unknown_and_not_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_ANSWER_S", 0.2)
    async with host(tmp_path, warm_with(PICTURE, environment=Endless(PICTURE))) as client:
        answer = await called(client, "suggest", **AT)
    assert answer["status"] == "unknown"
    assert "time" in answer["reason"]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("goals", {"file_path": "mine.lean"}), ("suggest", AT), ("prove", AT), ("check", {"code": TEXT})],
)
async def test_a_lean_that_is_lost_leaves_unknown_with_its_reason(
    tool: str, arguments: dict[str, Any], tmp_path: Path
) -> None:
    async with host(tmp_path, LeanFault("no Lean worker starts")) as client:
        answer = await called(client, tool, **arguments)
    assert (answer["status"], answer["reason"]) == ("unknown", "no Lean worker starts")


class Killed:
    """A workbench that took a job and was killed."""

    async def start(self, request: Request) -> str:
        return "job1"

    async def wait(self, job: str, since: int = 0, timeout_s: float = 20.0) -> list[Json]:
        raise StepwiseError("the workbench is gone")

    async def steer(self, job: str, wish: Json, beside: str = "") -> Json:
        raise StepwiseError("the workbench is gone")

    async def jobs(self) -> list[Json]:
        return []

    def stop(self, job: str) -> None:
        pass


async def test_of_a_workbench_that_was_killed_nothing_is_known_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "mine.lean").write_text(TEXT, encoding="utf8")
    async with Client(make_server(Killed(), Files(tmp_path.resolve()))) as client:
        for tool, arguments in (("prove", AT), ("suggest", AT), ("job", {"job": "job1"}), ("stop", {"job": "job1"})):
            answer = await called(client, tool, **arguments)
            assert (answer["status"], answer["reason"]) == ("unknown", "the workbench is gone"), tool
        assert "the workbench is gone" in await refusal(client, "explain", job="job1")
        assert "the workbench is gone" in await refusal(client, "steer", job="job1", act="pause")


async def test_a_text_is_judged(tmp_path: Path) -> None:
    async with host(tmp_path, warm_with(PICTURE)) as client:
        good = await called(client, "check", code="theorem t : True := trivial")
        bad = await called(client, "check", file_path="mine.lean")
    assert [each["verdict"] for each in good["verdicts"]] == ["accepted"]
    assert [each["verdict"] for each in bad["verdicts"]] == ["rejected"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"file_path": "mine.lean", "line": 9}, "no `sorry` to prove at line 9"),
        ({"file_path": "other.lean", "line": 1}, "there is no file"),
        ({"file_path": "../outside.lean", "line": 1}, "outside of"),
        ({"file_path": "link.lean", "line": 1}, "outside of"),
        ({"file_path": "/etc/passwd", "line": 1}, "outside of"),
        ({"file_path": "notes.txt", "line": 1}, "no .lean file"),
        ({"file_path": "pipe.lean", "line": 1}, "can't be read"),
        ({"file_path": "mine.lean", "line": 0}, "line"),
        ({"file_path": "mine.lean", "line": 2, "count": 1000}, "count"),
    ],
)
async def test_what_the_agent_can_mend_is_said_to_it(arguments: dict[str, Any], said: str, tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "outside.lean").write_text(TEXT)
    (root / "link.lean").symlink_to(tmp_path / "outside.lean")
    (root / "notes.txt").write_text("nothing")
    (root / "pipe.lean").mkdir()
    async with host(root, warm_with(PICTURE)) as client:
        assert said in await refusal(client, "suggest", **arguments)


async def test_an_unknown_job_is_said_to_be_none(tmp_path: Path) -> None:
    async with host(tmp_path, warm_with(PICTURE)) as client:
        assert "there is no job 'job9'" in await refusal(client, "job", job="job9")
        assert "there is no job 'job9'" in await refusal(client, "stop", job="job9")


async def test_a_worker_that_dies_or_hangs_under_a_tactic_costs_the_others_nothing(tmp_path: Path) -> None:
    async with pool("good") as lean, host(tmp_path, on_servers(lean), ONE_LINE) as client:
        answer = await called(client, "try_tactics", **AT_1, snippets=["die", "split", "hang", "done"])
    assert answer["status"] == "ok", answer
    assert [each["outcome"] for each in answer["items"]] == ["crashed", "advanced", "timed_out", "proved"]


async def test_a_lean_that_never_answers_leaves_a_proof_unknown(tmp_path: Path) -> None:
    async with (
        pool("mute", session=replace(QUICK, ready_s=0.5)) as lean,
        host(tmp_path, on_servers(lean), ONE_LINE) as client,
    ):
        answer = await called(client, "prove", **AT_1, time_limit_s=0.3)
    assert answer["status"] == "unknown"
    assert answer["reason"]


def on_servers(lean: LeanPool) -> Warm:
    """Everything but Lean as in the picture."""
    warm = warm_with(PICTURE)
    return replace(warm, parts=replace(warm.parts, lean=lean, limits=TacticLimits(wall_s=0.3)))
