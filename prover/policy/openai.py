"""A policy behind OpenAI-compatible servers: vLLM, SGLang, LMDeploy, `transformers serve`, or our own `serve-policy`.

Several endpoints of one model are used evenly. Each has a bound on requests in flight; a failed request goes to
another endpoint, after a pause that doubles. Log-probabilities are taken where a server gives them; elsewhere a
tactic's share of the samples stands in.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prover.errors import ModelError, UsageError
from prover.models.facts import ModelFacts
from prover.models.fit import fit_question
from prover.models.policy import AnswerCounts
from prover.models.prompts import PromptStyle, Question, style_named
from prover.models.style import style_of_served
from prover.policy.http_client import Endpoints
from search.base import Candidate, LogProb, ProposalRequest

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """The options after an endpoint, `?key=value&…`. `key_env` names the environment variable with the API key."""

    model: str | None = None
    style: str | None = None
    max_new: int = 256
    max_chars: int = 6000
    top_p: float = 1.0
    in_flight: int = 16
    retries: int = 5
    timeout_s: float = 300.0
    key_env: str | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """One choice of a server; `log_probs` is None where it gave none."""

    text: str
    log_probs: tuple[float, ...] | None
    ended: bool


class OpenAIPolicy:
    """`search.base.Policy` over HTTP. Raises ModelError when every endpoint has failed every retry."""

    num_premises = 0

    def __init__(
        self,
        urls: Sequence[str],
        options: EndpointOptions | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        noise: random.Random | None = None,
        pause_s: float = 0.5,
    ) -> None:
        self._options = options = options or EndpointOptions()
        self._endpoints = Endpoints(
            urls,
            retries=options.retries,
            timeout_s=options.timeout_s,
            in_flight=options.in_flight,
            headers={"Authorization": f"Bearer {_key(options.key_env)}"} if options.key_env else None,
            transport=transport,
            noise=noise,
            pause_s=pause_s,
        )
        self._where = "+".join(urls)
        self._model = options.model
        self._style = style_named(options.style) if options.style else None
        self._opening = asyncio.Lock()
        self._counts = AnswerCounts()

    async def open(self) -> ModelFacts:
        """Ask for the model's name, if the options have none, and choose its style. Raises UsageError or ModelError."""
        style = await self._known_style()
        return ModelFacts(str(self._model), style.name, "as served", "unknown", self._where)

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        """Candidates for each request, most likely first; equal tactics merged."""
        style = await self._known_style()
        return await asyncio.gather(*(self._propose(style, request) for request in requests))

    def counts(self) -> Mapping[str, int]:
        """Counts of answers so far."""
        return self._counts.to_json()

    async def close(self) -> None:
        """Close the connections."""
        await self._endpoints.close()

    async def _known_style(self) -> PromptStyle:
        async with self._opening:
            if self._model is None:
                models = (await self._endpoints.send("GET", "/models")).get("data") or [{}]
                self._model = str(models[0].get("id", ""))
                if not self._model:
                    raise ModelError(f"{self._where} serves no model; name one with ?model=")
            if self._style is None:
                self._style = style_of_served(self._model)
            return self._style

    async def _propose(self, style: PromptStyle, request: ProposalRequest) -> list[Candidate]:
        before = request.tactics_before if style.uses_history else ()
        question = Question(request.theorem.name, request.state.pretty, before, request.errors)
        goals = [goal.pretty for goal in request.state.goals]
        fitted = fit_question(
            question, goals=goals, budget=self._options.max_chars, count=lambda q: len(style.build(q).text)
        )
        if fitted.omitted:
            log.debug("%s: left out of a prompt: %s", request.theorem.name, ", ".join(fitted.omitted))
        prompt = style.build(fitted.question)
        body: dict[str, Any] = {
            "model": self._model,
            "n": request.num_samples,
            "temperature": request.temperature,
            "top_p": self._options.top_p,
            "max_tokens": min(self._options.max_new, style.max_new_tokens),
            "seed": (request.seed * 1_000_003 + request.attempt) % 2**31,
        }
        if stops := [*style.stops, *style.stop_tokens]:
            body["stop"] = stops
        if prompt.turns:
            messages = [{"role": role, "content": content} for role, content in prompt.turns]
            body |= {"messages": messages, "logprobs": True}
            reply = await self._endpoints.send("POST", "/chat/completions", body)
        else:
            body |= {"prompt": prompt.text, "logprobs": 1}
            reply = await self._endpoints.send("POST", "/completions", body)
        return self._candidates(_answers(reply), style)

    def _candidates(self, answers: Sequence[_Answer], style: PromptStyle) -> list[Candidate]:
        drawn: dict[str, list[_Answer]] = {}
        for answer in answers:
            tactic = style.read(answer.text) if answer.ended else None
            self._counts.add(answer.text, tactic, ended=answer.ended)
            if tactic is not None:
                drawn.setdefault(tactic, []).append(answer)
        merged: list[Candidate] = []
        for tactic, same in drawn.items():
            known = [answer.log_probs for answer in same if answer.log_probs is not None]
            likeliest = max(known, key=sum) if known else None
            log_prob = sum(likeliest) if likeliest else math.log(len(same) / len(answers))
            num_tokens = len(likeliest) if likeliest else 1
            merged.append(Candidate(tactic, LogProb(log_prob), num_tokens, len(same), origin=self._model or ""))
        return sorted(merged, key=lambda candidate: -candidate.log_prob)


def _key(name: str) -> str:
    if name not in os.environ:
        raise UsageError(f"key_env={name}: no such environment variable")
    return os.environ[name]


def _answers(reply: dict[str, Any]) -> list[_Answer]:
    choices = reply.get("choices")
    if not isinstance(choices, list):
        raise ModelError("an endpoint answered without choices")
    answers: list[_Answer] = []
    for choice in choices:
        text = choice.get("text")
        if text is None:
            text = (choice.get("message") or {}).get("content")
        ended = choice.get("finish_reason") != "length"
        answers.append(_Answer(text if isinstance(text, str) else "", _log_probs(choice.get("logprobs")), ended))
    return answers


def _log_probs(given: Any) -> tuple[float, ...] | None:
    """Per-token log-probabilities in either form of the API; None unless every one is a number."""
    if not isinstance(given, dict):
        return None
    content = given.get("content")
    values = [item.get("logprob") for item in content] if isinstance(content, list) else given.get("token_logprobs")
    if not isinstance(values, list) or not values:
        return None
    if not all(isinstance(value, int | float) and not math.isnan(value) for value in values):
        return None
    return tuple(min(float(value), 0.0) for value in values)
