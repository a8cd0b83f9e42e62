"""Requests on their way through an engine, and what it counts."""

from __future__ import annotations

import contextlib
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field

from torch import Tensor

from prover.models.requests import Sampled, SamplingRequest

NAN_MESSAGE = "the model gave NaN: damaged weights, or a precision too low"


@dataclass(slots=True, eq=False)
class Job:
    """A request on its way: the numbers of the samples that are not begun (`left`), and the finished ones by number.

    `uniform` [samples, steps] are the random numbers of each sample, whatever becomes of the others.
    """

    request: SamplingRequest
    future: Future[list[Sampled]]
    uniform: Tensor
    left: list[int]
    done: dict[int, Sampled] = field(default_factory=dict)

    def finish(self, sample: int, answer: Sampled) -> None:
        """Take a finished sample; the last one settles the job, its answers in the order of their numbers."""
        self.done[sample] = answer
        if len(self.done) == self.request.num_samples:
            settle(self.future, [self.done[number] for number in range(self.request.num_samples)])

    def take_back(self, samples: list[int]) -> None:
        """Samples that were begun and lost are to be begun again."""
        self.left = sorted([*self.left, *samples])


@dataclass(slots=True)
class Counters:
    """What an engine has done so far."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    new_tokens: int = 0
    steps: int = 0
    row_steps: int = 0


def settle(future: Future[list[Sampled]], outcome: list[Sampled] | BaseException) -> None:
    """Resolve a future that its owner may cancel at any moment."""
    with contextlib.suppress(InvalidStateError):
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
