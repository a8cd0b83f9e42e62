"""Scores states, given as texts, by a reward model, in a thread of its own."""

from __future__ import annotations

import asyncio
import copy
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from torch import Tensor

from prover.errors import RequestFault, StepwiseError
from prover.models.facts import ModelFacts
from prover.models.fit import fit_question
from prover.models.prompts import IM_END, IM_START, Prompt, Question
from prover.models.reward import RewardScorer, StateReader
from prover.models.tokenizer import Tokenizer

log = logging.getLogger(__name__)

_QUESTION = "Which state is closer to 'no goals'?"
_MAX_STATE_TOKENS = 2048


def critic_prompt(state: str) -> Prompt:
    """The prompt of InternLM2.5-StepProver's critic: its question, and the state (all goals in one text) as answer."""
    return Prompt((IM_START, f"user\n{_QUESTION}", IM_END, "\n", IM_START, f"assistant\n{state}", IM_END, "\n"))


def state_ids(tokenizer: Tokenizer, text: str, *, reward_id: int | None, num_bos: int, limit: int) -> list[int]:
    """The token ids of a state: `num_bos` beginning-of-text tokens, the prompt (for a model without chat tokens the
    bare state) and the reward token, if there is one. A state too long for `limit` is shortened (see `fit`)."""
    has_chat = tokenizer.vocabulary.special_id(IM_START) is not None
    ending = [] if reward_id is None else [reward_id]

    def ids(question: Question) -> list[int]:
        prompt = critic_prompt(question.state) if has_chat else Prompt((question.state,))
        return [*tokenizer.encode(prompt, num_bos=num_bos), *ending]

    budget = min(limit, _MAX_STATE_TOKENS)
    fitted = fit_question(
        Question("", text), goals=text.split("\n\n"), budget=budget, count=lambda question: len(ids(question))
    )
    if fitted.omitted:
        log.debug("left out of a state to score: %s", ", ".join(fitted.omitted))
    return ids(fitted.question)


class TextReader:
    """Reads states as texts, with the token sequences of `state_ids`."""

    def __init__(
        self,
        reader: StateReader,
        tokenizer: Tokenizer,
        *,
        reward_id: int | None,
        num_bos: int,
        facts: ModelFacts | None = None,
    ) -> None:
        self.reader, self.facts = reader, facts
        self._tokenizer = tokenizer
        self._reward_id = reward_id
        self._num_bos = num_bos

    @property
    def num_bos(self) -> int:
        return self._num_bos

    def with_bos(self, count: int) -> TextReader:
        """The same with another number of beginning-of-text tokens."""
        other = copy.copy(self)
        other._num_bos = count
        return other

    def read(self, texts: Sequence[str]) -> Tensor:
        """Hidden states [texts, hidden] in float32."""
        return self.reader.read([self.encode(text) for text in texts])

    def encode(self, text: str) -> list[int]:
        """The token ids of a text, shortened to what the reader takes."""
        return state_ids(
            self._tokenizer, text, reward_id=self._reward_id, num_bos=self._num_bos, limit=self.reader.max_tokens
        )


class TextScorer:
    """Scores texts in a worker thread; a `critic.model.Scorer`. `meaning` makes the raw score of what the head gives,
    where that is something else."""

    def __init__(self, texts: TextReader, scorer: RewardScorer, meaning: Callable[[float], float] = float) -> None:
        self.texts, self._scorer, self._meaning = texts, scorer, meaning
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="critic")

    @property
    def facts(self) -> ModelFacts | None:
        return self.texts.facts

    async def __call__(self, texts: Sequence[str]) -> list[float]:
        """One raw score per text, in order."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, self.score, list(texts))

    def with_bos(self, count: int) -> TextScorer:
        """The same with another number of beginning-of-text tokens, in the same worker."""
        other = copy.copy(self)
        other.texts = self.texts.with_bos(count)
        return other

    def score(self, texts: Sequence[str]) -> list[float]:
        """Raw scores of texts, in order, computed in the calling thread. Raises RequestFault for what goes wrong."""
        try:
            return [self._meaning(score) for score in self._scorer.score([self.texts.encode(text) for text in texts])]
        except StepwiseError:
            raise
        except Exception as error:
            raise RequestFault(f"the states could not be scored: {error!r}") from error

    def close(self) -> None:
        """End the worker thread. Safe to call twice."""
        self._worker.shutdown(wait=True, cancel_futures=True)
