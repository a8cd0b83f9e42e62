"""A model policy's engine as an OpenAI-compatible server and as LeanCopilot's external generator."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard

from prover.errors import ModelError, UsageError
from prover.models.policy import ModelPolicy
from prover.models.prompts import Prompt, Question
from prover.models.requests import Sampled, SamplingRequest
from prover.serve.json_server import Handler, Json, refuse_others

_MAX_SAMPLES = 1024
_MAX_PROMPTS = 128
_USUAL_TOKENS = 64
_LOOK_EVERY_S = 1.0
_ROLES = ("system", "user", "assistant")

_ANY = object()
_SAMPLING: Mapping[str, object] = {
    **dict.fromkeys(("model", "n", "temperature", "top_p", "max_tokens", "stop", "seed", "user"), _ANY),
    "stream": False,
    "stream_options": None,
    "frequency_penalty": 0,
    "presence_penalty": 0,
    "logit_bias": {},
}
_COMPLETION: Mapping[str, object] = {"prompt": _ANY, "logprobs": _ANY, "echo": False, "suffix": ""}
_CHAT: Mapping[str, object] = {
    **dict.fromkeys(("messages", "logprobs", "max_completion_tokens"), _ANY),
    "top_logprobs": 0,
    "response_format": {"type": "text"},
    "tools": [],
}
"""The fields of requests in OpenAI's form: those served with any value, and the one value that others may have."""


class PolicyService:
    """The routes of `serve-policy`: `/v1/models`, `/v1/completions`, `/v1/chat/completions`, `/generate`."""

    def __init__(self, policy: ModelPolicy, *, samples: int = 32, clock: Callable[[], float] = time.time) -> None:
        self._policy, self._samples, self._clock = policy, samples, clock
        self._numbers = itertools.count(1)

    def routes(self) -> Mapping[tuple[str, str], Handler]:
        """For `http.JsonServer`."""
        return {
            ("GET", "/health"): self.health,
            ("GET", "/v1/models"): self.models,
            ("POST", "/v1/completions"): self.completions,
            ("POST", "/v1/chat/completions"): self.chat,
            ("POST", "/generate"): self.generate,
        }

    async def health(self, _: Json) -> Json:
        """The model's name. Raises ModelError once no engine serves any more."""
        if (fault := self._policy.fault) is not None:
            raise fault
        return {"status": "ok", "model": self._policy.name}

    async def until_ended(self) -> None:
        """Wait until no engine serves any more, and raise why: who keeps servers up then has one to start again."""
        while (fault := self._policy.fault) is None:
            await asyncio.sleep(_LOOK_EVERY_S)
        raise ModelError(f"{self._policy.name} can't be served any more: {fault}. Start the server again")

    async def models(self, _: Json) -> Json:
        """The list of models, with the served one."""
        return {"object": "list", "data": [{"id": self._policy.name, "object": "model", "owned_by": "stepwise"}]}

    async def completions(self, body: Json) -> Json:
        """`n` texts for each prompt, in the prompts' order. A prompt is a text, in which special tokens may be spelled
        out, or a list of token ids.
        """
        self._refuse_unserved(body, {**_COMPLETION, "best_of": body.get("n", 1)})
        prompts = [self._ids(prompt) for prompt in _prompts(body.get("prompt"))]
        answered = await asyncio.gather(*(self._policy.sample(self._request(ids, body)) for ids in prompts))
        answers = [answer for each in answered for answer in each]
        choices = [
            {
                "index": index,
                "text": answer.text,
                "finish_reason": "stop" if answer.ended else "length",
                "logprobs": self._log_probs(answer) if body.get("logprobs") is not None else None,
            }
            for index, answer in enumerate(answers)
        ]
        return self._reply("text_completion", choices, list(itertools.chain(*prompts)), answers)

    async def chat(self, body: Json) -> Json:
        """`n` answers to a conversation, which goes through the checkpoint's chat template."""
        self._refuse_unserved(body, _CHAT)
        ids = self._policy.encode(Prompt(turns=_turns(body.get("messages"))))
        answers = await self._policy.sample(self._request(ids, body))
        choices = [
            {
                "index": index,
                "message": {"role": "assistant", "content": answer.text},
                "finish_reason": "stop" if answer.ended else "length",
                "logprobs": {"content": self._token_log_probs(answer)} if body.get("logprobs") else None,
            }
            for index, answer in enumerate(answers)
        ]
        return self._reply("chat.completion", choices, ids, answers)

    async def generate(self, body: Json) -> Json:
        """LeanCopilot's external generator: tactics with probabilities for a state, each with the given prefix.

        `temperature`, `seed` and `n` may be given beside LeanCopilot's fields. Without a seed every call samples anew.
        """
        refuse_others(body, ("name", "input", "prefix", "n", "temperature", "seed"))
        state, prefix = body.get("input"), body.get("prefix") or ""
        if not isinstance(state, str) or not isinstance(prefix, str):
            raise UsageError("input takes a proof state, prefix the beginning of a tactic")
        request = self._policy.text_request(
            Question("theorem", state),
            prefix=prefix,
            num_samples=_count(body, self._samples),
            temperature=_number(body, "temperature", 0.7, float),
            seed=_number(body, "seed", next(self._numbers), int),
        )
        answers = await self._policy.sample(request)
        candidates = self._policy.candidates(answers, prefix=prefix)
        if not candidates:
            cut = sum(not answer.ended for answer in answers)
            raise ModelError(
                f"none of {len(answers)} answers holds a tactic ({cut} cut off, {len(answers) - cut} unreadable): is "
                "the model's style right? `stepwise doctor --policy` examines it"
            )
        return {"outputs": [{"output": c.tactic, "score": math.exp(c.log_prob)} for c in candidates]}

    def _refuse_unserved(self, body: Json, served: Mapping[str, object]) -> None:
        """Raises UsageError for another model than the served one, and for a field that would have no effect here."""
        model = body.get("model")
        if model is not None and model != self._policy.name:
            raise UsageError(f"no model {model!r} here: there is {self._policy.name!r}, or leave it out")
        known = {**_SAMPLING, **served}
        refuse_others(body, known)
        for name, value in body.items():
            if known[name] is not _ANY and value is not None and value != known[name]:
                raise UsageError(f"{name} is not served: leave it out, or set it to {json.dumps(known[name])}")

    def _ids(self, prompt: str | list[int]) -> list[int]:
        return self._policy.encode_marked(prompt) if isinstance(prompt, str) else prompt

    def _request(self, ids: Sequence[int], body: Json) -> SamplingRequest:
        stop = body.get("stop") or []
        stops = [stop] if isinstance(stop, str) else stop
        if not isinstance(stops, list) or not all(isinstance(text, str) and text for text in stops):
            raise UsageError("stop takes a text or a list of texts")
        special, plain = self._policy.split_stops(stops)
        usual = min(_USUAL_TOKENS, self._policy.max_new_tokens)
        return SamplingRequest(
            prompt=tuple(ids),
            num_samples=_count(body, 1),
            temperature=_number(body, "temperature", 1.0, float),
            top_p=_number(body, "top_p", 1.0, float),
            max_new_tokens=_number(body, "max_completion_tokens", _number(body, "max_tokens", usual, int), int),
            stop_ids=special,
            stops=plain,
            seed=_number(body, "seed", next(self._numbers), int),
        )

    def _reply(self, kind: str, choices: list[Json], ids: Sequence[int], answers: Sequence[Sampled]) -> Json:
        written = sum(len(answer.tokens) for answer in answers)
        return {
            "id": f"stepwise-{next(self._numbers)}",
            "object": kind,
            "created": int(self._clock()),
            "model": self._policy.name,
            "choices": choices,
            "usage": {
                "prompt_tokens": len(ids),
                "completion_tokens": written,
                "total_tokens": len(ids) + written,
            },
        }

    def _log_probs(self, answer: Sampled) -> Json:
        return {
            "tokens": [self._policy.token_text(token) for token in answer.tokens],
            "token_logprobs": [_finite(value) for value in answer.log_probs],
            "top_logprobs": None,
            "text_offset": [],
        }

    def _token_log_probs(self, answer: Sampled) -> list[Json]:
        return [
            {"token": self._policy.token_text(token), "logprob": _finite(value), "top_logprobs": []}
            for token, value in zip(answer.tokens, answer.log_probs, strict=True)
        ]


