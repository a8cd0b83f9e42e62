"""A small model of the rules: in which order their calls are worth trying on a goal.

It is a file of numbers that `prover.learn.rule_model` makes and pure Python reads. For each kind of goal it has a
schedule: to every call, named by its rule and its place among that rule's calls, what it adds where all calls before it
have failed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from prover.policy.builtin.kinds import Kind
from prover.policy.builtin.table import row_of

_SCHEMA = 2
_MOST_BYTES = 2 << 20
CALL = 40.0
"""Thousands of heartbeats that a call counts beside its own: what asking Lean takes."""
_PLACES = 4
"""Calls of a rule beyond so many share the last one's turn."""
ANY = "any"
"""The schedule for kinds of goals that have none of their own."""
_UNSEEN = 0.5
"""The part of its rate that a call without a turn is taken to add where others have failed before it."""


class UnusableModel(ValueError):
    """A file that is no rule model, or not a whole one; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model was trained on: modules (or theorems that belong to none) and those that were kept away from it,
    numbers of states and of calls, and the toolchain."""

    modules: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    states: int = 0
    calls: int = 0
    toolchain: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What was measured of a rule, whatever the goal: the chance of success on a provable goal, and the cost in
    thousands of heartbeats."""

    rate: float
    cost: float


@dataclass(frozen=True, slots=True)
class Turn:
    """A call's place in a schedule: its chance of success where all calls before it failed, and its worth, which orders
    the calls."""

    chance: float
    worth: float


Schedule = Mapping[str, tuple[Turn, ...]]
"""For each rule the turns of its first `_PLACES` calls."""


@dataclass(frozen=True, slots=True)
class RuleModel:
    """A trained model. `rules` has what was measured of each rule; a rule that it doesn't know has the rule book's
    figures, whose milliseconds are `heartbeats_a_ms` thousand heartbeats each. `schedules` are named by kind."""

    manifest: Manifest
    rules: Mapping[str, Known]
    heartbeats_a_ms: float
    schedules: Mapping[str, Schedule] = field(default_factory=dict)

    def known(self, rule: str) -> Known:
        """What is known of a rule."""
        row = row_of(rule)
        return self.rules.get(rule) or Known(row.rate, row.cost * self.heartbeats_a_ms)

    def turns(self, kind: Kind, calls: Sequence[tuple[str, float]]) -> list[Turn]:
        """The turn of each of a goal's calls, given as rule and factor."""
        schedule = self.schedules.get(kind.name) or self.schedules.get(ANY, {})
        return [self._turn(schedule, *call, place) for call, place in zip(calls, places(calls), strict=True)]

    def _turn(self, schedule: Schedule, rule: str, factor: float, place: int) -> Turn:
        turns = schedule.get(rule, ())
        if place < len(turns):
            return turns[place]
        known = self.known(rule)
        chance = _UNSEEN * known.rate * factor
        return Turn(chance, chance / (known.cost + CALL))

    def write(self, path: Path) -> None:
        """Write the file; equal models give equal bytes. Raises ValueError if it would be too large to ship."""
        content = {"schema": _SCHEMA, **asdict(self)}
        content["schedules"] = {
            kind: {rule: [[turn.chance, turn.worth] for turn in turns] for rule, turns in schedule.items()}
            for kind, schedule in self.schedules.items()
        }
        text = json.dumps({"sha256": _hash(content), **content}, ensure_ascii=False, indent=None, separators=(",", ":"))
        if len(text.encode()) > _MOST_BYTES:
            raise ValueError(f"the model takes {len(text.encode())} bytes, more than {_MOST_BYTES}")
        path.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> RuleModel:
        """Read a file. Raises UnusableModel if it isn't a rule model, is damaged, or holds other than finite numbers;
        OSError if it can't be read."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
            stated = content.pop("sha256")
            if content["schema"] != _SCHEMA:
                raise UnusableModel(f"{path} was written by another version of Stepwise: train it again")
            if stated != _hash(content):
                raise UnusableModel(f"{path} is damaged: its hash is another one")
            return _model_of(content)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            if isinstance(error, UnusableModel):
                raise
            raise UnusableModel(f"{path} is not a rule model: {error!r}") from error


def places(calls: Sequence[tuple[str, float]]) -> list[int]:
    """The place of each of a goal's calls, given as rule and factor, among its rule's: those with larger factors first,
    the last ones together."""
    counts: Counter[str] = Counter()
    found = [0] * len(calls)
    for index in sorted(range(len(calls)), key=lambda index: -calls[index][1]):
        rule = calls[index][0]
        found[index] = min(counts[rule], _PLACES - 1)
        counts[rule] += 1
    return found


def _hash(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _model_of(content: Mapping[str, Any]) -> RuleModel:
    about = content["manifest"]
    return RuleModel(
        Manifest(
            tuple(map(str, about["modules"])),
            tuple(map(str, about["excluded"])),
            int(about["states"]),
            int(about["calls"]),
            str(about["toolchain"]),
        ),
        {str(rule): Known(float(known["rate"]), float(known["cost"])) for rule, known in content["rules"].items()},
        float(content["heartbeats_a_ms"]),
        {str(kind): _schedule(turns) for kind, turns in content["schedules"].items()},
    )


def _schedule(content: Mapping[str, Any]) -> Schedule:
    return {
        str(rule): tuple(Turn(float(chance), float(worth)) for chance, worth in turns)
        for rule, turns in content.items()
    }
