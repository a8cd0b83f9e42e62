"""What can be asked of a workbench: one frozen record for each kind of job. Lines and columns count from 1, columns in
code points; `path` names a file for messages and is never opened."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeAlias

from prover.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """The goals at each `sorry`, or at the one on `line`."""

    kind: ClassVar[str] = "goals"
    path: str
    text: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _AtSorry:
    """The `sorry` on `line`, or the one of them at `column`."""

    path: str
    text: str
    line: int
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggest(_AtSorry):
    """Tactics that Lean accepts at a `sorry`, of `samples` proposed ones that begin with `prefix`; then, where
    `search_s` is not 0, a search for a whole proof."""

    kind: ClassVar[str] = "suggest"
    samples: int = 32
    prefix: str = ""
    search_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose(_AtSorry):
    """What the policy proposes at a `sorry`: `samples` tactics that begin with `prefix`, none of them seen by Lean."""

    kind: ClassVar[str] = "propose"
    samples: int = 32
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try(_AtSorry):
    """What Lean says to each of the `snippets`, alone, at a `sorry`."""

    kind: ClassVar[str] = "try"
    snippets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prove:
    """A judged proof of the theorem at `line` (0: of the first that is open); `disprove` is the share of the time for
    the negation. With `best_effort` an unfinished one is given where there is no other, which is never called judged.
    """

    kind: ClassVar[str] = "prove"
    path: str
    text: str
    line: int = 0
    column: int = 0
    time_limit_s: float = 20.0
    disprove: float = 0.0
    best_effort: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """The finished proof on `line` made shorter, or, with `repairs`, the one there that Lean finds errors in mended: a
    judged proof either way."""

    kind: ClassVar[str] = "mend"
    path: str
    text: str
    line: int
    repairs: bool = False
    time_limit_s: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The judge's verdicts on a text: against a `challenge`, or, without one, on all of its theorems."""

    kind: ClassVar[str] = "check"
    path: str
    text: str
    challenge: str = ""


Question: TypeAlias = Goals | Suggest | Propose | Try
"""What somebody at a keyboard waits for."""
Request: TypeAlias = Question | Prove | Mend | Check
_KINDS: Mapping[str, type[Request]] = {each.kind: each for each in typing.get_args(Request)}


def request_to_json(request: Request) -> dict[str, Any]:
    """The request as JSON, with its `kind`."""
    return {"kind": request.kind, **{item.name: getattr(request, item.name) for item in fields(request)}}


def request_from_json(value: Mapping[str, Any]) -> Request:
    """The request that `request_to_json` was given. Raises UsageError for what it can't have made."""
    values = dict(value)
    kind = _KINDS.get(str(values.pop("kind", "")))
    if kind is None:
        raise UsageError(f"a job is one of: {', '.join(_KINDS)}")
    types = {item.name: str(item.type) for item in fields(kind)}
    for name, given in values.items():
        if name not in types:
            raise UsageError(f"a job `{kind.kind}` has no {name!r}")
        if not _fits(given, types[name]):
            raise UsageError(f"{name!r} of a job `{kind.kind}` takes {types[name]}, not {given!r:.40}")
    chosen: dict[str, Any] = {
        name: tuple(given) if isinstance(given, list) else given for name, given in values.items()
    }
    try:
        return kind(**chosen)
    except TypeError as error:
        raise UsageError(f"a job `{kind.kind}` lacks something: {error}") from error


def _fits(given: object, wanted: str) -> bool:
    match wanted:
        case "str":
            return isinstance(given, str)
        case "bool":
            return isinstance(given, bool)
        case "int":
            return isinstance(given, int) and not isinstance(given, bool)
        case "float":
            return isinstance(given, int | float) and not isinstance(given, bool)
        case _:
            return isinstance(given, list | tuple) and all(isinstance(each, str) for each in given)
