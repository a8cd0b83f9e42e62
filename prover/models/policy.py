"""A policy that is a language model."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from prover.errors import ModelError, StepFault
from prover.models.facts import ModelFacts
from prover.models.fit import fit_question
from prover.models.prompts import Prompt, PromptStyle, Question
from prover.models.requests import Sampled, SamplingRequest
from prover.models.tokenizer import Tokenizer
from search.base import Candidate, LogProb, ProposalRequest

log = logging.getLogger(__name__)

_ENOUGH = 100  # answers to judge a style by
_TRIES = 3  # for a request that ended with all others of its engine


class SamplingEngine(Protocol):
    """Answers sampling requests. `num_pending` counts the samples that are still to come, `vocab` the tokens that there
    are; `fault` says why it has ended, None while it serves."""

    @property
    def num_pending(self) -> int: ...
    @property
    def vocab(self) -> int: ...
    @property
    def fault(self) -> ModelError | None: ...
    def submit(self, request: SamplingRequest) -> Future[list[Sampled]]: ...
    def wait_ready(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Limits of prompts and answers in tokens, and the probability mass that samples are drawn from."""

    max_prompt: int = 2048
    max_new_tokens: int = 256
    top_p: float = 1.0


@dataclass(slots=True)
class AnswerCounts:
    """Counts of a model's answers, among them those dropped: `cut` off at the token limit, or `unreadable`; and of the
    requests `asked_again` after a fault of their engine.

    If most of the first hundred are dropped, as happens with a wrong prompt style, a warning is logged with one.
    """

    answers: int = 0
    cut: int = 0
    unreadable: int = 0
    asked_again: int = 0

    def add(self, text: str, tactic: str | None, *, ended: bool) -> None:
        """Count an answer, which `ended` by itself or was cut off; `tactic` is the tactic in it, if there is one."""
        self.answers += 1
        self.cut += not ended
        self.unreadable += ended and tactic is None
        dropped = self.cut + self.unreadable
        if self.answers == _ENOUGH and dropped > _ENOUGH // 2:
            log.warning(
                "%d of the first %d answers were dropped (%d cut off, %d unreadable): is the style right? One: %r",
                dropped, _ENOUGH, self.cut, self.unreadable, text[:200],
            )  # fmt: skip

    def to_json(self) -> dict[str, int]:
        """The counts under the names that reports use."""
        counts = {"answers": self.answers, "answers_cut": self.cut, "answers_unreadable": self.unreadable}
        return {**counts, "requests_asked_again": self.asked_again}


