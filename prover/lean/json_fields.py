"""Reads the fields of a JSON object with their types checked. Raises ProtocolFault naming a wrong field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from prover.errors import ProtocolFault

Json: TypeAlias = Mapping[str, Any]
T = TypeVar("T")


def field(item: Json, name: str, kind: type[T], default: T | None = None) -> T:
    """The value of `item` under a name, or the default if there is one."""
    value = item.get(name, default)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ProtocolFault(f"{name!r} should be {kind.__name__}, not {_shown(value)}")
    return value


def number(item: Json, name: str) -> float:
    value = item.get(name, 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ProtocolFault(f"{name!r} should be a number, not {_shown(value)}")
    return float(value)


def items(item: Json, name: str) -> Sequence[Json]:
    value = item.get(name, [])
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ProtocolFault(f"{name!r} should be a list of objects, not {_shown(value)}")
    return value


def texts(item: Json, name: str) -> tuple[str, ...]:
    value = item.get(name, [])
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ProtocolFault(f"{name!r} should be a list of texts, not {_shown(value)}")
    return tuple(value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"
