"""The facts of a loaded model that a report needs, so that its figures can be compared and reproduced."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A loaded model: its name, prompt style, precision, the SHA-256 of its weights, its device, and its memory plan on
    each device."""

    name: str
    style: str
    precision: str
    weights: str
    device: str
    memory: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One line for people."""
        memory = "".join(f"; {plan}" for plan in self.memory)
        return f"{self.name} ({self.style}, {self.precision}, weights {self.weights[:16]}) on {self.device}{memory}"

    def to_json(self) -> dict[str, Any]:
        """For `run.json`."""
        return asdict(self)
