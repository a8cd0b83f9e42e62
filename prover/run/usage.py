"""The usage and counts of an attempt at a theorem: the `stats` of a line of `results.jsonl`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from search.budget import Budget
from search.result import Statistics


@dataclass(frozen=True, slots=True)
class Usage:
    """What an attempt used beyond the columns of its result; the default is that of an attempt without a search.

    `strategy` names the ranking rules, `budget` is that of the theorem as papers give it (passes × samples ×
    expansions), `limits` are those of this search. `value` is the critic's best value among its open states (None: it
    gave none), `proven_share` the share of its states that are proven; both rank theorems for a further round. `counts`
    are those of the statement's own search, without what an attempt before it counted.

    `beside` says how each search beside the statement's ended, `beside_lean_s` is Lean's time for them; `disproof` and
    `contradictory_hypotheses` are true where one of them settled the theorem. `judge_s` are the judge's seconds (None:
    nothing was judged), `search_s` all others. `infrastructure_retries` counts the tries that a cluster lost before.
    `plan` counts what sketches came to, and is empty without a planner.
    """

    strategy: str = ""
    budget: str = ""
    limits: Budget = field(default_factory=Budget)
    tokens: int = 0
    value: float | None = None
    proven_share: float = 0.0
    counts: Statistics = field(default_factory=Statistics)
    beside: Mapping[str, str] = field(default_factory=dict)
    beside_lean_s: float = 0.0
    disproof: bool = False
    contradictory_hypotheses: bool = False
    judge_s: float | None = None
    search_s: float = 0.0
    infrastructure_retries: int = 0
    plan: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The fields by name, with the fields of `counts` beside them. Empty and false values are left out."""
        if self == _UNUSED:
            return {}
        limits = {name: value for name, value in asdict(self.limits).items() if value is not None}
        optional = {name: getattr(self, name) for name in _OPTIONAL if getattr(self, name)}
        return {
            "strategy": self.strategy,
            "budget": self.budget,
            "limits": limits,
            "tokens": self.tokens,
            "value": self.value,
            "proven_share": self.proven_share,
            **asdict(self.counts),
            **optional,
            "search_s": self.search_s,
        }

    @classmethod
    def from_json(cls, stats: Mapping[str, object]) -> Usage:
        """The usage that `to_json` wrote; unknown names and values of a wrong type are left out."""
        limits, value, judge_s = _mapping(stats, "limits"), stats.get("value"), stats.get("judge_s")
        counts = {name: number for name in _COUNTS if isinstance(number := stats.get(name), int)}
        return cls(
            strategy=_text(stats, "strategy"),
            budget=_text(stats, "budget"),
            limits=Budget(**{name: limits.get(name) for name in _LIMITS}),
            tokens=int(_number(stats, "tokens")),
            value=value if isinstance(value, int | float) else None,
            proven_share=_number(stats, "proven_share"),
            counts=Statistics(**counts, refused=dict(_mapping(stats, "refused"))),
            beside=_mapping(stats, "beside"),
            beside_lean_s=_number(stats, "beside_lean_s"),
            disproof=stats.get("disproof") is True,
            contradictory_hypotheses=stats.get("contradictory_hypotheses") is True,
            judge_s=judge_s if isinstance(judge_s, int | float) else None,
            search_s=_number(stats, "search_s"),
            infrastructure_retries=int(_number(stats, "infrastructure_retries")),
            plan=_mapping(stats, "plan"),
        )


def _text(stats: Mapping[str, object], name: str) -> str:
    value = stats.get(name)
    return value if isinstance(value, str) else ""


def _number(stats: Mapping[str, object], name: str) -> float:
    value = stats.get(name)
    return value if isinstance(value, int | float) else 0


def _mapping(stats: Mapping[str, object], name: str) -> Mapping[str, Any]:
    value = stats.get(name)
    return value if isinstance(value, Mapping) else {}


_UNUSED = Usage()
_OPTIONAL = tuple(
    item.name
    for item in fields(Usage)
    if item.name not in ("strategy", "budget", "limits", "tokens", "value", "proven_share", "counts", "search_s")
)
_LIMITS = tuple(item.name for item in fields(Budget))
_COUNTS = tuple(item.name for item in fields(Statistics) if item.name != "refused")
