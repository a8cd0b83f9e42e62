"""The interface of actors: remote objects whose methods are called by name, and that may be lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from prover.errors import StepwiseError


class ActorLost(StepwiseError):
    """An actor was lost, or missed a deadline, with a call in flight, which may or may not have been carried out.

    `is_final` says that it will not be started again.
    """

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


def is_final(fault: StepwiseError) -> bool:
    """Whether an actor that failed so is not to be asked again: another fault than a loss would come again."""
    return not isinstance(fault, ActorLost) or fault.is_final


class Handle(Protocol):
    """One actor. Started again in another process it keeps its handle and loses its state."""

    @property
    def name(self) -> str: ...

    async def call(self, method: str, *arguments: object, deadline_s: float) -> Any:
        """The result of a method. Raises the StepwiseError that the method raises.

        Raises ActorLost if the actor is lost, or does not answer within `deadline_s` seconds; it is then started again,
        as it is if the method itself raises ActorLost, since it can do no more.
        Cancelling the caller cancels the call.
        """
        ...

    def end(self) -> None:
        """End it for good."""
        ...


@dataclass(frozen=True, slots=True)
class Needs:
    """An actor's reservation on its node, in CPUs, GPUs (or parts of one) and bytes; it has to have the labels."""

    cpus: float = 1.0
    gpus: float = 0.0
    memory_bytes: int = 0
    labels: tuple[tuple[str, str], ...] = ()


class System(Protocol):
    """A cluster. `can_grow` says that machines may still be added to it."""

    @property
    def can_grow(self) -> bool: ...

    def gpus(self, labels: tuple[tuple[str, str], ...] = ()) -> float:
        """The number of GPUs on machines with these labels, reserved or not."""
        ...

    def spawn(self, name: str, make: Callable[[], object], needs: Needs) -> Handle:
        """Start an actor round the object that `make` makes in it. Returns at once; calls wait for its place."""
        ...

    def put(self, value: object) -> Any:
        """A reference to a large value, which is sent once and may be an argument of many calls; the methods get the
        value."""
        ...
