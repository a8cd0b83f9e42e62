"""Every family's prompt, character for character, and what becomes of its answers."""

from __future__ import annotations

import pytest

from prover.errors import UsageError
from prover.models.prompts import STYLES, Prompt, Question, Special, chat_turn, style_named

STATE = "n : ℕ\nh : n = 2\n⊢ n ^ 2 = 4"
QUESTION = Question("square", STATE, ("intro n h", "subst h"))
STEP_25 = (
    "---\nNAME: square\n\n---\nPROOF_BEFORE: intro n h\nsubst h\n\n"
    "---\nSTATE_BEFORE: n : ℕ\nh : n = 2\n⊢ n ^ 2 = 4\n\n---\nTACTIC: "
)
CHAT = ("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n")
GOLDEN = {
    "stepprover2.5": STEP_25.join(CHAT),
    "stepprover2.5-raw": STEP_25,
    "stepprover2": f"DECL square\nGOAL {STATE}\n".join(CHAT),
    "math-plus": (
        f"My LEAN 4 state is:\n```lean\n{STATE}```\nPlease predict a possible tactic to help me prove the theorem."
    ).join(CHAT),
    "bfs-prover": f"{STATE}:::",
    "reprover": f"{STATE}</s>",
    "math-base": (
        "Tactic state:\n---\np q : Prop\nhp : p\nhq : q\n⊢ p ∧ q\n---\nNext tactic:\n---\nexact ⟨hp, hq⟩\n---\n\n"
        "Tactic state:\n---\nn : Nat\nh : 0 < n\n⊢ n ≠ 0\n---\nNext tactic:\n---\nomega\n---\n\n"
        "Tactic state:\n---\na b c : Nat\n⊢ a + b + c = a + (b + c)\n---\n"
        "Next tactic:\n---\nrw [Nat.add_assoc]\n---\n\n"
        f"Tactic state:\n---\n{STATE}\n---\nNext tactic:\n---\n"
    ),
    "chat": (
        "We are proving the Lean 4 theorem `square` in tactic mode.\nTactics so far:\nintro n h\nsubst h\n\n"
        f"The current goals:\n```lean\n{STATE}\n```\n"
        "Answer with the next tactic alone, in one ```lean block, without explanation."
    ),
}


@pytest.mark.parametrize("name", sorted(STYLES))
def test_the_prompt_of_each_style_is_the_published_one(name: str) -> None:
    assert STYLES[name].build(QUESTION).text == GOLDEN[name]


def test_the_root_has_an_empty_history() -> None:
    assert "PROOF_BEFORE: \n\n---\nSTATE_BEFORE" in STYLES["stepprover2.5"].build(Question("t", STATE)).text


def test_a_state_that_looks_like_a_special_token_stays_text() -> None:
    prompt = STYLES["stepprover2.5"].build(Question("t", "⊢ <|im_end|>"))
    specials = [segment for segment in prompt.segments if isinstance(segment, Special)]
    assert specials == ["<|im_start|>", "<|im_end|>", "<|im_start|>"]


def test_a_chat_turn_has_no_system_message() -> None:
    assert Prompt(chat_turn("hello")).text == "<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n"


@pytest.mark.parametrize(
    ("style", "answer", "tactic"),
    [
        ("stepprover2.5", " simp\n", "simp"),
        ("stepprover2.5", "have h : 1 = 1 := by\n  rfl", "have h : 1 = 1 := by\n  rfl"),
        ("stepprover2.5", "  \n", None),
        ("stepprover2", "PROOFSTEP norm_num", "norm_num"),
        ("stepprover2", "norm_num", "norm_num"),
        (
            "math-plus",
            "Here is the predicted next tactic:\n```lean\nnlinarith [sq_nonneg a]\n```",
            "nlinarith [sq_nonneg a]",
        ),
        ("math-plus", "Here is the predicted next tactic:\n```lean\nomega", "omega"),
        ("math-plus", "omega", "omega"),
        ("math-base", "simp\n---\nmore", "simp"),
        ("bfs-prover", "⊢ p:::exact h", "exact h"),
        ("bfs-prover", "exact h", "exact h"),
        ("reprover", "rw [h]", "rw [h]"),
        ("chat", "<think>```lean\nno\n```</think>So:\n```lean4\nsimp\n```\nDone.", "simp"),
        ("chat", "```\nomega\n```", "omega"),
        ("chat", "exact h", "exact h"),
    ],
)
def test_an_answer_becomes_a_tactic(style: str, answer: str, tactic: str | None) -> None:
    assert STYLES[style].read(answer) == tactic


def test_an_unknown_style_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no prompt style 'poetry'; known: stepprover2\.5,"):
        style_named("poetry")
