"""The wire itself: whatever is sent, there is one answer, and the server goes on."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest

from tests.lean.lean_project.step_client import StepServer

STATEMENT = "theorem t (p q : Prop) (hp : p) (hq : q) : p ∧ q := by sorry"


@pytest.fixture(scope="module")
def server() -> Iterator[StepServer]:
    with StepServer() as running:
        yield running


@pytest.mark.parametrize(
    "data",
    [
        b"{not json",
        b"[]",
        b'"text"',
        b"{}",
        b'{"cmd": 5}',
        b'{"cmd": "#eval 1", "env": 12345}',
        b'{"cmd": "#eval 1", "env": "x"}',
        b'{"cmd": "import No.Such.Module"}',
        b'{"tactic": "simp", "proofState": 12345}',
        b'{"tactic": "simp", "proofState": -1}',
        b'{"tactic": "simp", "proofState": 1.5}',
        b'{"tactic": "simp", "proofState": 1e400}',
        b'{"tactics": {}, "proofState": 0}',
        b'{"tactics": [{"tactic": "simp"}], "proofState": null}',
        b'{"state": 12345}',
        b'{"pickleTo": "x", "env": 0}',
        b'{"unpickleEnvFrom": "x"}',
        b'{"path": "/no/such/file.lean"}',
        b"\xff\xfe\x00\x01 noise \x80",
        b"[" * 100_000,
        b"a" * 3_000_000,
    ],
)
def test_what_cannot_be_served_is_answered_with_a_message(server: StepServer, data: bytes) -> None:
    answer = server.raw(data)
    assert set(answer) - {"id"} == {"message"}, answer
    assert server.ask(hello=True)["server"] == "stepwise"


def test_a_line_to_the_host_that_cannot_be_read_asks_for_nothing(server: StepServer) -> None:
    assert server.raw(b"\0 noise")["restored"] is False
    assert server.ask(hello=True)["server"] == "stepwise"


def test_an_answer_has_the_id_of_its_request(server: StepServer) -> None:
    assert server.ask(hello=True, id=17)["id"] == 17
    assert server.ask(hello=True, id={"a": 1})["id"] == {"a": 1}
    assert server.ask(no_such_request=1, id="x")["id"] == "x"
    assert "id" not in server.ask(hello=True)


def test_a_request_may_span_lines(server: StepServer) -> None:
    answer = server.raw(b'{"cmd":\n "#eval 1 + 1"\n}')
    assert answer["messages"][0]["data"] == "2"


def test_a_line_of_ten_megabytes_is_served(server: StepServer) -> None:
    text = "-- " + "a" * 10_000_000 + "\n" + STATEMENT
    assert len(server.ask(cmd=text)["sorries"]) == 1


def test_all_messages_of_a_text_come_back(server: StepServer) -> None:
    text = (
        "theorem a : 1 = 1 := by sorry\n#check a\ntheorem b : 1 + = 2 := by sorry\n#eval 1 + 1\nexample : 1 = 2 := rfl"
    )
    severities = [m["severity"] for m in server.ask(cmd=text)["messages"]]
    assert severities[:2] == ["warning", "info"]
    assert severities.count("error") == 2
    assert severities.count("info") == 2


def test_a_later_text_builds_on_an_earlier_one(server: StepServer) -> None:
    first = server.ask(cmd="namespace N\ndef f := 37")
    second = server.ask(cmd="example : f = 37 := rfl", env=first["env"])
    assert "messages" not in second
    assert "messages" in server.ask(cmd="example : f = 37 := rfl")


@pytest.mark.parametrize(("until", "read"), [(1, 1), (2, 1), (4, 2), (5, 3), (6, 3), (7, 3), (9, 4), (99, 5)])
def test_an_outline_goes_as_far_as_what_begins_on_the_line_that_it_is_asked_for(
    server: StepServer, until: int, read: int
) -> None:
    text = (
        "theorem a : True := by\n  sorry\n\ntheorem b : True := ⟨⟩\ntheorem c :\n  True := by\n  sorry\n\ndef d := 1\n"
    )
    whole = server.ask(outline=text)["commands"]  # the end of the file is a command, too
    assert server.ask(outline=text, until=until)["commands"] == whole[:read]
    assert [command.get("name") for command in whole] == ["a", "b", "c", "d", None]


def test_dropped_states_are_gone_and_their_ids_stay_unused(server: StepServer) -> None:
    opened = server.ask(cmd=STATEMENT)
    state, env = opened["sorries"][0]["proofState"], opened["env"]
    assert server.ask(drop={"proofStates": [state, state, 999_999], "envs": [env]}) == {"dropped": 2}
    assert "message" in server.ask(tactics=[{"tactic": "skip"}], proofState=state)
    assert server.open(STATEMENT) > state
    assert server.ask(dropAll=True)["dropped"] >= 1
    assert server.open(STATEMENT) > state + 1


def test_a_new_header_is_imported_without_a_restart(server: StepServer) -> None:
    basic = "import Init.Data.Nat.Basic\ntheorem t (n : Nat) : n + 0 = n := by sorry"
    assert server.run(server.open(basic), "rfl")["proved"] is True
    before = server.resident_mb
    for _ in range(5):
        server.open(basic)
    assert server.resident_mb < before + 50


def test_definitions_of_a_file_need_no_compiler() -> None:
    text = (
        "def back (xs : List Nat) := xs.reverse\n"
        "inductive T | a | b deriving DecidableEq, Repr, BEq, Inhabited\n"
        "partial def loop (n : Nat) : Nat := loop (n + 1)\n"
        "def gcd' (a b : Nat) : Nat := if h : b = 0 then a else gcd' b (a % b)\n"
        "termination_by b\ndecreasing_by exact Nat.mod_lt _ (Nat.pos_of_ne_zero h)\n"
        "theorem t : back [1, 2] = [2, 1] := by sorry"
    )
    with StepServer() as fresh:  # a text of this size may meet the memory limit in a server that served large ones
        answer = fresh.ask(cmd=text)
        assert [m for m in answer["messages"] if m["severity"] == "error"] == []
        assert fresh.run(answer["sorries"][0]["proofState"], "rfl")["proved"] is True


def test_random_requests_get_one_answer_each(server: StepServer) -> None:
    """The seed is fixed: what is sent is the same each time."""
    rng = random.Random(20261121)
    for _ in range(300):
        server.raw(_mutated(rng, _valid(rng, server)))
    assert server.ask(hello=True)["protocol"] == 1
    assert server.run(server.open(STATEMENT), "exact ⟨hp, hq⟩")["proved"] is True


def _valid(rng: random.Random, server: StepServer) -> bytes:
    tactic = rng.choice(["constructor", "simp", "exact ⟨hp, hq⟩", "omega", "intro h", "cases hp", "sorry", "rfl"])
    request = rng.choice(
        [
            {"cmd": STATEMENT},
            {"tactics": [{"tactic": tactic, "heartbeats": 500, "wallMs": 500}], "proofState": rng.randrange(40)},
            {"tactic": tactic, "proofState": rng.randrange(40)},
            {"state": rng.randrange(40)},
            {"drop": {"proofStates": [rng.randrange(40)]}},
            {"premises": 3, "proofState": rng.randrange(40)},
        ]
    )
    return json.dumps(request, ensure_ascii=rng.random() < 0.5).encode()


def _mutated(rng: random.Random, data: bytes) -> bytes:
    """The request with a few bytes changed, cut or doubled; no newline, since that would end it."""
    out = bytearray(data)
    for _ in range(rng.choice([0, 0, 1, 1, 2, 5])):
        at = rng.randrange(len(out))
        match rng.randrange(3):
            case 0:
                out[at] = rng.choice([byte for byte in range(256) if byte not in b"\r\n"])
            case 1 if len(out) > 2:
                del out[at]
            case _:
                out[at:at] = out[max(0, at - 5) : at]
    return bytes(out) if bytes(out).strip() else b"{}"
