"""Jobs of an engine: requests with their progress, and counters."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import TypeVar

from torch import Tensor

from prover.errors import RequestFault, StepwiseError
from prover.models.requests import Sampled, SamplingRequest

log = logging.getLogger(__name__)

T = TypeVar("T")

NAN_MESSAGE = "the model gave NaN: damaged weights, or a precision too low"


@dataclass(slots=True, eq=False)
class Job:
    """A request with its progress: `left` are the numbers of samples still to be begun, `done` the finished ones.

    `uniform` [samples, steps] are the samples' random numbers.
    """

    request: SamplingRequest
    future: Future[list[Sampled]]
    uniform: Tensor
    left: list[int]
    done: dict[int, Sampled] = field(default_factory=dict)

    def finish(self, sample: int, answer: Sampled) -> None:
        """Store a finished sample. The last one resolves the future, with answers in the order of their numbers."""
        self.done[sample] = answer
        if len(self.done) == self.request.num_samples:
            settle(self.future, [self.done[number] for number in range(self.request.num_samples)])

    def take_back(self, samples: list[int]) -> None:
        """Have samples begun again from their first token, with their own random numbers."""
        self.left = sorted([*self.left, *samples])


@dataclass(slots=True)
class Counters:
    """Counts of an engine since its start. `row_steps` are the steps of all rows together."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    new_tokens: int = 0
    steps: int = 0
    row_steps: int = 0


def fail(future: Future[list[Sampled]], what: str, error: Exception) -> None:
    """End one request with a RequestFault that says `what` went wrong. To be called where the error is handled."""
    if not future.done():
        log.exception("a request ended, since %s", what)
        settle(future, RequestFault(f"{what}: {error!r}"))


def alone(future: Future[list[Sampled]], what: str, do: Callable[[], T]) -> T | None:
    """What `do` returns. A fault in it ends this one request, whose answer then says `what` went wrong: None."""
    try:
        return do()
    except StepwiseError as error:
        settle(future, error)
    except Exception as error:  # noqa: BLE001 (it is logged)
        fail(future, what, error)
    return None


def settle(future: Future[list[Sampled]], outcome: list[Sampled] | BaseException) -> None:
    """Resolve a future, or do nothing if it was cancelled or resolved meanwhile."""
    with contextlib.suppress(InvalidStateError):
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
