"""Open policies and critics, and the options after their names: `NAME?key=value&…`."""

from __future__ import annotations

import json
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from prover.config import refuse_out_of_range
from prover.errors import UsageError
from prover.models.facts import FactsByRole, ModelFacts
from search.base import Critic, Policy
from search.words import parse_arguments

if typing.TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = typing.TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class OpenPolicy:
    """A policy, the function that closes it, and the facts of its models."""

    policy: Policy
    close: Callable[[], Awaitable[None]]
    facts: tuple[ModelFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenCritic:
    """A critic, the function that closes it, and the facts of its model."""

    critic: Critic
    close: Callable[[], Awaitable[None]]
    facts: tuple[ModelFacts, ...] = ()


def facts_json(facts: FactsByRole) -> dict[str, typing.Any]:
    """The known facts of each role's models, for `run.json`."""
    return {kind: [each.to_json() for each in known] for kind, known in facts.items() if known}


async def nothing_to_close() -> None:
    """Do nothing, for a policy or critic without resources."""


@typing.runtime_checkable
class _Counting(typing.Protocol):
    """A policy that keeps counts of its answers."""

    def counts(self) -> Mapping[str, int]: ...


def counted(policy: Policy) -> Mapping[str, int]:
    """The counts of the policy's answers so far; empty if it keeps none."""
    return policy.counts() if isinstance(policy, _Counting) else {}


def needs_engine(spec: str) -> bool:
    """Whether a policy or critic of that name holds a model of its own, which drivers on a cluster should share.

    Table-based ones, a line through features, and those asked over HTTP, are opened wherever they are used.
    """
    parts = spec.removeprefix("mix:").split(",") if spec.startswith("mix:") else [spec]
    plain = ("builtin", "heuristic", "openai:", "http://", "https://")
    return not all(part.startswith(plain) or _is_line(part) for part in parts)


def _is_line(spec: str) -> bool:
    """Whether a critic of our own is a line, which needs no model. A file that can't be read is refused later."""
    path = Path(spec.partition("?")[0])
    if path.suffix != ".json":
        return False
    try:
        return bool(json.loads(path.read_text(encoding="utf-8"))["kind"] == "line")
    except (OSError, ValueError, LookupError, TypeError):
        return False


def options(kind: type[T], query: str, where: str, **defaults: object) -> T:
    """A dataclass of options from `key=value&…`. Raises UsageError naming `where` and an unknown key, one that is said
    twice, or a wrong value."""
    usual = {key: value for key, value in defaults.items() if value is not None}
    try:
        return refuse_out_of_range(kind(**{**usual, **parse_arguments(kind, query)}))
    except (ValueError, UsageError) as error:
        raise UsageError(f"{where}: {error}") from error
