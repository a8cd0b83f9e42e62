"""What an open policy or critic is, and the options that stand behind its name: `NAME?key=value&…`."""

from __future__ import annotations

import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from prover.errors import UsageError
from prover.models.facts import ModelFacts
from search.base import Critic, Policy
from search.words import parse_arguments

if typing.TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = typing.TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class OpenPolicy:
    """A policy, how to let go of it, and the facts of the models in it."""

    policy: Policy
    close: Callable[[], Awaitable[None]]
    facts: tuple[ModelFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenCritic:
    """A critic, how to let go of it, and the facts of its model."""

    critic: Critic
    close: Callable[[], Awaitable[None]]
    facts: tuple[ModelFacts, ...] = ()


def facts_json(facts: Mapping[str, tuple[ModelFacts, ...]]) -> dict[str, typing.Any]:
    """What is known of each kind's models, for `run.json`."""
    return {kind: [each.to_json() for each in known] for kind, known in facts.items() if known}


async def nothing_to_close() -> None:
    """For a policy or critic that holds nothing."""


@typing.runtime_checkable
class Counting(typing.Protocol):
    """A policy that counts what its answers came to."""

    def counts(self) -> Mapping[str, int]: ...


def counted(policy: Policy) -> Mapping[str, int]:
    """What the policy's answers came to so far, if it counts them."""
    return policy.counts() if isinstance(policy, Counting) else {}


def needs_engine(spec: str) -> bool:
    """Whether a policy or critic of that name holds a model of its own: on a cluster drivers should share it.

    What is reckoned from tables, or asked of a server over HTTP, is opened wherever it is used.
    """
    parts = spec.removeprefix("mix:").split(",") if spec.startswith("mix:") else [spec]
    plain = ("builtin", "heuristic", "openai:", "http://", "https://")
    return not all(part.startswith(plain) for part in parts)


def options(kind: type[T], query: str, where: str, **defaults: object) -> T:
    """A dataclass of options from `key=value&…`. Raises UsageError naming `where` and an unknown key or wrong value."""
    usual = {key: value for key, value in defaults.items() if value is not None}
    try:
        return kind(**{**usual, **parse_arguments(kind, query)})
    except ValueError as error:
        raise UsageError(f"{where}: {error}") from error
