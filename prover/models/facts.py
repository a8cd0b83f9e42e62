"""What a report has to say of a model so that its figures can be compared and made again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A loaded model: its name, how it is asked, its precision, the SHA-256 of its weights, where it is, and how it
    fills the memory there."""

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
