"""Models behind OpenAI-compatible servers: vLLM, SGLang, LMDeploy, `transformers serve`, or our own `serve-policy`."""

from __future__ import annotations

import asyncio
import math
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from prover.ask.chat import ModelAnswer, ModelReply, ModelRequest
from prover.ask.endpoints import Endpoints
from prover.ask.tape import Tape
from prover.errors import ModelError, UsageError
from prover.settings import Part, Positive, Range

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class ServedOptions:
    """The options after an endpoint, `?key=value&…`. `key_env` names the environment variable with the API key."""

    model: str | None = None
    top_p: Part = 1.0
    in_flight: Annotated[int, Range(1, most=4096)] = 16
    retries: Annotated[int, Range(0, most=20)] = 5
    timeout_s: Positive = 300.0
    key_env: str | None = None


class ServedModel:
    """`Chat` over HTTP, at one or several servers of one model. Raises ModelError when every server has failed every
    retry."""

    def __init__(
        self,
        urls: Sequence[str],
        options: ServedOptions,
        *,
        tape: Tape | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        noise: random.Random | None = None,
        pause_s: float = 0.5,
    ) -> None:
        self._endpoints = Endpoints(
            urls,
            retries=options.retries,
            timeout_s=options.timeout_s,
            in_flight=options.in_flight,
            headers={"Authorization": f"Bearer {_key(options.key_env)}"} if options.key_env else None,
            transport=transport,
            noise=noise,
            pause_s=pause_s,
            tape=tape,
        )
        self.where = "+".join(urls)
        self._name = options.model
        self._opening = asyncio.Lock()

    async def name(self) -> str:
        """The model's name, which the server is asked for if the options have none."""
        async with self._opening:
            if self._name is None:
                models = (await self._endpoints.send("GET", "/models")).get("data")
                first = models[0] if isinstance(models, list) and models else None
                self._name = str(first.get("id", "")) if isinstance(first, dict) else ""
            if not self._name:
                raise ModelError(f"{self.where} serves no model; name one with ?model=")
            return self._name

    async def ask(self, request: ModelRequest) -> ModelReply:
        """The answers of one of the servers."""
        body: dict[str, Any] = {
            "model": await self.name(),
            "n": request.num_answers,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "max_tokens": request.max_tokens,
            "seed": request.seed,
        }
        if request.stops:
            body["stop"] = list(request.stops)
        if request.turns:
            messages = [{"role": role, "content": content} for role, content in request.turns]
            body |= {"messages": messages} | ({"logprobs": True} if request.wants_log_probs else {})
            return _reply(await self._endpoints.send("POST", "/chat/completions", body))
        body |= {"prompt": request.prompt, "logprobs": 1}
        return _reply(await self._endpoints.send("POST", "/completions", body))

    async def close(self) -> None:
        """Close the connections."""
        await self._endpoints.close()


def urls_of(spec: str) -> list[str] | None:
    """The endpoints that `openai:URL+URL` or a plain URL names; None for what is no endpoint."""
    if not spec.startswith(("openai:", "http://", "https://")):
        return None
    return spec.removeprefix("openai:").split("+")


def _key(name: str) -> str:
    if name not in os.environ:
        raise UsageError(f"key_env={name}: no such environment variable")
    return os.environ[name]


def _reply(reply: dict[str, Any]) -> ModelReply:
    choices = reply.get("choices")
    if not isinstance(choices, list):
        raise ModelError("an endpoint answered without choices")
    answers = tuple(_answer(choice) for choice in choices if isinstance(choice, dict))
    usage = reply.get("usage")
    used = usage if isinstance(usage, dict) else {}
    return ModelReply(answers, _count(used.get("prompt_tokens")), _count(used.get("completion_tokens")))


def _answer(choice: dict[str, Any]) -> ModelAnswer:
    text, message = choice.get("text"), choice.get("message")
    if text is None and isinstance(message, dict):
        text = _text(message.get("content"))
    ended = choice.get("finish_reason") != "length"
    said = text.encode(errors="replace").decode() if isinstance(text, str) else ""  # half a surrogate pair is no text
    return ModelAnswer(said, _log_probs(choice.get("logprobs")), ended)


def _text(content: Any) -> Any:
    """A message's content, which may be a list of parts."""
    if not isinstance(content, list):
        return content
    parts = (part.get("text") for part in content if isinstance(part, dict))
    return "".join(part for part in parts if isinstance(part, str))


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _log_probs(given: Any) -> tuple[float, ...] | None:
    """Per-token log-probabilities in either form of the API; None unless every one is a number."""
    if not isinstance(given, dict):
        return None
    content = given.get("content")
    values = (
        [item.get("logprob") for item in content if isinstance(item, dict)]
        if isinstance(content, list)
        else given.get("token_logprobs")
    )
    if not isinstance(values, list) or not values:
        return None
    if not all(isinstance(value, int | float) and not math.isnan(value) for value in values):
        return None
    return tuple(min(float(value), 0.0) for value in values)
