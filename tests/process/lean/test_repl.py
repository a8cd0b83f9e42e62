"""The REPL hands requests on and answers each once, whatever comes in and whatever the server does."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from prover.cli.repl import requests_of
from prover.lean.repl import Repl
from tests.fakes.toolchain import FakeToolchain

pytestmark = pytest.mark.timeout(20)
CMD = '{"cmd": "theorem a : p := by sorry"}'


async def conversation(
    sent: str | bytes, timeout_s: float = 5.0, limit: int = 1 << 20, folder: Path = Path("/nowhere")
) -> list[dict[str, Any]]:
    reader = asyncio.StreamReader(limit=limit)
    reader.feed_data(sent.encode() if isinstance(sent, str) else sent)
    reader.feed_eof()
    said: list[str] = []
    await asyncio.wait_for(Repl(FakeToolchain(), folder, timeout_s=timeout_s).serve(reader, said.append), 15)
    assert all(text.endswith("\n\n") for text in said)
    return [json.loads(text) for text in said]


async def test_requests_over_several_lines_and_on_one_are_answered_in_order() -> None:
    answers = await conversation(
        '{"cmd":\n "theorem a : p := by sorry"}\n\n' + CMD + "\n" + CMD + "\n\n\n" + '{"hello": 1}'
    )
    assert [("sorries" in answer) for answer in answers] == [True, True, True, False]
    assert "id" not in answers[0]


async def test_the_id_of_a_request_comes_back() -> None:
    assert (await conversation('{"hello": true, "id": "mine"}\n\n'))[0]["id"] == "mine"


@pytest.mark.parametrize(
    "noise", [b"not json\n\n", b"[1, 2]\n\n", b"\xff\xfe\x00{\n\n", b'{"cmd": \n\n', b"{" * 100_000 + b"\n\n"]
)
async def test_what_is_no_request_is_answered_with_an_error(noise: bytes) -> None:
    error, after = await conversation(noise + CMD.encode() + b"\n\n")
    assert "message" in error
    assert "sorries" in after


async def test_a_line_longer_than_the_limit_is_an_error_and_the_next_request_is_served() -> None:
    answers = await conversation('{"cmd": "' + "x" * 5000 + '"}\n\n' + CMD + "\n\n", limit=1000)
    assert "a line is longer than" in answers[0]["message"]
    assert "sorries" in answers[-1]


async def test_requests_may_come_from_a_file_as_from_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "requests").write_text(CMD + "\n\n" + CMD, encoding="utf8")
    with (tmp_path / "requests").open("rb") as file:
        assert await (await requests_of(file)).read() == (CMD + "\n\n" + CMD).encode()
    with Path(os.devnull).open("rb") as nothing:
        assert await (await requests_of(nothing)).read() == await (await requests_of(None)).read() == b""
    reading, writing = os.pipe()
    os.write(writing, CMD.encode())
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert await (await requests_of(pipe)).read() == CMD.encode()


@pytest.mark.parametrize("text", ["die", "hang"])
async def test_a_server_that_dies_or_hangs_is_started_again(text: str) -> None:
    error, after = await conversation(f'{{"cmd": "{text}", "id": 7}}\n\n{CMD}\n\n', timeout_s=0.4)
    assert error["id"] == 7
    assert "restarted" in error["message"]
    assert "sorries" in after


async def test_a_string_may_go_over_several_lines_which_are_joined() -> None:
    joined, kept = await conversation('{"cmd": "theorem a : \np := by sor\nry"}\n\n{"cmd":\n "theorem a : p"}\n\n')
    assert len(joined["sorries"]) == 1
    assert "sorries" in kept


async def test_comments_are_passed_over() -> None:
    assert len(await conversation(f"# a remark\n\n-- another\nof two lines\n\n{CMD}\n\n")) == 1


async def test_a_file_below_the_folder_is_read_and_no_other_is(tmp_path: Path) -> None:
    (tmp_path / "work" / "sub").mkdir(parents=True)
    (tmp_path / "work" / "sub" / "A.lean").write_text("theorem a : p := by sorry")
    (tmp_path / "secret.lean").write_text("theorem a : p := by sorry")
    (tmp_path / "work" / "link.lean").symlink_to(tmp_path / "secret.lean")
    names = ["sub/A.lean", "sub/../sub/A.lean", "../secret.lean", str(tmp_path / "secret.lean"), "link.lean", "no", 7]
    requests = "\n".join(json.dumps({"path": name}) for name in names)
    answers = await conversation(requests, folder=tmp_path / "work")
    assert ["sorries" in answer for answer in answers] == [True, True] + [False] * 5
    assert all("message" in answer for answer in answers[2:])


async def test_a_pickle_holds_the_requests_that_lead_to_it_for_another_session(tmp_path: Path) -> None:
    # the fake numbers its states by requests: 200 is the sorry of the first, 301 comes of the tactics
    first: list[dict[str, Any]] = [
        {"cmd": "theorem a : p := by sorry"},
        {"pickleTo": "env.pickle", "env": 1},
        {"tactics": [{"tactic": "fail"}, {"tactic": "ok 1", "heartbeats": 5}], "proofState": 200},
        {"pickleTo": "state.pickle", "proofState": 301},
    ]
    _, pickled, _, restated = await conversation("\n".join(map(json.dumps, first)), folder=tmp_path)
    steps = [{"cmd": first[0]["cmd"]}, {"take": 0}, {"tactic": "ok 1", "heartbeats": 5}, {"take": 0}]
    assert (pickled, restated["rerun"]) == ({"env": 1}, steps)
    second = [{"unpickleEnvFrom": "env.pickle"}, {"unpickleProofStateFrom": "state.pickle"}]
    env, state = await conversation("\n".join(map(json.dumps, second)), folder=tmp_path)
    assert (env["rerun"], state["rerun"]) == (steps[:1], steps)


async def test_pickling_harms_no_file_and_reads_only_pickles(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("my notes")
    requests = [
        {"pickleTo": "mine.txt", "env": 1},
        {"pickleTo": "../out.pickle", "env": 1},
        {"pickleTo": "no.pickle", "env": 99},
        {"pickleTo": "no.pickle", "env": [1]},
        {"pickleTo": "no.pickle", "proofState": 99},
        {"unpickleEnvFrom": "mine.txt"},
        {"unpickleProofStateFrom": "gone.pickle"},
    ]
    _, *answers = await conversation("\n".join(map(json.dumps, [{"cmd": "x"}, *requests])), folder=tmp_path)
    assert [list(answer) for answer in answers] == [["message"]] * len(requests)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert (tmp_path / "mine.txt").read_text() == "my notes"


async def test_a_running_request_can_be_cancelled_by_its_id(tmp_path: Path) -> None:
    reader = asyncio.StreamReader()
    said: list[dict[str, Any]] = []

    def write(text: str) -> None:
        said.append(json.loads(text))
        if "sorries" in said[-1]:
            slow = {"tactics": [{"tactic": "slow 30"}], "proofState": said[-1]["sorries"][0]["proofState"], "id": "s"}
            reader.feed_data(f"{json.dumps(slow)}\n".encode())
            cancels = b'{"cancel": "x"}\n{"cancel": "s", "id": 2}\n'
            asyncio.get_running_loop().call_later(0.02, reader.feed_data, cancels)
        elif "results" in said[-1]:
            reader.feed_data(b'{"cancel": "s"}\n')
            reader.feed_eof()

    reader.feed_data(f"{CMD}\n".encode())
    await asyncio.wait_for(Repl(FakeToolchain(cancels=True), tmp_path).serve(reader, write), 5)
    assert said[1:3] == [{"cancelled": False}, {"cancelled": True, "id": 2}]
    assert said[3]["results"][0]["limit"] == "cancelled"
    assert said[4:] == [{"cancelled": False}]
