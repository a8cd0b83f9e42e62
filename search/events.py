"""The history of a search as typed events, from which `search.replay` makes the same search again.

A search is deterministic, so its inputs are its history: the planned expansions, and every answer in the order it came.
`to_json` and `from_json` turn events into plain JSON values and back without loss.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from search.base import (
    Advanced,
    Candidate,
    Crashed,
    LogProb,
    Outcome,
    ProofState,
    Proved,
    Rejected,
    TimedOut,
    Value,
)
from search.commands import Command


@dataclass(frozen=True, slots=True)
class Started:
    """A search began with these settings (strategy, seed, samples, …)."""

    theorem: str
    root: ProofState
    settings: dict[str, str]


@dataclass(frozen=True, slots=True)
class Planned:
    """Expansions were handed out by one call: their ids, and the nodes' indices."""

    expansions: tuple[int, ...]
    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Proposed:
    """The policy's answer to an expansion came in. `calls` are the tactics handed to Lean, in order; they are recorded
    only where experience from outside the search decided the order."""

    expansion: int
    candidates: tuple[Candidate, ...]
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """Lean's answers to the next calls of an expansion came in."""

    expansion: int
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """A critic's values came in, as (id, value)."""

    values: tuple[tuple[int, Value], ...]


@dataclass(frozen=True, slots=True)
class Abandoned:
    """An expansion was abandoned."""

    expansion: int


@dataclass(frozen=True, slots=True)
class Overruled:
    """The proof found so far was taken back, and the search continued."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The search was limited to proofs of fewer than `below` tactics; None lifts the limit."""

    below: int | None


Event: TypeAlias = Started | Planned | Proposed | Applied | Scored | Abandoned | Overruled | Wanted | Command

_KINDS: dict[str, type[Any]] = {
    kind.__name__.lower(): kind
    for kind in (
        *(Started, Planned, Proposed, Applied, Scored, Abandoned, Overruled, Wanted),
        *get_args(Command),
        *(Advanced, Proved, Rejected, TimedOut, Crashed),
    )
}
_MINUS_INFINITY = "-inf"


def to_json(event: Event) -> dict[str, Any]:
    """A value that `json.dumps` takes. Fields at their default are left out."""
    encoded = _encode(event)
    assert isinstance(encoded, dict)
    return encoded


def from_json(value: Mapping[str, Any]) -> Event:
    """The event that `to_json` was given. Raises ValueError for anything that it can't have made."""
    try:
        event = _decode(value, Event)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an event of a search: {error}") from error
    if not isinstance(event, Event):
        raise ValueError("not an event of a search")
    return event


def _encode(value: Any) -> Any:
    kind = type(value)
    return value if kind in _PLAIN else (_ENCODERS.get(kind) or _encoder(kind))(value)


_PLAIN = frozenset((str, int, bool, type(None)))
_ENCODERS: dict[type, Callable[[Any], Any]] = {}


def _encoder(kind: type[Any]) -> Callable[[Any], Any]:
    """How values of a type are encoded, looked up once: a search records some hundred of them an expansion."""
    encoder: Callable[[Any], Any]
    if issubclass(kind, tuple | list):
        encoder = _encode_sequence
    elif issubclass(kind, float):
        encoder = _encode_float
    elif is_dataclass(kind):
        encoder = _dataclass_encoder(kind)
    else:
        encoder = str if issubclass(kind, StrEnum) else _as_it_is
    _ENCODERS[kind] = encoder
    return encoder


def _encode_sequence(value: Sequence[Any]) -> list[Any]:
    return [_encode(item) for item in value]


def _encode_float(value: float) -> Any:
    if math.isfinite(value):
        return float(value)
    if value != -math.inf:
        raise ValueError(f"{value} in an event of a search")
    return _MINUS_INFINITY


def _as_it_is(value: Any) -> Any:
    return value


def _dataclass_encoder(kind: type[Any]) -> Callable[[Any], dict[str, Any]]:
    name = kind.__name__.lower()
    start: dict[str, Any] = {"kind_": name} if _KINDS.get(name) is kind else {}
    parts = tuple((each.name, each.default) for each in fields(kind))

    def encode(value: Any) -> dict[str, Any]:
        made = start.copy()
        for name, default in parts:
            held = getattr(value, name)
            if held is not default and (default is MISSING or held != default or not isinstance(held, type(default))):
                made[name] = _encode(held)
        return made

    return encode


def _decode(value: Any, wanted: Any) -> Any:
    origin = get_origin(wanted)
    if origin in (Union, UnionType):
        return _decode_union(value, get_args(wanted))
    if origin is tuple:
        return _decode_tuple(value, get_args(wanted))
    if isinstance(wanted, type) and is_dataclass(wanted):
        hints = _hints(wanted)
        return wanted(**{name: _decode(held, hints[name]) for name, held in value.items() if name != "kind_"})
    if isinstance(wanted, type) and issubclass(wanted, LogProb | Value):
        return wanted(float(value))
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        return wanted(value)
    if origin is dict or wanted is dict:
        return dict(value)
    if wanted is float:
        return float(value)
    if not isinstance(value, wanted):
        raise TypeError(f"{value!r} is no {wanted}")
    return value


_hints = functools.cache(get_type_hints)


def _decode_union(value: Any, members: tuple[Any, ...]) -> Any:
    if value is None and type(None) in members:
        return None
    if isinstance(value, Mapping) and "kind_" in value:
        kind = _KINDS[value["kind_"]]
        if kind not in members:
            raise TypeError(f"a {kind.__name__} stands where it can't")
        return _decode(value, kind)
    (only,) = [member for member in members if member is not type(None)]
    return _decode(value, only)


def _decode_tuple(value: Any, members: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r} is no list")
    if len(members) == 2 and members[1] is Ellipsis:
        return tuple(_decode(item, members[0]) for item in value)
    return tuple(_decode(item, member) for item, member in zip(value, members, strict=True))
