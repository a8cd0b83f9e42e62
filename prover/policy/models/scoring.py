"""State texts to raw scores of a reward model, off the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from prover.policy.models.fit import fit_question
from prover.policy.models.prompts import IM_END, IM_START, Prompt, Question
from prover.policy.models.reward import RewardScorer
from prover.policy.models.tokenizer import Tokenizer

logger = logging.getLogger(__name__)

QUESTION = "Which state is closer to 'no goals'?"
MAX_STATE_TOKENS = 2048


def critic_prompt(state: str) -> Prompt:
    """The published critic's chat: its one question, and the state (all goals in one text) as the answer."""
    return Prompt((IM_START, f"user\n{QUESTION}", IM_END, "\n", IM_START, f"assistant\n{state}", IM_END, "\n"))


class TextScorer:
    """Scores texts in one worker thread. `num_bos` beginning-of-text tokens come first, the reward token last."""

    def __init__(self, scorer: RewardScorer, tokenizer: Tokenizer, *, reward_id: int | None, num_bos: int) -> None:
        self._scorer, self._tokenizer = scorer, tokenizer
        self._reward_id, self._num_bos = reward_id, num_bos
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="critic")

    async def __call__(self, texts: Sequence[str]) -> list[float]:
        """One raw score per text, in order."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, self.score, list(texts))

    def score(self, texts: Sequence[str]) -> list[float]:
        """The same, in the calling thread."""
        return self._scorer.score([self.encode(text) for text in texts])

    def encode(self, text: str) -> list[int]:
        """A text's token ids; one too long is cut so that its goal stays."""
        limit = min(self._scorer.max_tokens, MAX_STATE_TOKENS)
        fitted = fit_question(Question("", text), goals=text.split("\n\n"), budget=limit, count=self._count)
        if fitted.omitted:
            logger.debug("left out of a state to score: %s", ", ".join(fitted.omitted))
        return self._ids(fitted.question.state)

    def close(self) -> None:
        """Let go of the worker. Safe to call twice."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _count(self, question: Question) -> int:
        return len(self._ids(question.state))

    def _ids(self, state: str) -> list[int]:
        ids = self._tokenizer.encode(critic_prompt(state), num_bos=self._num_bos)
        return ids if self._reward_id is None else [*ids, self._reward_id]
