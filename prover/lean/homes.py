"""Homes: the place whose worker holds a state, by the scheduler's records of which jobs it started where.

The cost of a request depends on these records, never its answer: a worker that lacks a state replays the path to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from prover.lean.places import Place
from search.base import Path


@dataclass(slots=True)
class _Held:
    """The records of one theorem: the places that served a job of it, and, by the hash of a path, the place that ran
    tactics on the path's state."""

    places: list[Place] = field(default_factory=list)
    served: dict[int, Place] = field(default_factory=dict)


class Homes:
    """The records of all theorems."""

    def __init__(self) -> None:
        self._held: dict[int, _Held] = {}

    def find(self, key: int, path: Path) -> Place | None:
        """The ready place that holds the state at `path`; without one, the ready place with the fewest jobs among those
        that know the theorem; None if there is none."""
        held = self._held.get(key)
        if held is None:
            return None
        place = held.served.get(_name(path)) or held.served.get(_name(path[:-1]))
        if place is not None and place.is_up:
            return place
        return min((place for place in held.places if place.is_up), key=_load, default=None)

    def serve(self, key: int, path: Path, place: Place) -> None:
        """Record that `place` holds the state at `path` and the states that tactics lead to from it."""
        held = self._held.setdefault(key, _Held())
        if place not in held.places:
            held.places.append(place)
        held.served[_name(path)] = place

    def forget(self, key: int) -> list[Place]:
        """Forget a theorem. Returns the places that served a job of it."""
        held = self._held.pop(key, None)
        return [] if held is None else held.places


def _name(path: Path) -> int:
    return hash(tuple(step.tactic for step in path))


def _load(place: Place) -> int:
    return place.load
