"""A policy behind OpenAI-compatible servers (`prover.ask.served`).

Log-probabilities are taken where a server gives them; elsewhere a tactic's share of the samples stands in.
"""

from __future__ import annotations

import asyncio
import logging
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prover.ask.chat import ModelAnswer, ModelRequest
from prover.ask.served import ServedModel, ServedOptions
from prover.ask.tape import Tape
from prover.models.facts import ModelFacts
from prover.models.fit import fit_question
from prover.models.policy import AnswerCounts
from prover.models.prompts import PromptStyle, Question, style_named
from prover.models.style import style_of_served
from prover.settings import Count
from search.base import Candidate, LogProb, ProposalRequest

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EndpointOptions(ServedOptions):
    """Those of a policy among the options after an endpoint."""

    style: str | None = None
    max_new: Count = 256
    max_chars: Count = 6000


class OpenAIPolicy:
    """`search.base.Policy` over HTTP. Raises ModelError when every endpoint has failed every retry."""

    num_premises = 0

    def __init__(
        self,
        urls: Sequence[str],
        options: EndpointOptions | None = None,
        *,
        tape: Tape | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        noise: random.Random | None = None,
        pause_s: float = 0.5,
    ) -> None:
        self._options = options = options or EndpointOptions()
        self._model = ServedModel(urls, options, tape=tape, transport=transport, noise=noise, pause_s=pause_s)
        self._style = style_named(options.style) if options.style else None
        self._counts = AnswerCounts()

    async def open(self) -> ModelFacts:
        """Ask for the model's name, if the options have none, and choose its style. Raises UsageError or ModelError."""
        style = await self._known_style()
        return ModelFacts(await self._model.name(), style.name, "as served", "unknown", self._model.where)

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        """Candidates for each request, most likely first; equal tactics merged."""
        style = await self._known_style()
        return await asyncio.gather(*(self._propose(style, request) for request in requests))

    def counts(self) -> Mapping[str, int]:
        """Counts of answers so far."""
        return self._counts.to_json()

    async def close(self) -> None:
        """Close the connections."""
        await self._model.close()

    async def _known_style(self) -> PromptStyle:
        if self._style is None:
            self._style = style_of_served(await self._model.name())
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
        reply = await self._model.ask(
            ModelRequest(
                turns=prompt.turns,
                prompt=prompt.text,
                num_answers=request.num_samples,
                temperature=request.temperature,
                top_p=self._options.top_p,
                max_tokens=min(self._options.max_new, style.max_new_tokens),
                stops=(*style.stops, *style.stop_tokens),
                seed=(request.seed * 1_000_003 + request.attempt) % 2**31,
                wants_log_probs=True,
            )
        )
        return self._candidates(reply.answers, style, await self._model.name())

    def _candidates(self, answers: Sequence[ModelAnswer], style: PromptStyle, model: str) -> list[Candidate]:
        drawn: dict[str, list[ModelAnswer]] = {}
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
            merged.append(Candidate(tactic, LogProb(log_prob), num_tokens, len(same), origin=model))
        return sorted(merged, key=lambda candidate: -candidate.log_prob)
