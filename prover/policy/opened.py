"""Open policies and critics, and the options after their names: `NAME?key=value&…`."""

from __future__ import annotations

import json
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from prover.errors import ModelError, UsageError
from prover.models.facts import FactsByRole, ModelFacts
from prover.settings import refuse_out_of_range
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


@typing.runtime_checkable
class _Ending(typing.Protocol):
    """A policy that may end for good."""

    @property
    def fault(self) -> ModelError | None: ...


def fault_of(policy: Policy) -> ModelError | None:
    """Why the policy can't answer any more, whatever it is asked; None while it can."""
    return policy.fault if isinstance(policy, _Ending) else None


def needs_engine(spec: str) -> bool:
    """Whether a policy or critic of that name holds a model of its own, which drivers on a cluster should share.

    Table-based ones, a line through features, and those asked over HTTP, are opened wherever they are used.
    """
    return bool(_with_models(spec))


def devices(spec: str, usual: str) -> set[str]:
    """The devices of the models that a policy or critic of that name holds: by its options, those of a mix's sources
    and of the model in a critic's file; `usual` for models of which nothing is said."""
    said = [_device(source, _device(str(_file(source).get("trunk")), usual)) for source in _with_models(spec)]
    return {"cuda:0" if each in ("auto", "cuda") else each for device in said for each in device.split("+")}


def with_full_paths(spec: str) -> str:
    """The name of a policy or critic with the full paths of the folders and files here that it names: so it means the
    same from another folder, as for a run that is resumed or a cluster's machines, which have the files in common."""
    if spec.startswith("mix:"):
        parts = (part.rpartition("=") for part in spec.removeprefix("mix:").split(","))
        return "mix:" + ",".join(f"{with_full_paths(source)}{equals}{share}" for source, equals, share in parts)
    name, mark, query = spec.partition("?")
    if name == "builtin" and query.startswith("model="):
        return f"builtin?model={full_path(query.removeprefix('model='))}"
    return f"{full_path(name)}{mark}{query}" if _is_here(name) else spec


def full_path(name: str) -> str:
    """The full path of what lies here under this name, else the name."""
    path = Path(name).expanduser()
    return str(path.absolute()) if name and path.exists() else name


def _is_here(name: str) -> bool:
    """Whether a policy or critic of that name is read from files."""
    return name not in ("builtin", "heuristic") and not name.startswith(("openai:", "http://", "https://"))


def _with_models(spec: str) -> list[str]:
    """The sources of a mix, or the policy or critic itself, as far as they hold a model of their own."""
    parts = spec.removeprefix("mix:").split(",")
    sources = [part.rpartition("=")[0] or part for part in parts] if spec.startswith("mix:") else [spec]
    return [each for each in sources if _is_here(each.partition("?")[0]) and _file(each).get("kind") != "line"]


def _file(spec: str) -> dict[str, typing.Any]:
    """The content of a critic's own file, empty for other specs. A file that can't be read is refused later."""
    path = Path(spec.partition("?")[0])
    try:
        content = json.loads(path.read_text(encoding="utf-8")) if path.suffix == ".json" else {}
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _device(spec: str, usual: str) -> str:
    query = spec.partition("?")[2].replace("+", "%2B")
    return parse_qs(query).get("device", [usual])[-1]


def options(kind: type[T], query: str, where: str, **defaults: object) -> T:
    """A dataclass of options from `key=value&…`. Raises UsageError naming `where` and an unknown key, one that is said
    twice, or a wrong value."""
    usual = {key: value for key, value in defaults.items() if value is not None}
    try:
        return refuse_out_of_range(kind(**{**usual, **parse_arguments(kind, query)}))
    except (ValueError, UsageError) as error:
        raise UsageError(f"{where}: {error}") from error
