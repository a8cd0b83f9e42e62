"""Steps as token ids, exactly those that the policy reads and writes when it is asked in a search."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prover.errors import UsageError
from prover.models.fit import fit_question
from prover.models.prompts import PromptStyle, Question
from prover.models.tokenizer import Tokenizer
from prover.train.recipe import Recipe
from prover.train.steps import Step

_ANSWER_SHARE = 0.25  # of a row's tokens: longer answers are left out


@dataclass(frozen=True, slots=True)
class Answered:
    """A prompt and an answer to it, its end token included."""

    prompt: list[int]
    answer: list[int]


@dataclass(frozen=True, slots=True)
class Preferred:
    """A prompt with a better and a worse answer."""

    prompt: list[int]
    better: list[int]
    worse: list[int]


class Prompted:
    """Makes rows of steps in a prompt style. `left_out` counts tactics that the style can't say, and those that are too
    long for the recipe. Raises UsageError for a style without an end that a model could write."""

    def __init__(self, tokenizer: Tokenizer, style: PromptStyle, recipe: Recipe) -> None:
        self._tokenizer, self._style, self._recipe = tokenizer, style, recipe
        ends = [tokenizer.special_id(name) for name in style.stop_tokens] or list(tokenizer.eos_ids)
        if not ends:
            raise UsageError(f"the tokenizer names no token that ends an answer in the style {style.name}")
        self._end = ends[0]
        self.left_out: Counter[str] = Counter()

    def answered(self, steps: Sequence[Step]) -> list[Answered]:
        """A row for each of the first tactics that proved a state."""
        return [
            Answered(prompt, answer)
            for step, prompt in self._prompts(steps)
            for answer in self._answers(step.good[: self._recipe.tactics])
        ]

    def preferred(self, steps: Sequence[Step]) -> list[Preferred]:
        """Rows with the first tactic of a state against refused ones, drawn at random."""
        rng = random.Random(self._recipe.seed)
        rows: list[Preferred] = []
        for step, prompt in self._prompts(steps):
            drawn = rng.sample(step.refused, min(len(step.refused), self._recipe.refused))
            better = list(self._answers(step.good[:1]))
            rows += [Preferred(prompt, first, worse) for first in better for worse in self._answers(drawn)]
        return rows

    def _prompts(self, steps: Sequence[Step]) -> Iterator[tuple[Step, list[int]]]:
        budget = int(self._recipe.max_tokens * (1 - _ANSWER_SHARE))
        for step in steps:
            before = step.before if self._style.uses_history else ()
            question = Question(step.theorem, step.state, before)
            fitted = fit_question(question, goals=step.state.split("\n\n"), budget=budget, count=self._count)
            yield step, self._ids(fitted.question)

    def _count(self, question: Question) -> int:
        return len(self._ids(question))

    def _ids(self, question: Question) -> list[int]:
        return self._tokenizer.encode(self._style.build(question), num_bos=int(self._style.adds_bos))

    def _answers(self, tactics: Sequence[str]) -> Iterator[list[int]]:
        for tactic in tactics:
            text = self._style.answer(tactic)
            ids = [*self._tokenizer.vocabulary.encode(text), self._end]
            if self._style.read(text) != tactic.strip():
                self.left_out["not sayable in this style"] += 1
            elif len(ids) > self._recipe.max_tokens * _ANSWER_SHARE:
                self.left_out["too long"] += 1
            else:
                yield ids
