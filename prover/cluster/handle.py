"""What the rest of a cluster run knows of an actor: an object far away that is asked by name, and that may vanish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from prover.errors import StepwiseError


class ActorLost(StepwiseError):
    """An actor vanished, or did not answer in time, with a call in flight: it may or may not have been carried out.

    `is_final` says that nothing will come in its place.
    """

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


class Handle(Protocol):
    """One actor. It keeps its name for us when it is started again in another process, with nothing of its state."""

    @property
    def name(self) -> str: ...

    async def call(self, method: str, *arguments: object, deadline_s: float) -> Any:
        """What the method answers, or raises: a StepwiseError comes as it is.

        Raises ActorLost if the actor is gone, or has not answered by the deadline (it is then ended and started
        again). A cancelled caller cancels the call there.
        """
        ...

    def end(self) -> None:
        """End it for good."""
        ...


@dataclass(frozen=True, slots=True)
class Needs:
    """What an actor reserves on its node. `labels` are node labels that it insists on, `resources` custom ones."""

    cpus: float = 1.0
    gpus: float = 0.0
    memory_bytes: int = 0
    labels: tuple[tuple[str, str], ...] = ()
    resources: tuple[tuple[str, float], ...] = ()


class System(Protocol):
    """Where actors live. `can_grow` says that machines may still come."""

    @property
    def can_grow(self) -> bool: ...

    def gpus(self, labels: tuple[tuple[str, str], ...] = ()) -> float:
        """How many GPUs the machines with these labels have now, taken or not."""
        ...

    def spawn(self, name: str, make: Callable[[], object], needs: Needs) -> Handle:
        """Start an actor around what `make` makes over there. Returns at once; calls wait until it has a place."""
        ...

    def put(self, value: object) -> Any:
        """A stand-in for a large value, sent once and handed to many calls: the method sees the value."""
        ...
