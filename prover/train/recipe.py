"""The numbers of a training, and who is told how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prover.errors import UsageError

Tell = Callable[[str, int, int, str], None]
"""Told the name of what goes on, how much of it is done, of how much, and the unit."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is trained. `lora` is the rank of the matrices that are trained in the place of the weights, 0 for
    the weights themselves; `rate` is the highest learning rate, reached after 3 % of the steps and then falling as a
    cosine; `batch` counts rows a step, of at most `max_tokens` tokens each.

    A policy learns up to `tactics` tactics of a state, and then from up to `refused` refused ones, each against the
    first tactic (0: from none).
    """

    epochs: float = 1.0
    rate: float = 2e-5
    batch: int = 64
    lora: int = 0
    max_tokens: int = 2048
    seed: int = 0
    device: str | None = None
    tactics: int = 4
    refused: int = 0

    def __post_init__(self) -> None:
        if not (self.epochs > 0 and self.rate > 0 and self.batch > 0 and self.max_tokens > 1 and self.tactics > 0):
            raise UsageError("epochs, rate, batch, tokens and tactics take positive numbers")
        if self.lora < 0 or self.refused < 0:
            raise UsageError("the rank of LoRA and the number of refused tactics are at least 0")
