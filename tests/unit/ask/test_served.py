"""Language models behind HTTP: what is asked, what is read, and requests that are recorded and replayed."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

httpx = pytest.importorskip("httpx", reason="the chat extra is not installed")

from prover.ask.chat import ModelRequest  # noqa: E402
from prover.ask.served import ServedModel, ServedOptions, urls_of  # noqa: E402
from prover.ask.tape import Tape  # noqa: E402
from prover.errors import ModelError, UsageError  # noqa: E402
from prover.plan.chat import ChatPlanner  # noqa: E402
from prover.plan.planner import Request  # noqa: E402
from prover.plan.question import preset_named  # noqa: E402
from prover.plan.sketch_attempt import Disproof  # noqa: E402
from prover.tasks import load_tasks  # noqa: E402

QUESTION = ModelRequest(turns=(("user", "why?"),), num_answers=2, seed=3)


def served(handler: Callable[[Any], Any], tape: Tape | None = None, model: str | None = "m") -> ServedModel:
    options = ServedOptions(model=model, retries=1)
    transport = httpx.MockTransport(handler)
    return ServedModel(["http://a/v1"], options, tape=tape, transport=transport, noise=random.Random(0), pause_s=0.001)


def says(*texts: Any, **more: Any) -> Callable[[Any], Any]:
    choices = [{"message": {"content": text}, "finish_reason": "stop"} for text in texts]
    return lambda request: httpx.Response(200, json={"choices": choices, **more})


async def test_a_conversation_is_answered_with_the_tokens_that_were_used() -> None:
    reply = await served(says("because", "so", usage={"prompt_tokens": 5, "completion_tokens": 7})).ask(QUESTION)
    assert [answer.text for answer in reply.answers] == ["because", "so"]
    assert (reply.tokens_in, reply.tokens_out) == (5, 7)


@pytest.mark.parametrize(
    "answer",
    [
        {"choices": [None, 3, {"message": 7}, {"message": {"content": 9}}], "usage": {"completion_tokens": -1}},
        {"choices": [], "usage": "none"},
    ],
)
async def test_answers_without_shape_are_no_text_and_count_nothing(answer: dict[str, Any]) -> None:
    reply = await served(lambda request: httpx.Response(200, json=answer)).ask(QUESTION)
    assert {each.text for each in reply.answers} <= {""}
    assert (reply.tokens_in, reply.tokens_out) == (None, None)


@pytest.mark.parametrize("content", [b"[1]", b"<html>", b'{"choices": 3}', b"[" * 100_000, b"{}"])
async def test_what_is_no_answer_is_a_fault_of_the_model(content: bytes) -> None:
    with pytest.raises(ModelError):
        await served(lambda request: httpx.Response(200, content=content)).ask(QUESTION)


async def test_an_answer_without_end_is_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.ask.endpoints._MOST_BYTES", 1000)
    with pytest.raises(ModelError, match="answered more than"):
        await served(lambda request: httpx.Response(200, content=b"x" * 2000)).ask(QUESTION)


async def test_recorded_requests_are_replayed_without_a_server_byte_for_byte(tmp_path: Path) -> None:
    path, answers = tmp_path / "tape.jsonl", iter(["one", "two"])
    recording = served(lambda request: says(next(answers))(request), Tape(path, is_replay=False))
    first = [await recording.ask(QUESTION), await recording.ask(QUESTION)]

    def refuse(request: Any) -> Any:
        raise AssertionError("nothing is sent")

    replaying = served(refuse, Tape(path, is_replay=True))
    assert [await replaying.ask(QUESTION), await replaying.ask(QUESTION)] == first
    assert (await replaying.ask(QUESTION)).answers[0].text == "two"
    with pytest.raises(ModelError, match="no answer to this request"):
        await replaying.ask(ModelRequest(turns=(("user", "why not?"),)))


@pytest.mark.parametrize("line", ["{}", "garbage", '{"key": "k", "answer": 3}'])
def test_a_file_of_something_else_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "tape.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(UsageError, match="holds no requests"):
        Tape(path, is_replay=True)


async def test_a_tape_keeps_odd_letters_and_survives_a_kill_in_the_middle_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "tape.jsonl"
    await served(says("one\u2028two"), Tape(path, is_replay=False)).ask(QUESTION)
    path.write_bytes(path.read_bytes() + b'{"key": "b", "ans')
    other = ModelRequest(turns=(("user", "why not?"),))
    await served(says("three"), Tape(path, is_replay=False)).ask(other)
    again = served(says("nothing is sent"), Tape(path, is_replay=True))
    assert [(await again.ask(each)).answers[0].text for each in (QUESTION, other)] == ["one\u2028two", "three"]


async def test_a_content_in_parts_is_one_text() -> None:
    parts = [{"type": "text", "text": "have h : p := by\n"}, {"type": "image"}, 7, {"text": "  sorry"}]
    reply = await served(says(parts)).ask(QUESTION)
    assert [answer.text for answer in reply.answers] == ["have h : p := by\n  sorry"]


async def test_a_packed_answer_is_refused_unread_since_it_may_hold_any_number_of_bytes() -> None:
    packed = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"\x1f\x8b"))
    with pytest.raises(ModelError, match="answered in gzip"):
        await served(lambda request: packed).ask(QUESTION)


@pytest.mark.parametrize(("said", "least_s"), [("1", 1.0), ("soon", 0.0), ("-5", 0.0), ("1e9", 0.0)])
async def test_a_server_that_says_how_long_it_is_busy_is_left_alone_for_so_long(said: str, least_s: float) -> None:
    answers = iter((httpx.Response(429, headers={"Retry-After": said}), says("because")(None)))
    began = asyncio.get_running_loop().time()
    await served(lambda request: next(answers)).ask(QUESTION)
    took_s = asyncio.get_running_loop().time() - began
    assert least_s <= took_s < least_s + 0.9


async def test_half_a_surrogate_pair_and_endless_nesting_are_no_fault_of_ours() -> None:
    said = b'{"choices": [{"message": {"content": "exact \\ud800 foo"}}]}'
    (answer,) = (await served(lambda request: httpx.Response(200, content=said)).ask(QUESTION)).answers
    assert answer.text == "exact ? foo"
    with pytest.raises(ModelError, match="not JSON"):
        await served(lambda request: httpx.Response(200, content=b"[" * 100_000)).ask(QUESTION)


def test_endpoints_are_told_from_folders() -> None:
    assert urls_of("openai:http://a/v1+http://b/v1") == ["http://a/v1", "http://b/v1"]
    assert urls_of("https://a/v1") == ["https://a/v1"]
    assert urls_of("models/prover") is None


# -------------------------------------------------------------------------------------------------- as a planner


def request_for(**more: Any) -> Request:
    (task,) = load_tasks([], ["theorem t (n : Nat) : p n := by\n  sorry\n"]).tasks
    return Request(task, "n : Nat\n⊢ p n", **more)


def planner(model: ServedModel, max_new: int = 100) -> ChatPlanner:
    return ChatPlanner("m", model, preset_named("sketch"), 0.5, 0.9, max_new, seed=1)


async def test_a_request_for_a_sketch_is_the_same_bytes_every_time() -> None:
    bodies: list[dict[str, Any]] = []

    def serve(request: Any) -> Any:
        bodies.append(json.loads(request.content))
        return says("<think>sorry</think>Here:\n```lean\nhave h : q := sorry\nexact h\n```")(request)

    answer = await planner(served(serve)).propose(request_for(asked=2), 40)
    assert answer is not None and answer.script == "have h : q := sorry\nexact h"
    (body,) = bodies
    system, user = (message["content"] for message in body.pop("messages"))
    assert body == {
        "model": "m",
        "n": 1,
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 40,
        "seed": 1_000_005,
    }
    assert system == "You plan proofs in Lean 4."
    assert user == (
        "The theorem:\n```lean\ntheorem t (n : Nat) : p n := by\n  sorry\n```\n\n"
        "The goal, as Lean shows it:\n```lean\nn : Nat\n⊢ p n\n```\n\n"
        "Answer with the whole theorem in one ```lean block. Break the proof into small steps: a `have` with its type "
        "for each, and a `sorry` wherever a step is still to be proved. Leave the statement as it is. Ascribe a type "
        "to numerals where it is not plain."
    )


async def test_what_is_false_and_what_lean_said_stand_in_the_request() -> None:
    asked: list[str] = []

    def serve(request: Any) -> Any:
        asked.append(json.loads(request.content)["messages"][-1]["content"])
        return says("sorry")(request)

    disproof = Disproof("n : Nat\n⊢ n = 0", "exact ⟨1, by decide⟩")
    await planner(served(serve)).propose(
        request_for(sketch="oops", messages=("2:3: bad",), disproofs=(disproof,), stuck=("⊢ hard",)), 100
    )
    for told in ("⊢ n = 0", "exact ⟨1, by decide⟩", "oops", "2:3: bad", "⊢ hard"):
        assert told in asked[0]


@pytest.mark.parametrize(("usage", "counted"), [({}, 40), ({"usage": {"completion_tokens": 7}}, 7)])
async def test_tokens_that_nobody_counts_are_taken_to_be_all_that_were_allowed(
    usage: dict[str, Any], counted: int
) -> None:
    answer = await planner(served(says("sorry", **usage))).propose(request_for(), 40)
    assert answer is not None and answer.tokens_out == counted
