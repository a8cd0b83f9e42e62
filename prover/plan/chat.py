"""A language model as a planner."""

from __future__ import annotations

from dataclasses import dataclass

from prover.ask.chat import Chat, ModelRequest
from prover.plan.planner import Answer, Request
from prover.plan.question import Preset, turns_for
from prover.plan.reading import script_in

_SEED_STEP = 1_000_003


@dataclass(frozen=True, slots=True)
class ChatPlanner:
    """Asks for one sketch at a time, in at most `max_new` tokens. What a model does not count is taken to be all that
    it was allowed."""

    name: str
    chat: Chat
    preset: Preset
    temperature: float
    top_p: float
    max_new: int
    seed: int
    answers_holes: bool = True
    is_written: bool = False

    async def propose(self, request: Request, most_tokens: int) -> Answer | None:
        """The sketch that the model answers. Raises ModelError as the model does."""
        most = min(self.max_new, most_tokens)
        reply = await self.chat.ask(
            ModelRequest(
                turns=turns_for(request, self.preset),
                temperature=self.temperature,
                top_p=self.top_p,
                max_tokens=most,
                seed=(self.seed * _SEED_STEP + request.asked) % 2**31,
            )
        )
        text = reply.answers[0].text if reply.answers else ""
        written = most if reply.tokens_out is None else min(reply.tokens_out, most)
        return Answer(script_in(text, request.task.name), reply.tokens_in or 0, written)
