"""Served models, spoken to by our own clients and by hand over a real socket."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Future
from typing import Any

import pytest

pytest.importorskip("httpx", reason="the models extra is not installed")
pytest.importorskip("torch", reason="the models extra is not installed")

from critic.model import ModelCritic
from prover.errors import ModelError
from prover.models.policy import ModelPolicy, ModelSettings
from prover.models.prompts import STYLES
from prover.models.requests import Sampled, SamplingRequest
from prover.models.tokenizer import ByteVocabulary, Tokenizer
from prover.policy.openai import OpenAIPolicy
from prover.policy.served_critic import RemoteScorer
from prover.serve.critic import CriticService
from prover.serve.json_server import JsonServer
from prover.serve.policy import PolicyService
from search.base import Goal, ProofState, ProposalRequest, Theorem

HOST = "127.0.0.1"
STATE = "n : Nat\n⊢ n = n"
REQUEST = ProposalRequest(Theorem("t"), ProofState((Goal("n = n", pretty=STATE),), "k"), (), 3)
BYTES = Tokenizer(ByteVocabulary(), None, (1,))


class Parrot:
    """An engine that answers `text`, or never while `is_stuck`."""

    num_pending = 0
    vocab = 259
    fault = None

    def __init__(self) -> None:
        self.seen: list[SamplingRequest] = []
        self.futures: list[Future[list[Sampled]]] = []
        self.is_stuck = False
        self.text = "rfl"

    def submit(self, request: SamplingRequest) -> Future[list[Sampled]]:
        future: Future[list[Sampled]] = Future()
        self.seen.append(request)
        self.futures.append(future)
        if not self.is_stuck:
            ids = (*(byte + 3 for byte in b"rfl"), 1)
            future.set_result([Sampled(ids, (-0.1, -0.2, -0.3, -0.4), self.text, True)] * request.num_samples)
        return future

    def wait_ready(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def engine() -> Parrot:
    return Parrot()


@pytest.fixture
async def port(engine: Parrot) -> AsyncIterator[int]:
    policy = ModelPolicy([engine], BYTES, STYLES["bfs-prover"], name="tiny-bfs-prover")
    server = JsonServer(PolicyService(policy, samples=4).routes())
    yield await server.start(HOST, 0)
    await server.close()


async def post(port: int, path: str, body: Any, *, method: str = "POST") -> tuple[int, dict[str, Any]]:
    reader, writer = await asyncio.open_connection(HOST, port)
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + content)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    start, _, rest = answer.partition(b"\r\n\r\n")
    return int(start.split()[1]), json.loads(rest)


async def test_our_client_gets_log_probabilities_from_our_server(port: int, engine: Parrot) -> None:
    client = OpenAIPolicy([f"http://{HOST}:{port}/v1"])
    ((candidate,),) = await client.propose([REQUEST])
    await client.close()
    assert (candidate.tactic, candidate.num_tokens, candidate.count) == ("rfl", 4, 3)
    assert candidate.log_prob == pytest.approx(-1.0)
    assert ByteVocabulary().decode(engine.seen[0].prompt) == f"{STATE}:::"


async def test_lean_copilot_gets_tactics_with_probabilities(port: int, engine: Parrot) -> None:
    status, body = await post(port, "/generate", {"name": "x", "input": STATE, "prefix": "exact "})
    assert status == 200
    assert body == {"outputs": [{"output": "exact rfl", "score": pytest.approx(math.exp(-1.0))}]}
    assert ByteVocabulary().decode(engine.seen[0].prompt) == f"{STATE}:::exact "
    assert engine.seen[0].num_samples == 4


async def test_settings_of_the_openai_api_reach_the_engine(port: int, engine: Parrot) -> None:
    body = {"prompt": "x", "n": 2, "temperature": 0.3, "top_p": 0.5, "max_tokens": 9, "stop": ["</s>", "!"], "seed": 4}
    status, reply = await post(port, "/v1/completions", body)
    assert status == 200 and len(reply["choices"]) == 2 and reply["choices"][0]["logprobs"] is None
    assert reply["usage"] == {"prompt_tokens": 1, "completion_tokens": 8, "total_tokens": 9}
    (seen,) = engine.seen
    assert (seen.num_samples, seen.temperature, seen.top_p, seen.max_new_tokens, seen.seed) == (2, 0.3, 0.5, 9, 4)
    assert seen.stop_ids == {1} and seen.stops == ("!",)


async def test_a_list_of_prompts_is_answered_in_its_order(port: int, engine: Parrot) -> None:
    status, reply = await post(port, "/v1/completions", {"prompt": ["x", [5, 6], "yz"], "n": 2, "seed": 1})
    assert status == 200
    assert [choice["index"] for choice in reply["choices"]] == list(range(6))
    assert [seen.prompt for seen in engine.seen] == [(123,), (5, 6), (124, 125)]
    assert reply["usage"]["prompt_tokens"] == 5


async def test_generate_takes_temperature_and_seed_and_draws_anew_without_one(port: int, engine: Parrot) -> None:
    await post(port, "/generate", {"input": STATE, "temperature": 0.3, "seed": 5, "n": 2})
    for _ in range(2):
        await post(port, "/generate", {"input": STATE})
    said, first, second = engine.seen
    assert (said.temperature, said.seed, said.num_samples) == (0.3, 5, 2)
    assert (first.temperature, first.num_samples) == (0.7, 4)
    assert first.seed != second.seed


async def test_a_chat_message_is_answered(port: int) -> None:
    body = {"messages": [{"role": "user", "content": "prove"}], "logprobs": True}
    _, reply = await post(port, "/v1/chat/completions", body)
    choice = reply["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": "rfl"}
    assert [item["logprob"] for item in choice["logprobs"]["content"]] == [-0.1, -0.2, -0.3, -0.4]


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/v1/completions", {"prompt": 3}, 400, "prompt takes"),
        ("/v1/completions", {"prompt": "x", "n": "many"}, 400, "n takes a number"),
        ("/v1/completions", {"prompt": "x", "n": 10**9}, 400, "n is 1 to 1024"),
        ("/v1/completions", {"prompt": "x", "temperature": -1}, 400, "out of range"),
        ("/v1/completions", b"{", 400, "not JSON"),
        ("/v1/completions", b"[]", 400, "object is expected"),
        ("/v1/chat/completions", {"messages": []}, 400, "takes a list of messages"),
        ("/v1/chat/completions", {"messages": [{"role": "tool", "content": "x"}]}, 400, "have a role"),
        ("/v1/chat/completions", {"messages": [{"role": "assistant", "content": "x"}]}, 400, "the last is the user's"),
        ("/v1/chat/completions", {"messages": "x", "stream": True}, 400, "stream is not served"),
        ("/v1/completions", {"prompt": "x", "stream": True}, 400, "stream is not served"),
        ("/v1/completions", {"prompt": "x", "n": 2, "best_of": 4}, 400, "best_of is not served: .* set it to 2"),
        ("/v1/completions", {"prompt": "x", "echo": True}, 400, "echo is not served: .* set it to false"),
        ("/v1/completions", {"prompt": "x", "suffix": "y"}, 400, "suffix is not served"),
        ("/v1/completions", {"prompt": "x", "top_k": 5}, 400, "top_k is not served: leave it out"),
        ("/v1/completions", {"prompt": "x", "frequency_penalty": 0.5}, 400, "frequency_penalty is not served"),
        ("/v1/completions", {"prompt": "x", "model": "gpt"}, 400, "no model 'gpt' here: there is 'tiny-bfs-prover'"),
        ("/v1/chat/completions", {"messages": [], "tools": [{}]}, 400, "tools is not served"),
        ("/v1/chat/completions", {"messages": [], "model": "gpt"}, 400, "no model 'gpt' here"),
        ("/v1/completions", {"prompt": ["x", 3]}, 400, "prompt takes"),
        ("/v1/completions", {"prompt": "x", "stop": 5}, 400, "stop takes"),
        ("/v1/completions", {"prompt": "x", "stop": {"a": 1}}, 400, "stop takes"),
        ("/v1/completions", {"prompt": "x", "n": 2.9}, 400, "n takes a whole number"),
        ("/v1/completions", {"prompt": "x", "seed": 0.5}, 400, "seed takes a whole number"),
        ("/v1/completions", {"prompt": "\ud800"}, 400, "not Unicode"),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "\udfff"}]}, 400, "not Unicode"),
        ("/generate", {"input": "\ud800"}, 400, "not Unicode"),
        ("/generate", {"input": "x", "max_tokens": 5}, 400, "max_tokens is not served"),
        ("/v1/completions", {"prompt": []}, 400, "prompt takes"),
        ("/generate", {"input": 1}, 400, "input takes"),
        ("/nowhere", {}, 404, "no POST /nowhere here"),
        ("/health", {}, 405, "no POST /health here"),
        ("/generate", b"x" * 9_000_000, 413, "too large"),
    ],
)
async def test_what_is_no_request_is_answered_with_the_reason(
    port: int, path: str, body: Any, status: int, message: str
) -> None:
    found, reply = await post(port, path, body)
    assert found == status and re.search(message, reply["error"]["message"])


async def test_what_nobody_expected_is_a_500_with_words_and_the_server_lives() -> None:
    async def broken(_: dict[str, Any]) -> dict[str, Any]:
        raise KeyError("no such piece")

    server = JsonServer({("POST", "/broken"): broken})
    own = await server.start(HOST, 0)
    for _ in range(2):
        status, reply = await post(own, "/broken", {})
        assert (status, reply["error"]["message"]) == (500, "the server failed: KeyError('no such piece')")
    await server.close()


async def test_garbage_is_refused_and_the_server_lives(port: int) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"\x00\x01 garbage\r\n\r\n")
    assert b" 400 " in (await reader.read()).split(b"\r\n")[0]
    writer.close()
    await writer.wait_closed()
    assert (await post(port, "/health", b"", method="GET"))[0] == 200


async def test_without_a_number_of_tokens_an_answer_is_no_longer_than_the_model_writes() -> None:
    engine = Parrot()
    policy = ModelPolicy([engine], BYTES, STYLES["bfs-prover"], ModelSettings(max_new_tokens=16), name="short")
    server = JsonServer(PolicyService(policy).routes())
    port = await server.start(HOST, 0)
    assert (await post(port, "/v1/completions", {"prompt": "x"}))[0] == 200
    assert [request.max_new_tokens for request in engine.seen] == [16]
    await server.close()


async def test_fields_with_the_value_that_is_served_are_taken(port: int) -> None:
    body = {
        "prompt": "x",
        "n": 2,
        "best_of": 2,
        "echo": False,
        "stream": False,
        "model": "tiny-bfs-prover",
        "user": "me",
    }
    assert (await post(port, "/v1/completions", {**body, "logit_bias": {}, "presence_penalty": 0}))[0] == 200


async def test_no_tactic_among_the_answers_is_said(port: int, engine: Parrot) -> None:
    engine.text = "  "
    status, reply = await post(port, "/generate", {"input": STATE})
    assert status == 503
    assert "none of 4 answers holds a tactic (0 cut off, 4 unreadable)" in reply["error"]["message"]


async def test_closing_the_server_with_connections_open_is_silent(port: int, engine: Parrot) -> None:
    """One waits for an answer, one between requests, one hangs up just now."""
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    engine.is_stuck = True
    server = JsonServer({("GET", "/slow"): lambda _: asyncio.sleep(60, {})})
    own = await server.start(HOST, 0)
    opened = [await asyncio.open_connection(HOST, own) for _ in range(3)]
    opened[0][1].write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    await asyncio.sleep(0.01)
    opened[2][1].close()
    await asyncio.sleep(0)
    await server.close()
    for _, writer in opened:
        writer.close()
    await asyncio.sleep(0.01)
    assert faults == []


async def test_hanging_up_cancels_the_work(port: int, engine: Parrot) -> None:
    engine.is_stuck = True
    _, writer = await asyncio.open_connection(HOST, port)
    content = json.dumps({"prompt": "x"}).encode()
    writer.write(b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(content) + content)
    while not engine.futures:
        await asyncio.sleep(0.001)
    writer.close()
    await writer.wait_closed()
    while not engine.futures[0].cancelled():
        await asyncio.sleep(0.001)


async def by_length(texts: Sequence[str]) -> list[float]:
    return [-float(len(text)) for text in texts]


async def test_a_served_critic_is_a_critic() -> None:
    server = JsonServer(CriticService(ModelCritic(by_length), name="short").routes())
    port = await server.start(HOST, 0)
    remote = RemoteScorer(f"http://{HOST}:{port}", pause_s=0.001)
    critic = ModelCritic(remote, fault=ModelError)
    texts = [f"⊢ {'x' * (i % 7)}" for i in range(2000)]
    assert await critic.raw_scores(texts) == [-float(len(text)) for text in texts]
    for wrong in ({"states": [""]}, {"states": ["\ud800"]}, {"states": ["⊢ p"], "stream": True}):
        assert (await post(port, "/score", wrong))[0] == 400
    assert (await post(port, "/health", b"", method="GET"))[1]["scored"] == 7
    await server.close()
    with pytest.raises(ModelError, match=f"no endpoint answers; last: http://{HOST}:{port}"):
        await remote(["⊢ new"])
    await remote.close()
