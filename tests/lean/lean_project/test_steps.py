"""What the server makes of single tactics: outcomes, soundness, limits, focus, suggestions."""

from __future__ import annotations

import pytest

from tests.lean.lean_project.step_client import Answer, StepServer

FALSE = "theorem wrong : 2 + 2 = 5 := by sorry"
TRUE = "theorem right : 2 + 2 = 4 := by sorry"
SWAP = "theorem swap (p q : Prop) (hp : p) (hq : q) : q ∧ p := by sorry"


def outcome(answer: Answer) -> str:
    """`proved`, `open N`, `error CLASS` or `limit KIND`."""
    if answer.get("proved") is True:
        return "proved"
    for kind in ("error", "limit"):
        if kind in answer:
            return f"{kind} {answer[kind]}"
    return f"open {len(answer['goals'])}"


# -------------------------------------------------------------------------------------------------- soundness

EARLY = "prelude\nimport Init.PropLemmas\n"
"""A header from the middle of Lean's own library, behind which tactics find lemmas that are not there."""
NOT_IMP = "theorem t {a b : Prop} : ¬(a → b) ↔ a ∧ ¬b := by sorry"


@pytest.mark.parametrize(
    ("tactic", "expected"),
    [
        ("sorry", "error sorry"),
        ("admit", "error sorry"),
        ("exact sorry", "error sorry"),
        ("exact (by sorry)", "error sorry"),
        ("first | done | sorry", "error sorry"),
        ("exact @False.elim _ (by sorry)", "error sorry"),
        ("set_option warn.sorry false in sorry", "error sorry"),
        ("exact sorryAx _ true", "error sorry"),
        ("have : 1 = 2 := by sorry\nomega", "error sorry"),
        ("set_option debug.byAsSorry true in exact (by trivial)", "error sorry"),
        ("set_option debug.skipKernelTC true in decide +kernel", "error kernel"),
        ("set_option debug.skipKernelTC true in exact (by decide +kernel)", "error kernel"),
        ("exact lcProof", "error kernel"),
        ("exact unsafeCast ()", "error kernel"),
        ("exact wrong", "error recursion"),
        ("simp [wrong]", "error recursion"),
        ("native_decide", "error error"),
        ("exact?", "error error"),
        ("all_goals skip", "open 1"),
    ],
)
def test_nothing_proves_a_false_statement(server: StepServer, tactic: str, expected: str) -> None:
    assert outcome(server.run(server.open(FALSE), tactic)) == expected


@pytest.mark.parametrize(("header", "expected"), [(EARLY, "error elaboration"), ("", "open 1")])
def test_a_goal_beside_others_is_not_closed_by_a_lemma_that_is_not_imported(
    server: StepServer, header: str, expected: str
) -> None:
    state = server.open(header + NOT_IMP)
    for tactic in ("constructor", "intro h"):
        state = server.run(state, tactic)["proofState"]
    assert outcome(server.run(state, "grind")) == expected


def test_a_proof_by_compiled_code_rests_on_an_axiom(server: StepServer) -> None:
    assert outcome(server.run(server.open(TRUE), "native_decide")) == "error axiom"


@pytest.mark.parametrize("tactic", ["exact A", "exact bad", "exact i.default", "simp [A]", "exact default"])
def test_what_rests_on_sorry_proves_nothing(server: StepServer, tactic: str) -> None:
    state = server.open(
        "theorem A : 1 = 2 := by sorry\ndef bad : 1 = 2 := A\n"
        "instance i : Inhabited (1 = 2) := ⟨A⟩\ntheorem B : 1 = 2 := by sorry"
    )
    assert outcome(server.run(state, tactic)) == "error sorry"


def test_a_hole_that_nothing_fills_is_no_proof(server: StepServer) -> None:
    state = server.open("theorem some_nat : ∃ n : Nat, n = n := by sorry")
    opened = server.run(state, "refine ⟨?_, ?_⟩")
    assert outcome(opened) == "open 2"
    assert opened["groups"] == [[0, 1]]
    assert outcome(server.run(opened["proofState"], "case refine_2 => rfl")) == "open 1"


# ------------------------------------------------------------------------------------------------------ outcomes


