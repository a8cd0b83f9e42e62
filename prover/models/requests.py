"""Requests to a sampling engine and its answers, in token ids; of text an engine knows the stop strings alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prover.errors import UsageError

_COLDEST, _HOTTEST = 1e-6, 1e3  # temperatures that logits can be divided by in the lowest precision
Decode = Callable[[Sequence[int]], str]


@dataclass(frozen=True, slots=True)
class SamplingRequest:
    """`num_samples` answers to one prompt.

    Temperature 0 means beam search of that width. An answer ends with a token of `stop_ids`, before a string of
    `stops`, or after `max_new_tokens`.
    """

    prompt: tuple[int, ...]
    num_samples: int
    temperature: float = 1.0
    top_p: float = 1.0
    max_new_tokens: int = 256
    stop_ids: frozenset[int] = frozenset()
    stops: tuple[str, ...] = ()
    seed: int = 0

    @property
    def is_beam(self) -> bool:
        """Whether beam search is asked for; a single answer at temperature 0 is plain greedy decoding."""
        return self.temperature == 0 and self.num_samples > 1

    def __post_init__(self) -> None:
        if not self.prompt:
            raise UsageError("an empty prompt")
        if self.num_samples < 1 or self.max_new_tokens < 1:
            raise UsageError("num_samples and max_new_tokens must be at least 1")
        if not (self.temperature == 0 or _COLDEST <= self.temperature <= _HOTTEST) or not 0 < self.top_p <= 1:
            raise UsageError(f"temperature {self.temperature} or top_p {self.top_p} is out of range")

    def refuse_unless_fits(self, *, vocab: int, max_prompt: int, max_new: int) -> None:
        """Raises UsageError if an engine of these sizes (words, tokens, tokens) can't serve the request."""
        if len(self.prompt) > max_prompt or self.max_new_tokens > max_new:
            raise UsageError(
                f"a prompt of {len(self.prompt)} tokens with {self.max_new_tokens} to write does not fit "
                f"{max_prompt} and {max_new}"
            )
        if not 0 <= min(self.prompt) <= max(self.prompt) < vocab:
            raise UsageError(f"token {max(self.prompt)} is not in the model's vocabulary of {vocab}")


@dataclass(frozen=True, slots=True)
class Sampled:
    """One answer. `tokens`, with one log-probability each, include the token that ended it, `text` does not.

    `ended` is false if the token limit cut the answer off.
    """

    tokens: tuple[int, ...]
    log_probs: tuple[float, ...]
    text: str
    ended: bool

    @property
    def log_prob(self) -> float:
        """The sum over its tokens."""
        return sum(self.log_probs)


@dataclass(slots=True)
class Draft:
    """An answer being written."""

    tokens: list[int]
    log_probs: list[float]
    ended: bool = False
    text: str | None = None

    def add(self, token: int, log_prob: float, request: SamplingRequest, decode: Decode) -> bool:
        """Take one more token; true if the answer is finished."""
        self.tokens.append(token)
        self.log_probs.append(min(log_prob, 0.0))
        if token in request.stop_ids:
            self.ended = True
        elif request.stops:
            self._look_for_stop(request.stops, decode)
        return self.ended or len(self.tokens) >= request.max_new_tokens

    def finished(self, request: SamplingRequest, decode: Decode) -> Sampled:
        """The answer, frozen."""
        text = self.text
        if text is None:
            cut = len(self.tokens) - (self.ended and self.tokens[-1] in request.stop_ids)
            text = decode(self.tokens[:cut])
        return Sampled(tuple(self.tokens), tuple(self.log_probs), text, self.ended)

    def _look_for_stop(self, stops: tuple[str, ...], decode: Decode) -> None:
        """End the answer at a stop string. The last few tokens suffice to notice one: few tokens are empty texts."""
        tail = decode(self.tokens[-(max(map(len, stops)) + 4) :])
        if any(stop in tail for stop in stops):
            text = decode(self.tokens)
            places = [place for stop in stops if (place := text.find(stop)) >= 0]
            if places:
                self.text, self.ended = text[: min(places)], True
