"""What the community REPL's clients rely on beyond the requests themselves: states, statuses, traces, nulls."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lean.lean_project.step_client import StepServer

SWAPPED = "theorem swapped (a b : Nat) (h : a = b) : b + 0 = a := by sorry"
TRACED = "set_option trace.Meta.Tactic.simp.rewrite true\n"


def step(server: StepServer, state: int, tactic: str) -> dict[str, Any]:
    return server.ask(tactic=tactic, proofState=state)


@pytest.mark.parametrize(
    "tactic",
    [
        "have e : b = a := by sorry",
        "have e : b = a := sorry",
        "refine Eq.trans (by sorry : b + 0 = b) ?_",
        "suffices e : b = a by sorry",
        "exact (by sorry : b + 0 = a)",
        "have e : b = a := by\n  symm\n  sorry",
    ],
)
def test_closing_the_sorry_of_a_step_completes_no_proof(server: StepServer, tactic: str) -> None:
    answer = step(server, server.open(SWAPPED), tactic)
    (inner,) = answer["sorries"]
    closed = step(server, inner["proofState"], "omega")
    assert closed["goals"] == []
    assert closed["proofStatus"] == "Incomplete: contains metavariable(s)"
    rest = step(server, answer["proofState"], "all_goals omega")
    assert rest["goals"] == []
    assert rest["proofStatus"] == "Incomplete: contains sorry"


def test_a_sorry_of_a_text_is_completed_by_what_closes_it(server: StepServer) -> None:
    (inner, last) = server.ask(cmd="example : 1 = 1 ∧ 2 = 2 := by\n  have h : 1 = 1 := by sorry\n  sorry")["sorries"]
    assert step(server, inner["proofState"], "rfl")["proofStatus"] == "Completed"
    assert step(server, last["proofState"], "simp")["proofStatus"] == "Completed"


def test_traces_are_those_of_options_that_hold(server: StepServer) -> None:
    statement = "theorem added (n : Nat) : n + 0 = n := by sorry"
    env = server.ask(cmd=TRACED)["env"]
    (traced,) = server.ask(cmd=statement, env=env)["sorries"]
    (told,) = step(server, traced["proofState"], "simp only [Nat.add_zero]")["traces"][:1]
    assert told.startswith("[Meta.Tactic.simp.rewrite] Nat.add_zero")
    plain = server.open(statement)
    assert "traces" not in step(server, plain, "simp only [Nat.add_zero]")
    assert "traces" in step(server, plain, "set_option trace.Meta.Tactic.simp.rewrite true in simp only [Nat.add_zero]")
    assert "traces" in step(server, server.open(TRACED + statement), "simp only [Nat.add_zero]")


def test_a_sorry_without_a_goal_is_no_state(server: StepServer) -> None:
    answer = server.ask(cmd="example : 1 = 1 := by\n  rfl\n  sorry\n\nexample : 2 = 2 := by\n  sorry\n  sorry")
    (only,) = answer["sorries"]
    assert only["goal"] == "⊢ 2 = 2"
    after = server.open("example : 3 = 3 := by sorry")
    assert after == only["proofState"] + 1


def test_what_has_no_end_or_no_name_says_null(server: StepServer) -> None:
    answer = server.ask(cmd="def f : Nat :=", infotree="full")
    assert any(message["endPos"] is None for message in answer["messages"])
    tree = server.ask(cmd="example (p : Prop) (h : p) : p := by\n  exact h", infotree="tactics")["infotree"]
    names = {node["node"]["stx"]["kind"]: node["node"]["name"] for node in nodes(tree)}
    assert names["by"] is None
    assert names["Lean.Parser.Tactic.exact"] == "Lean.Parser.Tactic.exact"


def nodes(trees: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [node for tree in trees for node in (tree, *nodes(tree["children"]))]


def test_the_constants_of_a_tactic_are_those_of_all_that_it_does(server: StepServer) -> None:
    text = "example (a b c : Nat) (h : a = b) : a + c = c + b := by\n  rw [h, Nat.add_comm]"
    (only,) = server.ask(cmd=text, allTactics=True)["tactics"]
    assert {"Nat.add_comm", "Eq.mpr", "Eq.refl"} <= set(only["usedConstants"])


def test_a_tactic_that_begins_with_no_goal_says_so(server: StepServer) -> None:
    tactics = server.ask(cmd="example : 2 = 4 := by calc\n  2 = 3 := by sorry\n  3 = 4 := by sorry", allTactics=True)
    assert "no goals" in {tactic["goals"] for tactic in tactics["tactics"]}
    assert "" not in {tactic["goals"] for tactic in tactics["tactics"]}


@pytest.mark.parametrize("blanks", [b"", b"  ", b"\t\r"])
def test_a_string_may_go_over_several_lines(server: StepServer, blanks: bytes) -> None:
    answer = server.raw(b'{"cmd": "theorem t : 1 =' + blanks + b"\n 1 := by so" + blanks + b'\nrry"}')
    assert [hole["goal"] for hole in answer["sorries"]] == ["⊢ 1 = 1"]


@pytest.mark.parametrize(
    ("tactic", "said"),
    [("exact nonsense", "Unknown identifier `nonsense`"), ("{ skip }", "unsolved goals")],
)
def test_an_error_that_lean_recovers_from_leaves_a_state_that_is_no_proof(
    server: StepServer, tactic: str, said: str
) -> None:
    state = server.open(SWAPPED)
    answer = step(server, state, tactic)
    (message,) = answer["messages"]
    assert (message["severity"], message["pos"]) == ("error", {"line": 0, "column": 0})
    assert said in message["data"]
    assert (answer["goals"], answer["proofStatus"]) == ([], "Incomplete: contains sorry")
    assert "error" in server.run(state, tactic)


def test_an_error_that_ends_the_step_is_the_answer(server: StepServer) -> None:
    state = server.open(SWAPPED)
    assert step(server, state, "rw [nonsense_lemma] at h")["message"].startswith("Lean error:\n")
    assert step(server, state, "exat h")["message"] == "Lean error:\n<input>:1:1: unknown tactic"


def test_a_proof_by_itself_is_refused_as_the_kernel_would(server: StepServer) -> None:
    status = step(server, server.open("theorem circle : 1 = 2 := by sorry"), "exact circle")["proofStatus"]
    assert status.startswith("Error: kernel type check failed: ")


def test_a_state_is_reached_again_by_the_requests_that_led_to_it(server: StepServer) -> None:
    way = [
        {"cmd": "def three := 3"},
        {"cmd": "theorem t : three = 3 ∧ 1 = 1 := by\n  constructor\n  · sorry\n  · sorry"},
    ]
    first = server.ask(rerun=way)["env"]
    assert server.accepts_file("example : 1 = 1 := rfl")
    assert server.ask(cmd="example : three = 3 := rfl", env=first).keys() == {"env"}
    again = server.ask(rerun=[*way, {"take": 1}])
    assert (again["goals"], again["proofStatus"]) == (["case right\n⊢ 1 = 1"], "Incomplete: open goals remain")
    done = server.ask(
        rerun=[*way, {"take": 0}, {"tactic": "have h : 1 = 1 := by sorry"}, {"take": 0}, {"tactic": "rfl"}, {"take": 0}]
    )
    assert (done["goals"], done["proofStatus"]) == ([], "Incomplete: contains metavariable(s)")
    assert done["proofState"] == again["proofState"] + 1
    assert step(server, again["proofState"], "rfl")["proofStatus"] == "Completed"


@pytest.mark.parametrize(
    "way", [[], [{"cmd": 5}], [{"tactic": "rfl"}], [{"cmd": "def x := 1"}, {"tactic": "rfl"}], 7, [[]]]
)
def test_requests_that_lead_nowhere_are_refused(server: StepServer, way: Any) -> None:
    assert "message" in server.ask(rerun=way)
