"""What an open policy or critic is, and the options that stand behind its name: `NAME?key=value&…`."""

from __future__ import annotations

import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from urllib.parse import parse_qsl

from prover.errors import UsageError
from search.base import Critic, Policy

if typing.TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = typing.TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class OpenPolicy:
    """A policy and how to let go of it."""

    policy: Policy
    close: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class OpenCritic:
    """A critic and how to let go of it."""

    critic: Critic
    close: Callable[[], Awaitable[None]]


async def nothing_to_close() -> None:
    """For a policy or critic that holds nothing."""


def options(kind: type[T], query: str, where: str, **defaults: object) -> T:
    """A dataclass of options from `key=value&…`. Raises UsageError naming an unknown key or a wrong value."""
    hints = typing.get_type_hints(kind)
    names = [item.name for item in fields(kind)]
    values = {key: value for key, value in defaults.items() if value is not None}
    for key, text in parse_qsl(query.replace("+", "%2B"), keep_blank_values=True):
        if key not in names:
            raise UsageError(f"{where}: no option is called {key!r}; there are: {', '.join(names)}")
        types = [kind for kind in (int, float, str) if kind in (typing.get_args(hints[key]) or (hints[key],))]
        try:
            values[key] = types[0](text)
        except ValueError as error:
            raise UsageError(f"{where}: {key} takes {types[0].__name__}, not {text!r}") from error
    return kind(**values)
