"""Groups of settings as frozen dataclasses, nested or not: typed values, ranges of numbers, values put over others.

Which settings there are is not known here.
"""

from __future__ import annotations

import difflib
import math
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar

from prover.errors import UsageError
from search.words import alternatives

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a setting may be: from `least` on, or above it; below `below` or up to `most`, where given."""

    least: float
    is_above: bool = False
    below: float | None = None
    most: float | None = None

    def holds(self, value: float) -> bool:
        """Whether the number lies in the range; infinite numbers and NaN never do."""
        is_enough = value > self.least if self.is_above else value >= self.least
        is_below = value < (math.inf if self.below is None else self.below)
        return is_enough and is_below and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        """For people, after "must be"."""
        least = f"{'above' if self.is_above else 'at least'} {self.least:g}"
        least += "" if self.below is None else f" and below {self.below:g}"
        return least if self.most is None else f"{least} and at most {self.most:g}"


Count: TypeAlias = Annotated[int, Range(1)]
Positive: TypeAlias = Annotated[float, Range(0, is_above=True)]
NotNegative: TypeAlias = Annotated[float, Range(0)]
Share: TypeAlias = Annotated[float, Range(0, below=1)]
Part: TypeAlias = Annotated[float, Range(0, is_above=True, most=1)]


def nested(key: str, value: object) -> dict[str, Any]:
    """`a.b.c` and a value as nested mappings."""
    for part in reversed(key.split(".")):
        value = {part: value}
    return typing.cast(dict[str, Any], value)


def overlay(base: T, values: Mapping[str, Any], where: str) -> T:
    """`base` with `values` put over it. Raises UsageError naming `where` and the key."""
    return _overlaid(base, values, where, "", [name for name, _, _ in leaves(base)])


def _overlaid(base: T, values: Mapping[str, Any], where: str, prefix: str, all_names: Sequence[str]) -> T:
    """`base`, a group whose names begin with `prefix`, with `values` put over it."""
    hints = typing.get_type_hints(type(base))
    known = {item.name for item in fields(base)}
    changes: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        if key not in known:
            raise UsageError(
                f"{where}: no setting is called {name!r}{_meant(key, all_names)}; there are: {', '.join(sorted(known))}"
            )
        current = getattr(base, key)
        if is_dataclass(current) and not isinstance(current, type):
            if not isinstance(value, Mapping):
                raise UsageError(f"{where}: {name!r} is a group of settings, not a value")
            changes[key] = _overlaid(current, value, where, f"{name}.", all_names)
        else:
            changes[key] = _checked(value, hints[key], f"{where}: {name!r}")
    return replace(base, **changes)


def _meant(key: str, all_names: Sequence[str]) -> str:
    """The ending of a message about an unknown key: the setting whose last word resembles it, if there is one."""
    names = {name.rpartition(".")[2]: name for name in all_names}
    close = difflib.get_close_matches(key, names, n=1, cutoff=0.75)
    return f" (did you mean {names[close[0]]}?)" if close else ""


def _checked(value: object, hint: Any, what: str) -> object:
    """`value` if it has the annotated type (an int will do for a float); UsageError otherwise."""
    allowed = alternatives(hint)
    if isinstance(value, int) and not isinstance(value, bool) and float in allowed and int not in allowed:
        return float(value)
    if value == "none" and types.NoneType in allowed:
        return None
    if type(value) in allowed:
        return value
    if (
        isinstance(value, list)
        and value
        and tuple[str, ...] in allowed
        and all(isinstance(item, str) for item in value)
    ):
        return tuple(value)
    kinds = [kind for kind in allowed if kind is not types.NoneType]
    wanted = " or ".join("list of str" if kind == tuple[str, ...] else kind.__name__ for kind in kinds)
    raise UsageError(f"{what} takes {wanted}, not {value!r}")


def leaves(settings: DataclassInstance, prefix: str = "") -> Iterator[tuple[str, object, Range | None]]:
    """Every single setting: its whole name (`search.rule`), its value, and the range it has to lie in, if any."""
    hints = typing.get_type_hints(type(settings), include_extras=True)
    for item in fields(settings):
        value, name = getattr(settings, item.name), f"{prefix}{item.name}"
        if is_dataclass(value) and not isinstance(value, type):
            yield from leaves(value, f"{name}.")
        else:
            notes = [note for kind in alternatives(hints[item.name]) for note in getattr(kind, "__metadata__", ())]
            yield name, value, next((note for note in notes if isinstance(note, Range)), None)


def refuse_out_of_range(settings: T) -> T:
    """The settings, if every number lies in its range. Raises UsageError naming the first that does not."""
    for name, value, allowed in leaves(settings):
        if allowed is not None and isinstance(value, int | float) and not allowed.holds(value):
            raise UsageError(f"{name} must be {allowed}, not {value:g}")
    return settings
