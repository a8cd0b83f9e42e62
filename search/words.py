"""The little language of settings that name a thing with its parameters: `NAME?key=value&key=value`.

Search rules are named in it (`mcts?exploration=2`), and so are policies and critics (`models/prover?device=cuda:1`).
The parameters are the keyword arguments of a function or the fields of a dataclass: of the types int, float and str or
a Literal of a few values, each with a default.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl


def parse_arguments(make: Callable[..., object], query: str) -> dict[str, int | float | str]:
    """The keyword arguments for `make` that a query (`key=value&…`) says.

    Raises ValueError naming a key that `make` has no parameter for or that is said twice, or a value of the wrong type.
    """
    hints = typing.get_type_hints(make)
    names = list(inspect.signature(make).parameters)
    values: dict[str, int | float | str] = {}
    for key, text in parse_qsl(query.replace("+", "%2B"), keep_blank_values=True):
        if key not in names:
            known = f"there are: {', '.join(names)}" if names else "there are none"
            raise ValueError(f"no option is called {key!r}; {known}")
        if key in values:
            raise ValueError(f"{key} is said twice")
        values[key] = _value(key, text, hints[key])
    return values


def _value(key: str, text: str, hint: object) -> int | float | str:
    """The value that a text stands for, of the parameter's type."""
    allowed = alternatives(hint)
    choices = [
        value for kind in allowed if typing.get_origin(kind) is typing.Literal for value in typing.get_args(kind)
    ]
    if choices:
        found = next((value for value in choices if str(value) == text), None)
        if found is None:
            raise ValueError(f"{key} takes {' or '.join(map(str, choices))}, not {text!r}")
        return typing.cast(int | float | str, found)
    kind = next(kind for kind in (int, float, str) if kind in allowed)
    try:
        return kind(text)
    except ValueError as error:
        raise ValueError(f"{key} takes {kind.__name__}, not {text!r}") from error


def alternatives(hint: Any) -> tuple[Any, ...]:
    """The types that an annotation allows."""
    return typing.get_args(hint) if typing.get_origin(hint) in (types.UnionType, typing.Union) else (hint,)


def defaults(make: Callable[..., object]) -> dict[str, object]:
    """The parameters of `make` with their default values."""
    return {name: parameter.default for name, parameter in inspect.signature(make).parameters.items()}


def written(name: str, values: Mapping[str, object]) -> str:
    """The word for a name with these values."""
    said = "&".join(f"{key}={_text(value)}" for key, value in values.items())
    return f"{name}?{said}" if said else name


def _text(value: object) -> str:
    """The shortest text of a value that reads back as the same value."""
    if isinstance(value, float) and float(f"{value:g}") == value:
        return f"{value:g}"
    return str(value)
