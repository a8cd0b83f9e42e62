"""A question to a language model and its answers, wherever the model runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """`num_answers` answers to a conversation of `turns` (role, content), or to a `prompt` as plain text. Each has at
    most `max_tokens` tokens, and ends before one of `stops`. A conversation asks for log-probabilities only if it
    `wants_log_probs`: servers of models that think refuse them."""

    turns: tuple[tuple[str, str], ...] = ()
    prompt: str = ""
    num_answers: int = 1
    temperature: float = 0.7
    top_p: float = 1.0
    max_tokens: int = 1024
    stops: tuple[str, ...] = ()
    seed: int = 0
    wants_log_probs: bool = False


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """One answer: `log_probs` has one number a token, None where the model gave none; `ended` is false where the limit
    cut it off."""

    text: str
    log_probs: tuple[float, ...] | None = None
    ended: bool = True


@dataclass(frozen=True, slots=True)
class ModelReply:
    """The answers, with the tokens of the request and of all answers; None where nobody said how many they are."""

    answers: tuple[ModelAnswer, ...]
    tokens_in: int | None = None
    tokens_out: int | None = None


class Chat(Protocol):
    """A language model that can be asked. Faults are ModelErrors."""

    async def name(self) -> str: ...

    async def ask(self, request: ModelRequest) -> ModelReply: ...

    async def close(self) -> None: ...