def _prompts(prompt: object) -> list[str | list[int]]:
    """The prompts of a request: one text, one list of token ids, or a list of these."""
    given = prompt if isinstance(prompt, list) and prompt and not _is_ids(prompt) else [prompt]
    prompts = [each for each in given if isinstance(each, str) or _is_ids(each)]
    if len(prompts) != len(given) or len(prompts) > _MAX_PROMPTS:
        raise UsageError(f"prompt takes a text, a list of token ids, or a list of up to {_MAX_PROMPTS} of these")
    return prompts


def _is_ids(value: object) -> TypeGuard[list[int]]:
    return isinstance(value, list) and bool(value) and all(type(token) is int and token >= 0 for token in value)


def _turns(messages: object) -> tuple[tuple[str, str], ...]:
    """A conversation as (role, content), the last of them the user's."""
    if not isinstance(messages, list) or not messages or not all(isinstance(each, dict) for each in messages):
        raise UsageError("messages takes a list of messages")
    turns = tuple((str(each.get("role")), each.get("content")) for each in messages)
    texts = tuple((role, text) for role, text in turns if role in _ROLES and isinstance(text, str))
    if len(texts) != len(turns) or turns[-1][0] != "user":
        raise UsageError(
            f"messages have a role ({', '.join(_ROLES)}) and a text as content, and the last is the user's"
        )
    return texts


def _count(body: Json, default: int) -> int:
    count: int = _number(body, "n", default, int)
    if not 1 <= count <= _MAX_SAMPLES:
        raise UsageError(f"n is 1 to {_MAX_SAMPLES}")
    return count


def _number(body: Json, name: str, default: Any, kind: type) -> Any:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UsageError(f"{name} takes a number, not {value!r}")
    if kind is int and value != int(value):
        raise UsageError(f"{name} takes a whole number, not {value!r}")
    return kind(value)


def _finite(value: float) -> float:
    """JSON has no infinity."""
    return max(value, -1e30)
