"""The community REPL's binary as a server: what its answers come to, in our words."""

from __future__ import annotations

from typing import Any

import pytest

from prover.errors import ProtocolFault
from prover.lean.protocol import AtLimit, Finished, GoalsLeft, Refused, read_tactics
from prover.lean.rendered_goals import goal_of
from prover.lean.upstream import as_one, result_of
from search.base import LimitKind, RejectKind

DONE = {"proofState": 3, "goals": []}


def error(text: str) -> dict[str, Any]:
    return {"message": f"Lean error:\n{text}"}


def read(answer: dict[str, Any]) -> GoalsLeft | Finished | Refused | AtLimit:
    (result,) = read_tactics({"results": [result_of({"ms": 250.0, **answer})]}, 1)
    assert result.lean_s == 0.25
    return result


def test_a_goal_is_read_out_of_its_rendering() -> None:
    goal = goal_of("case inl\nn m : Nat\nf : Nat → Nat := fun x =>\n  x + 1\nh✝ : n = m ∧\n  m = n\n⊢ n + 0 =\n    m\n")
    assert (goal.tag, goal.target) == ("inl", "n + 0 =\n    m")
    shown = [(each.name, each.type, each.value, each.is_accessible) for each in goal.hypotheses]
    assert shown == [
        ("n", "Nat", None, True),
        ("m", "Nat", None, True),
        ("f", "Nat → Nat", "fun x =>\n  x + 1", True),
        ("h✝", "n = m ∧\n  m = n", None, False),
    ]


@pytest.mark.parametrize("text", ["⊢ True", "\n⊢ True", "case a\n⊢ True"])
def test_a_goal_without_hypotheses_is_its_target(text: str) -> None:
    assert (goal_of(text).target, goal_of(text).hypotheses) == ("True", ())


def test_only_equal_texts_are_the_same_goal() -> None:
    assert goal_of("n : Nat\n⊢ p n").key == goal_of("n : Nat\n⊢ p n\n").key
    assert goal_of("n : Nat\n⊢ p n").key != goal_of("m : Nat\n⊢ p m").key


def test_a_default_value_in_a_type_is_no_value_of_the_hypothesis() -> None:
    (hypothesis,) = goal_of("f : (n : Nat := 5) → Nat\n⊢ True").hypotheses
    assert (hypothesis.type, hypothesis.value) == ("(n : Nat := 5) → Nat", None)


def test_goals_that_are_left_stay_together() -> None:
    result = read({"proofState": 4, "goals": ["⊢ p", "⊢ q"], "proofStatus": "Incomplete: open goals remain"})
    assert isinstance(result, GoalsLeft)
    assert (result.state_id, result.state.groups, result.state.key) == (4, ((0, 1),), "⊢ p\n\n⊢ q")


@pytest.mark.parametrize("status", [{"proofStatus": "Completed"}, {}], ids=["said", "of a version that doesn't say"])
def test_nothing_left_is_a_candidate(status: dict[str, str]) -> None:
    assert isinstance(read(DONE | status), Finished)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("Incomplete: contains sorry", RejectKind.SORRY),
        ("Incomplete: contains metavariable(s)", RejectKind.ERROR),
        ("Error: kernel type check failed: (kernel) declaration type mismatch", RejectKind.ERROR),
        ("Error: Goal not assigned", RejectKind.ERROR),
        ("Not verified: more than one initial goal", RejectKind.ERROR),
        ("Something new", RejectKind.ERROR),
    ],
)
def test_nothing_left_is_no_proof_unless_it_is_complete(status: str, kind: RejectKind) -> None:
    result = read(DONE | {"proofStatus": status})
    assert isinstance(result, Refused)
    assert (result.kind, result.message) == (kind, status)


def test_an_answer_that_tells_no_goals_proves_nothing() -> None:
    assert isinstance(read({"proofState": 3}), Refused)


def test_a_step_that_admits_something_is_refused() -> None:
    result = read(DONE | {"proofStatus": "Completed", "sorries": [{"goal": "⊢ False", "proofState": 5}]})
    assert isinstance(result, Refused)
    assert result.kind is RejectKind.SORRY


def test_a_step_that_logs_an_error_is_refused() -> None:
    messages = [{"severity": "warning", "data": "unused"}, {"severity": "error", "data": "it went wrong"}]
    result = read(DONE | {"proofStatus": "Completed", "messages": messages})
    assert isinstance(result, Refused)
    assert result.message == "it went wrong"


@pytest.mark.parametrize(
    "answer",
    [
        {"message": 5},
        {"proofState": "3", "goals": ["⊢ p"]},
        {"proofState": 3, "goals": "none"},
        {"proofState": 3, "goals": [], "proofStatus": ["Completed"]},
        {"proofState": 3, "goals": [], "messages": ["Completed"]},
        {"proofState": 3, "goals": [], "sorries": 1},
    ],
)
def test_an_answer_of_another_shape_is_a_fault(answer: dict[str, Any]) -> None:
    with pytest.raises(ProtocolFault):
        result_of(answer)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("<input>:2:3: expected end of input", RejectKind.PARSE),
        ("unknown identifier 'foo'", RejectKind.ELABORATION),
        ("Type mismatch", RejectKind.ELABORATION),
        ("omega could not prove the goal", RejectKind.ERROR),
    ],
)
def test_a_refusal_has_its_kind(said: str, kind: RejectKind) -> None:
    result = read(error(said))
    assert isinstance(result, Refused)
    assert (result.kind, result.message) == (kind, said)


@pytest.mark.parametrize(
    ("said", "limit"),
    [
        ("(deterministic) timeout at `whnf`, maximum number of heartbeats (200000)", LimitKind.HEARTBEATS),
        ("maximum recursion depth has been reached", LimitKind.RECURSION),
    ],
)
@pytest.mark.parametrize("is_logged", [False, True])
def test_a_limit_is_unknown(said: str, limit: LimitKind, is_logged: bool) -> None:
    logged = {"proofState": 4, "goals": ["⊢ p"], "messages": [{"severity": "error", "data": said}]}
    result = read(logged if is_logged else error(said))
    assert isinstance(result, AtLimit)
    assert result.limit is limit


def test_a_block_of_several_tactics_is_sent_as_one() -> None:
    assert as_one("intro h\nexact h") == "(\nintro h\nexact h\n)"
