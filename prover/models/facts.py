"""The facts of a loaded model that a report needs, so that its figures can be compared and reproduced."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A loaded model: its name, prompt style, precision, device, its memory plan on each device, and the files of its
    weights, each with its SHA-256, as the hub shows it.

    `weights_id` is one name for them all: the SHA-256 of their names and SHA-256s.
    """

    name: str
    style: str
    precision: str
    weights_id: str
    device: str
    memory: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        memory = "".join(f"; {plan}" for plan in self.memory)
        return (
            f"{self.name} ({self.style}, {self.precision}, weights id {self.weights_id[:16]}) on {self.device}{memory}"
        )

    def to_json(self) -> dict[str, Any]:
        """For `run.json`."""
        return asdict(self)


FactsByRole = Mapping[str, tuple[ModelFacts, ...]]
"""The known facts of models, by what they do: "policy" or "critic"."""


def weights_id(files: Mapping[str, str]) -> str:
    """The SHA-256 of lines `NAME SHA-256`, one for each file."""
    return hashlib.sha256("".join(f"{name} {digest}\n" for name, digest in files.items()).encode()).hexdigest()
