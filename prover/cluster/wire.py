"""Pickled values between the actors of one run, which trust each other.

A frozen dataclass is pickled as its class and its fields. Pickle's own way, which asks each object for its state in
Python, takes three times as long for an expansion's outcomes.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

_Reducer = Callable[[Any], tuple[Any, ...]]


def dumps(value: object) -> bytes:
    """Pickle a value."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, protocol=5)
    pickler.dispatch_table = _REDUCERS
    pickler.dump(value)
    return buffer.getvalue()


def loads(data: bytes) -> Any:
    """The value that `dumps` pickled."""
    return pickle.loads(data)


class _Reducers(dict[type, _Reducer]):
    """The reducers of classes, each determined at the class's first object."""

    def __missing__(self, kind: type) -> _Reducer:
        parameters = vars(kind).get("__dataclass_params__")  # of this class: a plain class below one may hold more
        if parameters is None or not parameters.frozen:
            raise KeyError(kind)
        parts = fields(kind)
        if not parts or any(part.kw_only or not part.init for part in parts):
            raise KeyError(kind)
        self[kind] = _reducer(kind, [part.name for part in parts])
        return self[kind]


def _reducer(kind: type, names: list[str]) -> _Reducer:
    get = attrgetter(*names)
    if len(names) == 1:
        return lambda value: (kind, (get(value),))
    return lambda value: (kind, get(value))


_REDUCERS = _Reducers()
