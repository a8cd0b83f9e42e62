"""What plans for one theorem used and came to: the `plan` of a result's `stats`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(slots=True)
class PlanCounts:
    """Sketches are counted once each: those that Lean accepted and that were worked at, and those `refused` by Lean or
    before it (garbage, repetitions). `holes` are those of the former, `from_board` the holes that a script of the
    board closed. `calls` and tokens are the planners', `model_s` the seconds of waiting for them."""

    sketches: int = 0
    refused: int = 0
    restated: int = 0
    holes: int = 0
    filled: int = 0
    from_board: int = 0
    disproved: int = 0
    depth: int = 0
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    model_s: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "model_s": round(self.model_s, 3)}

    def __str__(self) -> str:
        parts = [f"{self.sketches} sketches"]
        parts += [f"{self.refused} refused"] if self.refused else []
        parts += [f"{self.restated} restate the goal"] if self.restated else []
        parts += [f"{self.disproved} disproved"] if self.disproved else []
        parts += [f"{self.filled} of {self.holes} holes filled"] if self.holes else []
        return ", ".join((*parts, f"{self.calls} requests"))
