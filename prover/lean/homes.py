"""Homes: the slot whose worker holds a state, by the scheduler's records of which jobs it started where.

The cost of a request depends on these records, never its answer: a worker that lacks a state replays the path to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from prover.lean.slots import Slot
from search.base import Path


@dataclass(slots=True)
class _Held:
    """The records of one theorem: the slots that served a job of it, and, by the hash of a path, the slot that ran
    tactics on the path's state."""

    slots: list[Slot] = field(default_factory=list)
    served: dict[int, Slot] = field(default_factory=dict)


class Homes:
    """The records of all theorems."""

    def __init__(self) -> None:
        self._held: dict[int, _Held] = {}

    def find(self, key: int, path: Path) -> Slot | None:
        """The ready slot that holds the state at `path`; without one, the ready slot with the fewest jobs among those
        that know the theorem; None if there is none."""
        held = self._held.get(key)
        if held is None:
            return None
        slot = held.served.get(_name(path)) or held.served.get(_name(path[:-1]))
        if slot is not None and slot.is_up:
            return slot
        return min((slot for slot in held.slots if slot.is_up), key=_load, default=None)

    def serve(self, key: int, path: Path, slot: Slot) -> None:
        """Record that `slot` holds the state at `path` and the states that tactics lead to from it."""
        held = self._held.setdefault(key, _Held())
        if slot not in held.slots:
            held.slots.append(slot)
        held.served[_name(path)] = slot

    def forget(self, key: int) -> list[Slot]:
        """Forget a theorem. Returns the slots that served a job of it."""
        held = self._held.pop(key, None)
        return [] if held is None else held.slots


def _name(path: Path) -> int:
    return hash(tuple(step.tactic for step in path))


def _load(slot: Slot) -> int:
    return slot.load
