"""What plans for one theorem used and came to: the `plan` of a result's `stats`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(slots=True)
class PlanCounts:
    """`sketches` were accepted by Lean and worked at; `refused` were garbage, repetitions, or refused by Lean or the
    judge; `restated` had the goal itself as a hole, `disproved` a false one. `holes` counts the holes of all sketches,
    `filled` those that were proved, `from_board` those that a script in `subgoals.jsonl` closed. `depth` is 1 for
    sketches of the theorem, 2 for those of their holes. `calls` and tokens are the planners', `model_s` the seconds of
    waiting for them."""

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
