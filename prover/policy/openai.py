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
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prover.errors import ModelError, UsageError
from prover.models.fit import fit_question
from prover.models.prompts import PromptStyle, Question, style_named
from prover.models.style import style_of_served
from search.base import Candidate, LogProb, ProposalRequest

if TYPE_CHECKING:
    import httpx

logger = logging.getLogger(__name__)

_RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class EndpointOptions:
    """What may follow an endpoint as `?key=value&…`. `key_env` names the environment variable with the API key."""

    model: str | None = None
    style: str | None = None
    max_new: int = 256
    max_chars: int = 6000
    top_p: float = 1.0
    in_flight: int = 16
    retries: int = 5
    timeout_s: float = 300.0
    key_env: str | None = None


@dataclass(slots=True)
class _Endpoint:
    """One server; `rests_until` is when it may be tried again after a failure."""

    url: str
    slots: asyncio.Semaphore
    num_busy: int = 0
    rests_until: float = 0.0


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
        try:
            import httpx
        except ImportError as error:
            raise UsageError("endpoints need the extra: pip install 'stepwise-prover[models]'") from error
        self._options = options = options or EndpointOptions()
        if not urls or not all(url.startswith(("http://", "https://")) for url in urls):
            raise UsageError(f"not an endpoint: {'+'.join(urls) or '(nothing)'}; give http://HOST:PORT/v1")
        self._endpoints = [_Endpoint(url.rstrip("/"), asyncio.Semaphore(options.in_flight)) for url in urls]
        headers = {"Authorization": f"Bearer {_key(options.key_env)}"} if options.key_env else {}
        timeout = httpx.Timeout(options.timeout_s, connect=10.0)
        self._client = httpx.AsyncClient(headers=headers, timeout=timeout, transport=transport)
        self._noise = noise or random.Random()
        self._pause_s = pause_s
        self._model = options.model
        self._style = style_named(options.style) if options.style else None
        self._opening = asyncio.Lock()

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        """Candidates for each request, most likely first; equal tactics merged."""
        style = await self._known_style()
        return await asyncio.gather(*(self._propose(style, request) for request in requests))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _known_style(self) -> PromptStyle:
        async with self._opening:
            if self._model is None:
                models = (await self._send("GET", "/models", None)).get("data") or [{}]
                self._model = str(models[0].get("id", ""))
                if not self._model:
                    raise ModelError(f"{self._endpoints[0].url} serves no model; name one with ?model=")
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
            logger.debug("%s: left out of a prompt: %s", request.theorem.name, ", ".join(fitted.omitted))
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
        if prompt.user is not None:
            body |= {"messages": [{"role": "user", "content": prompt.user}], "logprobs": True}
            reply = await self._send("POST", "/chat/completions", body)
        else:
            body |= {"prompt": prompt.text, "logprobs": 1}
            reply = await self._send("POST", "/completions", body)
        return _candidates(_answers(reply), style, self._model or "")

    async def _send(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """One request, retried on other endpoints. Raises ModelError with the last cause."""
        import httpx

        cause = "nothing was tried"
        for attempt in range(self._options.retries + 1):
            endpoint = min(self._endpoints, key=lambda e: (max(e.rests_until - self._now(), 0.0), e.num_busy))
            if attempt:
                await asyncio.sleep(self._pause_s * 2 ** (attempt - 1) * self._noise.uniform(0.5, 1.0))
            endpoint.num_busy += 1
            try:
                async with endpoint.slots:
                    response = await self._client.request(method, endpoint.url + path, json=body)
            except httpx.HTTPError as error:
                cause = f"{endpoint.url}: {error or type(error).__name__}"
            else:
                if response.status_code == 200:
                    return _object(response, endpoint.url)
                cause = f"{endpoint.url}: {response.status_code} {response.text[:300]}"
                if response.status_code not in _RETRIED:
                    raise ModelError(cause)
            finally:
                endpoint.num_busy -= 1
            endpoint.rests_until = self._now() + self._pause_s * 2**attempt
            logger.info("retrying after %s", cause)
        raise ModelError(f"no endpoint answers; last: {cause}")

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _key(name: str) -> str:
    if name not in os.environ:
        raise UsageError(f"key_env={name}: no such environment variable")
    return os.environ[name]


def _object(response: httpx.Response, where: str) -> dict[str, Any]:
    try:
        value = response.json()
    except ValueError as error:
        raise ModelError(f"{where} answered something that is not JSON") from error
    if not isinstance(value, dict):
        raise ModelError(f"{where} answered {type(value).__name__} where an object belongs")
    return value


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


def _candidates(answers: Sequence[_Answer], style: PromptStyle, origin: str) -> list[Candidate]:
    drawn: dict[str, list[_Answer]] = {}
    for answer in answers:
        tactic = style.read(answer.text) if answer.ended else None
        if tactic is not None:
            drawn.setdefault(tactic, []).append(answer)
    merged: list[Candidate] = []
    for tactic, same in drawn.items():
        known = [answer.log_probs for answer in same if answer.log_probs is not None]
        likeliest = max(known, key=sum) if known else None
        log_prob = sum(likeliest) if likeliest else math.log(len(same) / len(answers))
        num_tokens = len(likeliest) if likeliest else 1
        merged.append(Candidate(tactic, LogProb(log_prob), num_tokens, len(same), origin=origin))
    return sorted(merged, key=lambda candidate: -candidate.log_prob)
