"""What is asked of a planner, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from prover.plan.sketch_attempt import Disproof
from prover.tasks import TheoremTask


@dataclass(frozen=True, slots=True)
class Request:
    """A question for a sketch of a proof of `task`, or of one hole of the sketch `part` (`is_for_hole`).

    `goal` is what has to be proved, as Lean renders it: the theorem's, or the hole's. Of a theorem with several
    `sorry`s `number` says for which of them, from 1, and `part` is the theorem's text. With `messages`, `sketch` is the
    planner's last answer, which Lean refused for these reasons (lines count from the theorem's first). `part` is a
    sketch in which the holes that were proved are filled; `stuck` are the goals of its other holes, without the one
    that is asked for. `disproofs` are goals that are false, and `premises` name theorems that may help. `asked` counts
    the requests for this theorem that the same planner had before.
    """

    task: TheoremTask
    goal: str
    asked: int = 0
    number: int = 0
    sketch: str = ""
    messages: Sequence[str] = ()
    part: str = ""
    is_for_hole: bool = False
    stuck: Sequence[str] = ()
    disproofs: Sequence[Disproof] = ()
    premises: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """A planner's text as it was read, and the tokens of request and answer. An empty `script` is no sketch."""

    script: str
    tokens_in: int = 0
    tokens_out: int = 0


class Planner(Protocol):
    """Somebody who writes sketches. Nothing that it says is believed."""

    @property
    def name(self) -> str: ...

    @property
    def answers_holes(self) -> bool:
        """Whether it can be asked for a sketch of a single hole."""
        ...

    @property
    def is_written(self) -> bool:
        """Whether its sketches are written already, so that asking costs nothing."""
        ...

    async def propose(self, request: Request, most_tokens: int) -> Answer | None:
        """A sketch in at most so many tokens; None if it has no more to say about the theorem. Raises ModelError."""
        ...
