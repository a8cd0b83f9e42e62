"""A checkpoint of this machine as a chat model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prover.ask.chat import ModelAnswer, ModelReply, ModelRequest
from prover.models.prompts import Prompt
from prover.models.requests import SamplingRequest

if TYPE_CHECKING:
    from prover.models.policy import ModelPolicy


class LocalModel:
    """`Chat` over an engine of this process; conversations go through the checkpoint's chat template."""

    def __init__(self, model: ModelPolicy) -> None:
        self._model = model

    async def name(self) -> str:
        return self._model.name

    async def ask(self, request: ModelRequest) -> ModelReply:
        """The engine's answers."""
        ids = (
            self._model.encode(Prompt(turns=request.turns))
            if request.turns
            else self._model.encode_marked(request.prompt)
        )
        special, plain = self._model.split_stops(request.stops)
        sampled = await self._model.sample(
            SamplingRequest(
                prompt=tuple(ids),
                num_samples=request.num_answers,
                temperature=request.temperature,
                top_p=request.top_p,
                max_new_tokens=request.max_tokens,
                stop_ids=special,
                stops=plain,
                seed=request.seed,
            )
        )
        answers = tuple(ModelAnswer(each.text, tuple(each.log_probs), each.ended) for each in sampled)
        return ModelReply(answers, len(ids), sum(len(each.tokens) for each in sampled))

    async def close(self) -> None:
        """The engine is its owner's."""
