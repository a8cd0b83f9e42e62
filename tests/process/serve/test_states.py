"""LeanCopilot's and llmstep's requests, by hand over a real socket, to a workbench of pictures."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from prover.serve.json_server import JsonServer
from prover.serve.states import StateService
from prover.workbench.bench import Workbench
from tests.fakes.graph import Endless, GraphEnvironment, Picture
from tests.fakes.warm import opening, warm_with

PICTURE: Picture = {"p": {"intro": ["q"], "oops": ["q"], "done": []}, "q": {}}
LEAN: Picture = {"p": {"intro": ["q"], "done": []}, "q": {}}
STATE = "h : r\n⊢ p"


@asynccontextmanager
async def served(environment: GraphEnvironment) -> AsyncIterator[tuple[httpx.AsyncClient, Workbench]]:
    async with Workbench(opening(warm_with(PICTURE, environment=environment))) as bench:
        server = JsonServer(StateService(bench).routes())
        port = await server.start("127.0.0.1", 0)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            yield client, bench
        await server.close()


async def test_leancopilot_gets_what_the_policy_proposes_with_scores_and_lean_is_not_asked() -> None:
    environment = GraphEnvironment(LEAN)
    async with served(environment) as (client, _):
        answer = await client.post("/generate", json={"name": "stepwise", "input": STATE, "prefix": ""})
        outputs: list[dict[str, Any]] = answer.json()["outputs"]
        assert [each["output"] for each in outputs] == ["intro", "oops", "done"]
        assert all(0 < each["score"] < 1 for each in outputs)
        answer = await client.post("/generate", json={"name": "stepwise", "input": STATE, "prefix": "do"})
        assert [each["output"] for each in answer.json()["outputs"]] == ["done"]
        assert environment.calls == 0


async def test_llmstep_gets_texts_and_on_request_those_that_lean_accepts_closers_first() -> None:
    async with served(GraphEnvironment(LEAN)) as (client, _):
        asked = {"tactic_state": STATE, "prefix": "", "context": "theorem t : p := by"}
        assert (await client.post("/", json=asked)).json() == {"suggestions": ["intro", "oops", "done"]}
        assert (await client.post("/", json={**asked, "check": True})).json() == {"suggestions": ["done", "intro"]}
        assert (await client.post("/", json={**asked, "n": 1})).json() == {"suggestions": ["intro"]}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"input": "no goals"},
        {"input": 1},
        {"input": STATE, "n": 0},
        {"input": STATE, "check": "yes"},
        {"input": STATE, "m": 1},
    ],
)
async def test_what_is_no_request_is_refused_with_the_reason(body: dict[str, Any]) -> None:
    async with served(GraphEnvironment(LEAN)) as (client, _):
        answer = await client.post("/generate", content=json.dumps(body))
        assert answer.status_code == 400
        assert answer.json()["error"]["message"]


async def test_the_job_of_a_client_that_hangs_up_is_stopped() -> None:
    async with served(Endless(LEAN)) as (client, bench):
        asking = asyncio.create_task(client.post("/", json={"tactic_state": STATE, "check": True}))
        while not await bench.jobs():
            await asyncio.sleep(0.001)
        asking.cancel()
        async with asyncio.timeout(5):
            while (await bench.jobs())[0]["state"] == "running":
                await asyncio.sleep(0.001)
