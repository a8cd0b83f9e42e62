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
    """A request on its way: how many of its samples are begun, and the finished ones."""

    request: SamplingRequest
    future: Future[list[Sampled]]
    uniform: Tensor
    num_begun: int = 0
    done: list[Sampled] = field(default_factory=list)


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
