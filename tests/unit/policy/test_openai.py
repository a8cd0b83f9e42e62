"""The client of OpenAI-compatible servers, against a server inside the test."""

from __future__ import annotations

import asyncio
import json
import math
import random
from collections.abc import Callable
from typing import Any

import pytest

httpx = pytest.importorskip("httpx", reason="the models extra is not installed")

from prover.errors import ModelError, UsageError  # noqa: E402
from prover.policy.openai import EndpointOptions, OpenAIPolicy  # noqa: E402
from search.base import Goal, ProofState, ProposalRequest, Theorem  # noqa: E402

REQUEST = ProposalRequest(Theorem("t"), ProofState((Goal("n = n", pretty="⊢ n = n"),), "k"), (), 4)
Handler = Callable[[Any], Any]


def policy(handler: Handler, urls: tuple[str, ...] = ("http://a/v1",), **options: Any) -> OpenAIPolicy:
    return OpenAIPolicy(
        urls,
        EndpointOptions(**options),
        transport=httpx.MockTransport(handler),
        noise=random.Random(0),
        pause_s=0.001,
    )


def completion(text: str, *log_probs: float, finish: str = "stop") -> dict[str, Any]:
    return {"text": text, "finish_reason": finish, "logprobs": {"token_logprobs": list(log_probs)}}


def reply(*choices: dict[str, Any]) -> Any:
    return httpx.Response(200, json={"choices": list(choices)})


async def test_a_step_prover_is_asked_in_its_own_words_with_log_probabilities() -> None:
    seen: list[dict[str, Any]] = []

    def serve(request: Any) -> Any:
        if request.url.path == "/v1/models":
            return httpx.Response(200, json={"data": [{"id": "internlm2_5-step-prover"}]})
        seen.append(json.loads(request.content))
        return reply(
            completion("rfl", -0.5, -0.25), completion("rfl\n", -0.5, -0.25), completion("x", -1.0, finish="length")
        )

    client = policy(serve)
    ((candidate,),) = await client.propose([REQUEST])
    await client.close()
    assert (candidate.tactic, candidate.log_prob, candidate.num_tokens, candidate.count) == ("rfl", -0.75, 2, 2)
    body = seen[0]
    assert body["prompt"].startswith("<|im_start|>user\n---\nNAME: t\n\n---\nPROOF_BEFORE: ")
    assert (body["n"], body["stop"], body["logprobs"]) == (4, ["<|im_end|>"], 1)


async def test_it_is_opened_with_the_servers_model_and_counts_what_it_drops() -> None:
    def serve(request: Any) -> Any:
        if request.url.path == "/v1/models":
            return httpx.Response(200, json={"data": [{"id": "internlm2_5-step-prover"}]})
        return reply(completion("rfl", -0.5), completion("  ", -0.25), completion("x", -1.0, finish="length"))

    client = policy(serve)
    facts = await client.open()
    assert (facts.name, facts.style, facts.device) == ("internlm2_5-step-prover", "stepprover2.5", "http://a/v1")
    await client.propose([REQUEST])
    assert client.counts() == {"answers": 3, "answers_cut": 1, "answers_unreadable": 1, "requests_asked_again": 0}
    await client.close()


async def test_a_chat_model_answers_in_a_fence_and_may_know_no_probabilities() -> None:
    def serve(request: Any) -> Any:
        assert request.url.path == "/v1/chat/completions"
        message = {"content": "```lean\nsimp\n```"}
        return reply({"message": message, "finish_reason": "stop"}, {"message": {"content": "omega"}})

    client = policy(serve, model="gpt", style="chat")
    (candidates,) = await client.propose([REQUEST])
    await client.close()
    assert {c.tactic: math.exp(c.log_prob) for c in candidates} == pytest.approx({"simp": 0.5, "omega": 0.5})


async def test_a_failing_endpoint_is_left_for_another() -> None:
    asked: list[str] = []

    def serve(request: Any) -> Any:
        asked.append(request.url.host)
        if request.url.host == "a":
            return httpx.Response(503, text="busy")
        return reply(completion("rfl", -0.5))

    client = policy(serve, ("http://a/v1", "http://b/v1"), model="m", style="bfs-prover")
    (candidates,) = await client.propose([REQUEST])
    await client.close()
    assert [c.tactic for c in candidates] == ["rfl"] and asked == ["a", "b"]


async def test_a_dropped_connection_is_retried_and_then_an_error_with_its_cause() -> None:
    count = 0

    def serve(request: Any) -> Any:
        nonlocal count
        count += 1
        raise httpx.ConnectError("refused")

    client = policy(serve, model="m", style="bfs-prover", retries=2)
    with pytest.raises(ModelError, match="no endpoint answers; last: http://a/v1: refused"):
        await client.propose([REQUEST])
    await client.close()
    assert count == 3


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (httpx.Response(401, text="no key"), "401 no key"),
        (httpx.Response(200, text="<html>"), "not JSON"),
        (httpx.Response(200, json=[1]), "list where an object belongs"),
        (httpx.Response(200, json={"error": "x"}), "without choices"),
    ],
)
async def test_an_answer_that_is_none_is_not_retried(response: Any, message: str) -> None:
    client = policy(lambda _: response, model="m", style="bfs-prover")
    with pytest.raises(ModelError, match=message):
        await client.propose([REQUEST])
    await client.close()


async def test_no_more_requests_are_in_flight_than_allowed() -> None:
    running = most = 0

    async def serve(request: Any) -> Any:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.002)
        running -= 1
        return reply(completion("rfl", -0.5))

    client = policy(serve, model="m", style="bfs-prover", in_flight=3)
    assert len(await client.propose([REQUEST] * 12)) == 12
    await client.close()
    assert most == 3


@pytest.mark.parametrize("values", [[None], ["-1"], [float("nan")], [], "x"])
async def test_log_probabilities_that_are_none_are_not_used(values: Any) -> None:
    def serve(request: Any) -> Any:
        content = json.dumps({"choices": [{"text": "rfl", "logprobs": {"token_logprobs": values}}]})
        return httpx.Response(200, text=content)

    client = policy(serve, model="m", style="bfs-prover")
    ((candidate,),) = await client.propose([REQUEST])
    await client.close()
    assert (candidate.log_prob, candidate.num_tokens) == (0.0, 1)


def test_what_is_no_url_is_refused() -> None:
    with pytest.raises(UsageError, match="not an endpoint"):
        OpenAIPolicy(["ftp://x"])
