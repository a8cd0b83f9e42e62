"""What an open policy or critic is, and the options that stand behind its name: `NAME?key=value&…`."""

from __future__ import annotations

import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from prover.errors import UsageError
from search.base import Critic, Policy
from search.words import parse_arguments

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
    """A dataclass of options from `key=value&…`. Raises UsageError naming `where` and an unknown key or wrong value."""
    usual = {key: value for key, value in defaults.items() if value is not None}
    try:
        return kind(**{**usual, **parse_arguments(kind, query)})
    except ValueError as error:
        raise UsageError(f"{where}: {error}") from error
