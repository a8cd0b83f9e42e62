"""The result of one attempt at a theorem: one line of `results.jsonl`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from prover.errors import RunFolderError
from prover.run.usage import Usage

SCHEMA_VERSION = 1


class Status(StrEnum):
    """How an attempt at a theorem ended. Only the judge's verdict makes `proved` and `disproved`."""

    PROVED = "proved"
    DISPROVED = "disproved"
    FAILED = "failed"  # the search used its budget up or had nothing left to try, or its proof was rejected
    UNKNOWN = "unknown"  # a fault or an interruption ended it, or the judge could not tell
    INVALID = "invalid"  # no theorem: refused input, or Lean does not elaborate it


_IN_WORDS = {
    "wall_time": "out of time",
    "lean_time": "out of Lean's time",
    "exhausted": "nothing left to try",
    "expansions": "out of expansions",
    "tactics": "out of tactics",
    "tokens": "out of tokens",
    "cancelled": "interrupted",
}


def in_words(stop_reason: str) -> str:
    """A result's `stop_reason` as people say it."""
    return _IN_WORDS.get(stop_reason, stop_reason)


SETTLED = frozenset((Status.PROVED, Status.DISPROVED, Status.INVALID))
"""After these a theorem needs no further attempt."""
SOLVED = frozenset((Status.PROVED, Status.DISPROVED))
"""The judge has accepted a proof, or a proof of the negation."""


FALSE_FOR = "false for "
"""So the reason begins why a hole is not filled whose goal is false, and the values follow."""


@dataclass(frozen=True, slots=True)
class HoleResult:
    """What became of one `sorry` of a theorem that holds several. `line` (from 1) and `column` (from 0) are its place
    in the input's text, `goal` is what it had to close, `proof` the script in its place, None where it stays, for the
    `stop_reason`. Lean accepted the script there; only the judge makes the theorem `proved`. `partial` is the best
    unfinished script, if one was asked for, with a `sorry` for each of the goals in `left`, in their order.
    """

    line: int
    column: int
    goal: str = ""
    proof: str | None = None
    stop_reason: str = ""
    partial: str | None = None
    left: tuple[str, ...] = ()

    @property
    def written(self) -> str | None:
        """What is written in the place of the `sorry`, which may hold others."""
        return self.partial if self.proof is None else self.proof

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> HoleResult:
        return cls(**{**value, "left": tuple(value.get("left", ()))})


@dataclass(frozen=True, slots=True)
class TheoremResult:
    """One result. `id` and `attempt` together are unique in a run; times are in seconds.

    `proof` is the script as it stands in the place of the `sorry`; of a theorem with several, all scripts one after the
    other, and `holes` has each by itself (also of one with an unfinished proof). `verdict` is the judge's, as JSON;
    `error` says in words why the status is `invalid`, or which fault made it `unknown`. The line has `usage` as its
    `stats`.
    """

    id: str
    name: str
    status: Status
    stop_reason: str
    attempt: int = 0
    proof: str | None = None
    verdict: Mapping[str, Any] | None = None
    elapsed_s: float = 0.0
    expansions: int = 0
    tactics: int = 0
    lean_s: float = 0.0
    proof_steps: int | None = None
    error: str = ""
    fingerprint: str = ""
    split: str | None = None
    source: str = ""
    line: int = 0
    started_at: float = 0.0
    holes: tuple[HoleResult, ...] = ()
    usage: Usage = field(default_factory=Usage)

    @property
    def key(self) -> tuple[str, int]:
        """The id and the attempt, which together occur once in a run."""
        return self.id, self.attempt

    def to_json(self) -> dict[str, Any]:
        """The line's object, `schema` first."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        holes = {"holes": [asdict(hole) for hole in self.holes]} if self.holes else {}
        return {"schema": SCHEMA_VERSION, **plain, **holes, "stats": self.usage.to_json()}

    @property
    def scripts(self) -> tuple[str | None, ...]:
        """The script in the place of each `sorry`, None where it stays."""
        if self.holes:
            return tuple(hole.proof for hole in self.holes)
        return (self.proof if self.status is Status.PROVED else None,)

    @property
    def written(self) -> tuple[str | None, ...]:
        """The same, with unfinished scripts where there is no other."""
        return tuple(hole.written for hole in self.holes) or self.scripts

    def note(self, hole: int | None = None) -> str:
        """The note of the statement's search: none for one `sorry`; of several that of the one with this number (from
        1), or else of the first that is left, or of the first."""
        if len(self.holes) < 2 and hole in (None, 1):
            return ""
        left = (number for number, each in enumerate(self.holes, start=1) if each.proof is None)
        return f"hole{next(left, 1) if hole is None else hole}"

    @classmethod
    def from_json(cls, value: object) -> TheoremResult:
        """The result of a line's object. Unknown fields are left out; RunFolderError if the object is no result."""
        if not isinstance(value, Mapping):
            raise RunFolderError(f"not a result: {type(value).__name__}")
        schema = value.get("schema")
        if not isinstance(schema, int) or schema > SCHEMA_VERSION:
            raise RunFolderError(f"written by a newer Stepwise (schema {schema!r}, this one reads {SCHEMA_VERSION})")
        kept = {key: item for key, item in value.items() if key in _PLAIN}
        try:
            holes = tuple(map(HoleResult.from_json, value.get("holes", ())))
            usage = Usage.from_json(value.get("stats", {}))
            return cls(**{**kept, "status": Status(kept["status"])}, holes=holes, usage=usage)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise RunFolderError(f"not a result: {error}") from error


def that_counts(attempts: Iterable[TheoremResult]) -> TheoremResult | None:
    """Of a theorem's attempts, oldest first, the first that settled it, otherwise the last; None if there are none."""
    last = None
    for last in attempts:
        if last.status in SETTLED:
            break
    return last


_PLAIN = tuple(item.name for item in fields(TheoremResult) if item.name not in ("usage", "holes"))
