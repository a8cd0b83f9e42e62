"""Prompt styles: the prompt that each family of models was trained on, and how its answer is read.

Special tokens are marked as such, so that text from a proof state is never taken for one. Sources: the public
evaluation scripts and model cards of InternLM2-Math, InternLM2(.5)-StepProver, BFS-Prover and ReProver.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from prover.errors import UsageError


class Special(str):
    """The text of a special token, which is looked up whole in the vocabulary."""

    __slots__ = ()


Segment = Special | str

IM_START, IM_END = Special("<|im_start|>"), Special("<|im_end|>")


@dataclass(frozen=True, slots=True)
class Question:
    """The contents of a prompt: `state` is all goals in one text, `tactics_before` leads from the root to it, `errors`
    are (tactic, message) pairs that Lean refused there."""

    name: str
    state: str
    tactics_before: tuple[str, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt for a model: segments in order, or turns (role, content) for the checkpoint's own chat template."""

    segments: tuple[Segment, ...] = ()
    turns: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The prompt as plain text with special tokens spelled out, for people and for servers that take text."""
        return "\n\n".join(content for _, content in self.turns) or "".join(self.segments)


@dataclass(frozen=True, slots=True)
class PromptStyle:
    """The prompt style of a family. `build` makes the prompt; `read` gives the tactic in an answer, None if there is
    none; `answer` is the answer that says a tactic, as the family was trained to write it.

    An answer ends before one of the strings `stops`, at one of the special tokens `stop_tokens` or at the checkpoint's
    own end of text. `adds_bos` begins the prompt with a beginning-of-text token; `uses_history` shows earlier tactics;
    `max_new_tokens` is the usual limit of an answer.
    """

    name: str
    build: Callable[[Question], Prompt]
    read: Callable[[str], str | None]
    stops: tuple[str, ...] = ()
    stop_tokens: tuple[str, ...] = ()
    adds_bos: bool = True
    uses_history: bool = False
    max_new_tokens: int = 256
    answer: Callable[[str], str] = str


def chat_turn(content: str) -> tuple[Segment, ...]:
    """One user turn of InternLM2's chat format and the beginning of the assistant's, without a system turn."""
    return (IM_START, f"user\n{content}", IM_END, "\n", IM_START, "assistant\n")


def _step_prover_25(question: Question) -> str:
    before = "\n".join(question.tactics_before)
    return (
        f"---\nNAME: {question.name}\n\n---\nPROOF_BEFORE: {before}\n\n"
        f"---\nSTATE_BEFORE: {question.state}\n\n---\nTACTIC: "
    )


def _step_prover_2(question: Question) -> str:
    return f"DECL {question.name}\nGOAL {question.state}\n"


def _math_plus(question: Question) -> str:
    return (
        f"My LEAN 4 state is:\n```lean\n{question.state}```\n"
        "Please predict a possible tactic to help me prove the theorem."
    )


_SHOTS = (
    ("p q : Prop\nhp : p\nhq : q\n⊢ p ∧ q", "exact ⟨hp, hq⟩"),
    ("n : Nat\nh : 0 < n\n⊢ n ≠ 0", "omega"),
    ("a b c : Nat\n⊢ a + b + c = a + (b + c)", "rw [Nat.add_assoc]"),
)


def _shot(state: str) -> str:
    return f"Tactic state:\n---\n{state}\n---\nNext tactic:\n---\n"


def _math_base(question: Question) -> str:
    shots = "".join(f"{_shot(state)}{tactic}\n---\n\n" for state, tactic in _SHOTS)
    return shots + _shot(question.state)


def _generic_chat(question: Question) -> str:
    before = "\n".join(question.tactics_before) or "(none)"
    failed = "".join(f"\nAlready refused here: {tactic}\n  because: {message}" for tactic, message in question.errors)
    return (
        f"We are proving the Lean 4 theorem `{question.name}` in tactic mode.\n"
        f"Tactics so far:\n{before}\n\nThe current goals:\n```lean\n{question.state}\n```{failed}\n"
        "Answer with the next tactic alone, in one ```lean block, without explanation."
    )


def _whole(answer: str) -> str | None:
    return answer.strip() or None


def _first_line(answer: str) -> str | None:
    return answer.split("\n", 1)[0].strip() or None


def _after_proofstep(answer: str) -> str | None:
    return _whole(answer.removeprefix("PROOFSTEP "))


def _after_colons(answer: str) -> str | None:
    """The text after the last `:::`, since some servers repeat the prompt in their answer."""
    return _whole(answer.rpartition(":::")[2])


_PREAMBLE = "Here is the predicted next tactic:"


def _after_preamble(answer: str) -> str | None:
    body = answer.strip().removeprefix(_PREAMBLE).lstrip("\n")
    return _in_fence(body)


_FENCE = re.compile(r"```(?:lean4?|tactics)?[ \t]*\n?(.*?)(?:```|\Z)", re.DOTALL)


def _in_fence(answer: str) -> str | None:
    found = _FENCE.search(answer)
    return _whole(found.group(1) if found else answer)


def _in_fence_after_thought(answer: str) -> str | None:
    return _in_fence(answer.rpartition("</think>")[2])


def _chat(content: Callable[[Question], str]) -> Callable[[Question], Prompt]:
    return lambda question: Prompt(chat_turn(content(question)))


def _raw(content: Callable[[Question], str]) -> Callable[[Question], Prompt]:
    return lambda question: Prompt((content(question),))


_CHAT_END = (IM_END,)

STYLES: dict[str, PromptStyle] = {
    style.name: style
    for style in (
        PromptStyle("stepprover2.5", _chat(_step_prover_25), _whole, stop_tokens=_CHAT_END, uses_history=True),
        # Without the chat turns the model runs on into further tactics, a blank line between them.
        PromptStyle(
            "stepprover2.5-raw",
            _raw(_step_prover_25),
            _whole,
            stops=("\n\n", "\n---"),
            stop_tokens=_CHAT_END,
            uses_history=True,
        ),
        PromptStyle(
            "stepprover2",
            _chat(_step_prover_2),
            _after_proofstep,
            stop_tokens=_CHAT_END,
            answer=lambda tactic: f"PROOFSTEP {tactic}",
        ),
        PromptStyle(
            "math-plus",
            _chat(_math_plus),
            _after_preamble,
            stop_tokens=_CHAT_END,
            answer=lambda tactic: f"{_PREAMBLE}\n```lean\n{tactic}\n```",
        ),
        PromptStyle(
            "math-base",
            _raw(_math_base),
            _first_line,
            stops=("---", "\n"),
            answer=lambda tactic: f"{tactic}\n",
        ),
        PromptStyle("bfs-prover", _raw(lambda q: f"{q.state}:::"), _after_colons, adds_bos=False),
        PromptStyle("reprover", lambda q: Prompt((q.state, Special("</s>"))), _whole, adds_bos=False),
        PromptStyle(
            "chat",
            lambda q: Prompt(turns=(("user", _generic_chat(q)),)),
            _in_fence_after_thought,
            adds_bos=False,
            uses_history=True,
            max_new_tokens=512,
            answer=lambda tactic: f"```lean\n{tactic}\n```",
        ),
    )
}


def style_named(name: str) -> PromptStyle:
    """The style of that name. Raises UsageError, listing the known ones."""
    if name not in STYLES:
        raise UsageError(f"no prompt style {name!r}; known: {', '.join(STYLES)}")
    return STYLES[name]