class ModelPolicy:
    """`search.base.Policy` over one or several engines of the same model."""

    num_premises = 0

    def __init__(
        self,
        engines: Sequence[SamplingEngine],
        tokenizer: Tokenizer,
        style: PromptStyle,
        settings: ModelSettings | None = None,
        *,
        name: str = "model",
        facts: ModelFacts | None = None,
    ) -> None:
        self._engines = list(engines)
        self._tokenizer, self._style = tokenizer, style
        self._settings = settings or ModelSettings()
        self._stop_ids = tokenizer.stop_ids(style.stop_tokens)
        self.facts = facts
        self.name = facts.name if facts else name
        self._num_cut = 0
        self._answers = AnswerCounts()

    @property
    def style(self) -> PromptStyle:
        """How the model is asked."""
        return self._style

    def with_style(self, style: PromptStyle) -> ModelPolicy:
        """The same model asked in another style, on the same engines; its answers are counted apart."""
        return ModelPolicy(self._engines, self._tokenizer, style, self._settings, facts=self.facts)

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        """Candidates for each request, most likely first; equal tactics merged. Cancelling frees the engine's rows."""
        asked = [(self.sampling_request(request), partial(self._engine_for, request)) for request in requests]
        answers = await asyncio.gather(*(self._answered(request, choose) for request, choose in asked))
        return [self.candidates(sampled) for sampled in answers]

    def sampling_request(self, request: ProposalRequest) -> SamplingRequest:
        """The sampling request for a state. A state that is too long is shortened; the first time with a warning."""
        goals = [goal.pretty for goal in request.state.goals]
        before = request.tactics_before if self._style.uses_history else ()
        question = Question(request.theorem.name, request.state.pretty, before, request.errors)
        fitted = fit_question(question, goals=goals, budget=self._settings.max_prompt, count=self._num_tokens)
        if fitted.omitted:
            self._num_cut += 1
            level = logging.WARNING if self._num_cut == 1 else logging.DEBUG
            log.log(level, "%s: left out of a prompt: %s", request.theorem.name, ", ".join(fitted.omitted))
        return self.text_request(
            fitted.question, num_samples=request.num_samples, temperature=request.temperature, seed=_seed(request)
        )

    def text_request(
        self, question: Question, *, num_samples: int, temperature: float, seed: int, prefix: str = ""
    ) -> SamplingRequest:
        """A sampling request for a question that fits; every answer continues `prefix`."""
        ids = self._encode(question)
        if prefix:
            ids += self._tokenizer.encode(Prompt((prefix,)), num_bos=0)
        return SamplingRequest(
            prompt=tuple(ids),
            num_samples=num_samples,
            temperature=temperature,
            top_p=self._settings.top_p,
            max_new_tokens=self._settings.max_new_tokens,
            stop_ids=self._stop_ids,
            stops=self._style.stops,
            seed=seed,
        )

    async def sample(self, request: SamplingRequest) -> list[Sampled]:
        """Raw answers from the least busy engine."""
        return await self._answered(request, lambda: min(self._serving(), key=lambda engine: engine.num_pending))

    async def _answered(self, request: SamplingRequest, choose: Callable[[], SamplingEngine]) -> list[Sampled]:
        """Raw answers from a chosen engine. A request that ended with all others of its engine, after a step's fault or
        for good, is asked again where one serves: its answers are those of its own seed."""
        for tries_left in reversed(range(_TRIES)):
            engine = choose()
            future = engine.submit(request)
            try:
                return await asyncio.wrap_future(future)
            except ModelError as fault:
                is_common = isinstance(fault, StepFault) or engine.fault is not None
                if not (is_common and tries_left and self.fault is None):
                    raise
                self._answers.asked_again += 1
            finally:
                future.cancel()
        raise AssertionError("the last try returns or raises")

    def candidates(self, answers: Sequence[Sampled], *, prefix: str = "") -> list[Candidate]:
        """The tactics in answers, each behind `prefix`. Cut-off ones are dropped and equal ones merged; the most likely
        comes first.

        A tactic's probability is the sum over the different token sequences that were drawn for it.
        """
        drawn: dict[str, dict[tuple[int, ...], Sampled]] = {}
        counts: dict[str, int] = {}
        for answer in answers:
            tactic = self._style.read(prefix + answer.text) if answer.ended else None
            self._answers.add(answer.text, tactic, ended=answer.ended)
            if tactic is not None:
                drawn.setdefault(tactic, {})[answer.tokens] = answer
                counts[tactic] = counts.get(tactic, 0) + 1
        merged = [self._candidate(tactic, list(ways.values()), counts[tactic]) for tactic, ways in drawn.items()]
        return sorted(merged, key=lambda candidate: -candidate.log_prob)

    @property
    def max_new_tokens(self) -> int:
        """The most tokens of an answer."""
        return self._settings.max_new_tokens

    @property
    def engines(self) -> Sequence[SamplingEngine]:
        return self._engines

    @property
    def fault(self) -> ModelError | None:
        """Why it can't answer any more: an engine's fault, once all engines have ended."""
        return self._serving()[0].fault

    def prompt_text(self, request: ProposalRequest) -> str:
        """The prompt of a request as text, its special tokens spelled out."""
        return self._tokenizer.spelled(self.sampling_request(request).prompt)

    def counts(self) -> Mapping[str, int]:
        """Counts of answers so far."""
        return self._answers.to_json()

    def encode(self, prompt: Prompt) -> list[int]:
        """The token ids of a prompt, with a beginning-of-text token if the style has one."""
        return self._tokenizer.encode(prompt, num_bos=int(self._style.adds_bos))

    def encode_marked(self, text: str) -> list[int]:
        """Token ids of a text from a client, in which special tokens may be spelled out."""
        return self.encode(Prompt(tuple(self._tokenizer.marked(text))))

    def split_stops(self, stops: Sequence[str]) -> tuple[frozenset[int], tuple[str, ...]]:
        """A client's stops as token ids, to which the style's are added, and strings."""
        ids = {text: self._tokenizer.vocabulary.special_id(text) for text in stops}
        special = {found for found in ids.values() if found is not None}
        return self._stop_ids | special, tuple(text for text, found in ids.items() if found is None)

    def token_text(self, token: int) -> str:
        """One token's text, empty for a special one."""
        return self._tokenizer.decode([token])

    def close(self) -> None:
        for engine in self._engines:
            engine.close()

    def _candidate(self, tactic: str, ways: Sequence[Sampled], count: int) -> Candidate:
        likeliest = max(ways, key=lambda answer: answer.log_prob)
        total = math.fsum(math.exp(answer.log_prob - likeliest.log_prob) for answer in ways)
        log_prob = min(likeliest.log_prob + math.log(total), 0.0)
        return Candidate(tactic, LogProb(log_prob), len(likeliest.tokens), count, origin=self.name)

    def _engine_for(self, request: ProposalRequest) -> SamplingEngine:
        """The engine that has the theorem's prompts cached, unless another is much less busy."""
        serving = self._serving()
        least = min(serving, key=lambda engine: engine.num_pending)
        own = serving[_digest(request.theorem.name) % len(serving)]
        return own if own.num_pending <= least.num_pending + 4 * request.num_samples else least

    def _serving(self) -> Sequence[SamplingEngine]:
        """The engines that have not ended. Once all have, all, which say why."""
        return [engine for engine in self._engines if engine.fault is None] or self._engines

    def _encode(self, question: Question) -> list[int]:
        return self.encode(self._style.build(question))

    def _num_tokens(self, question: Question) -> int:
        return len(self._encode(question))


def _seed(request: ProposalRequest) -> int:
    """A seed for a state and an attempt at it, the same in every run with the same seed."""
    return _digest(f"{request.seed}\n{request.attempt}\n{request.theorem.name}\n{request.state.key}")


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=7).digest())
