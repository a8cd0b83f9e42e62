"""A small model of the rules: how likely each is to succeed on a goal, what it will cost, which limit it is worth.

It is a file of numbers that `prover.learn.rule_model` trains and pure Python reads. Both the log-odds of success and
the logarithm of the cost are sums of weights, one for each pair of a feature of the rule and a feature of the goal,
beside what is known of the rule itself.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from prover.policy.builtin.features import rule_features
from prover.policy.builtin.table import row_of
from search.base import TacticLimits

_SCHEMA = 1
_MOST_BYTES = 2 << 20
_CALL = 20.0
"""Thousands of heartbeats that a call counts beside its own: what asking Lean takes."""


class UnusableModel(ValueError):
    """A file that is no rule model, or not a whole one; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model was trained on: modules (or theorems that belong to none) and those that were kept away from it,
    rows of states and of calls, the toolchain, and the versions of what trained it."""

    modules: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    states: int = 0
    calls: int = 0
    toolchain: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What was measured of a rule, whatever the goal: the chance of success on a provable goal, the cost in thousands
    of heartbeats, and the limit that a call is worth (None: the rule's own)."""

    rate: float
    cost: float
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """A sum: `bias`, `prior` times what is known of the rule, and a weight for each pair of features, by the rule's
    feature first. The sum as it is by default says what is known of the rule, whatever the goal."""

    bias: float = 0.0
    prior: float = 1.0
    pairs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def by_rule_feature(self, goal: Sequence[str]) -> dict[str, float]:
        """For each feature of a rule, the sum of its weights on a goal with these features."""
        return {name: sum(map(row.get, goal, _zeros(len(goal)))) for name, row in self.pairs.items()}


@dataclass(frozen=True, slots=True)
class RuleModel:
    """A trained model. `rules` has what was measured of each rule; a rule that it doesn't know has the rule book's
    figures, whose milliseconds are `heartbeats_a_ms` thousand heartbeats each."""

    manifest: Manifest
    rules: Mapping[str, Known]
    heartbeats_a_ms: float
    chance: Weights
    cost: Weights

    def known(self, rule: str) -> Known:
        """What is known of a rule."""
        row = row_of(rule)
        return self.rules.get(rule) or Known(row.rate, row.cost * self.heartbeats_a_ms)

    def on(self, goal: Sequence[str]) -> Reckoning:
        """The model on a goal with these features (`features.goal_features`)."""
        return Reckoning(self, self.chance.by_rule_feature(goal), self.cost.by_rule_feature(goal))

    def write(self, path: Path) -> None:
        """Write the file; equal models give equal bytes. Raises ValueError if it would be too large to ship."""
        content = {"schema": _SCHEMA, **asdict(self)}
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


class Reckoning:
    """A rule model on one goal."""

    def __init__(self, model: RuleModel, chance: Mapping[str, float], cost: Mapping[str, float]) -> None:
        self._model = model
        self._chance = chance
        self._cost = cost
        self._sums: dict[str, tuple[float, float]] = {}

    def chance(self, rule: str, factor: float) -> float:
        """The chance that an instance of the rule with this factor closes the goal, or leads to goals that are all
        proved, if the goal can be proved at all."""
        weights = self._model.chance
        prior = logit(self._model.known(rule).rate * factor)
        return _logistic(weights.bias + weights.prior * prior + self._sum(rule)[0])

    def cost(self, rule: str) -> float:
        """The expected cost of a call, in thousands of heartbeats."""
        weights = self._model.cost
        return math.exp(weights.bias + weights.prior * math.log1p(self._model.known(rule).cost) + self._sum(rule)[1])

    def worth(self, rule: str, factor: float) -> float:
        """The rank of a call on its goal: its chance for each heartbeat, a call itself counted as some."""
        return self.chance(rule, factor) / (self.cost(rule) + _CALL)

    def limited(self, rule: str, limits: TacticLimits) -> TacticLimits:
        """The limits of a call, lowered to what it is worth."""
        limit = self._model.known(rule).limit
        return limits if limit is None or limit >= limits.heartbeats else replace(limits, heartbeats=limit)

    def _sum(self, rule: str) -> tuple[float, float]:
        found = self._sums.get(rule)
        if found is None:
            names = rule_features(rule)
            found = sum(self._chance.get(n, 0.0) for n in names), sum(self._cost.get(n, 0.0) for n in names)
            self._sums[rule] = found
        return found


def logit(chance: float) -> float:
    """The log-odds of a chance, which is kept away from 0 and 1."""
    held = min(max(chance, 1e-4), 0.99)
    return math.log(held / (1.0 - held))


def _logistic(odds: float) -> float:
    """The chance of log-odds."""
    return 1.0 / (1.0 + math.exp(-min(max(odds, -30.0), 30.0)))


def _zeros(count: int) -> Sequence[float]:
    return (0.0,) * count


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
            {str(name): str(version) for name, version in about["versions"].items()},
        ),
        {
            str(rule): Known(float(known["rate"]), float(known["cost"]), known["limit"] and int(known["limit"]))
            for rule, known in content["rules"].items()
        },
        float(content["heartbeats_a_ms"]),
        _weights(content["chance"]),
        _weights(content["cost"]),
    )


def _weights(content: Mapping[str, Any]) -> Weights:
    pairs = {
        str(rule): {str(goal): float(weight) for goal, weight in row.items()} for rule, row in content["pairs"].items()
    }
    return Weights(float(content["bias"]), float(content["prior"]), pairs)