@pytest.mark.parametrize(
    ("tactic", "expected"),
    [
        ("exact ⟨hq, hp⟩", "proved"),
        ("constructor <;> assumption", "proved"),
        ("constructor\n· exact hq\n· exact hp", "proved"),
        ("constructor\n  · exact hq\n  · exact hp", "proved"),
        ("    constructor\n    · exact hq\n    · exact hp", "proved"),
        ("constructor\ncase left => exact hq\ncase right =>\n  exact hp", "proved"),
        ("refine ⟨?_, hp⟩; exact hq", "proved"),
        ("have h : q := by\n  exact hq\nexact ⟨h, hp⟩", "proved"),
        ("open And in exact intro hq hp", "proved"),
        ("simp only [hp, hq, and_self]", "proved"),
        ("simp [*] -- a comment", "proved"),
        ("constructor", "open 2"),
        ("constructor\nexact hq", "open 1"),
        ("· constructor", "error error"),
        ("exact hp", "error elaboration"),
        ("exact no_such_lemma", "error elaboration"),
        ("exact _", "error elaboration"),
        ("intro x", "error error"),
        ("exact ⟨hq,", "error parse"),
        ("no_such_tactic", "error parse"),
        ("by simp", "error parse"),
        ("", "error parse"),
        ("simp [*]\n)", "error parse"),
    ],
)
def test_a_tactic_has_the_outcome_it_has_in_a_file(server: StepServer, tactic: str, expected: str) -> None:
    assert outcome(server.run(server.open(SWAP), tactic)) == expected


def test_a_batch_runs_each_tactic_on_the_same_state(server: StepServer) -> None:
    calls = [{"tactic": t} for t in ("constructor", "exact hp", "exact ⟨hq, hp⟩", "constructor")]
    results = server.batch(server.open(SWAP), calls)
    assert [outcome(r) for r in results] == ["open 2", "error elaboration", "proved", "open 2"]
    assert results[0]["key"] == results[3]["key"]
    assert all(r["ms"] >= 0 and r["heartbeats"] >= 0 for r in results)


def test_focus_sets_the_other_goals_aside(server: StepServer) -> None:
    state = server.run(server.open(SWAP), "constructor")["proofState"]
    (right,) = server.batch(state, [{"tactic": "exact hp"}], focus=[1])
    assert outcome(right) == "proved"
    (wrong,) = server.batch(state, [{"tactic": "exact hp"}], focus=[0])
    assert outcome(wrong) == "error elaboration"
    assert "message" in server.ask(tactics=[{"tactic": "skip"}], proofState=state, focus=[2])
    assert "message" in server.ask(tactics=[{"tactic": "skip"}], proofState=state, focus=[])


def test_what_exact_search_suggests_is_what_was_run(server: StepServer) -> None:
    state = server.open("theorem lc (a b : Nat) : a + b = b + a := by sorry")
    answer = server.run(state, "exact?")
    assert outcome(answer) == "proved"
    assert answer["text"].startswith("exact ")
    assert outcome(server.run(state, answer["text"])) == "proved"


def test_a_suggestion_inside_a_block_is_put_in_its_place(server: StepServer) -> None:
    state = server.open("theorem lc (a b : Nat) : a + b = b + a ∧ True := by sorry")
    answer = server.run(state, "constructor\n· exact?\n· trivial")
    assert outcome(answer) == "proved"
    assert answer["text"].startswith("constructor\n· exact ")
    assert answer["text"].endswith("\n· trivial")


def test_the_goal_is_shown_as_lean_shows_it(server: StepServer) -> None:
    state = server.open("theorem show_it (a b c : Nat) (h : a = b) : ∀ a : Nat, a = c := by sorry")
    (goal,) = server.run(state, "let d := c\nintro a")["goals"]
    assert goal["pretty"] == "a✝ b c : Nat\nh : a✝ = b\nd : Nat := c\na : Nat\n⊢ a = c"
    by_name = {h["name"]: h for h in goal["hyps"]}
    assert by_name["a✝"]["acc"] is False
    assert by_name["h"]["prop"] is True
    assert by_name["h"]["head"] == "Eq"
    assert by_name["d"]["value"] == "c"
    assert goal["head"] == "Eq"


# ------------------------------------------------------------------------------------------------------- limits


def test_limits_interrupt_and_the_server_lives(server: StepServer) -> None:
    state = server.open(
        "def ack : Nat → Nat → Nat\n | 0, n => n+1\n | m+1, 0 => ack m 1\n | m+1, n+1 => ack m (ack (m+1) n)\n"
        "termination_by m n => (m, n)\ntheorem big : ack 3 7 = 1021 := by sorry"
    )
    assert outcome(server.run(state, "simp [ack]", heartbeats=0, wallMs=100)) == "limit wall"  # 300 ms to the end
    assert outcome(server.run(state, "simp [ack]", heartbeats=50)) == "limit heartbeats"
    kernel = "have : (List.range 100000).length = 100000 := by decide +kernel"
    assert outcome(server.run(state, kernel, heartbeats=0, wallMs=400)) == "limit wall"
    assert outcome(server.run(state, "repeat (first | skip)", heartbeats=0)).startswith("limit ")
    assert outcome(server.run(state, "skip", wallMs=400)) == "open 1"
