"""The little language of settings that name a thing with its parameters: `NAME?key=value&key=value`.

Search rules are named in it (`mcts?exploration=2`), and so are policies and critics (`models/prover?device=cuda:1`).
The parameters are the keyword arguments of a function or the fields of a dataclass: of the types int, float and str,
each with a default.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl


def parse_arguments(make: Callable[..., object], query: str) -> dict[str, int | float | str]:
    """The keyword arguments for `make` that a query (`key=value&…`) says.

    Raises ValueError naming a key that `make` has no parameter for, or a value of the wrong type.
    """
    types = _parameter_types(make)
    values: dict[str, int | float | str] = {}
    for key, text in parse_qsl(query.replace("+", "%2B"), keep_blank_values=True):
        if key not in types:
            known = f"there are: {', '.join(types)}" if types else "there are none"
            raise ValueError(f"no option is called {key!r}; {known}")
        try:
            values[key] = types[key](text)
        except ValueError as error:
            raise ValueError(f"{key} takes {types[key].__name__}, not {text!r}") from error
    return values


def _parameter_types(make: Callable[..., object]) -> dict[str, type[int | float | str]]:
    """The parameters of `make` that a word can set, by name, in their order."""
    hints = typing.get_type_hints(make)
    types: dict[str, type[int | float | str]] = {}
    for name in inspect.signature(make).parameters:
        allowed = typing.get_args(hints[name]) or (hints[name],)
        types[name] = next(kind for kind in (int, float, str) if kind in allowed)
    return types


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
