"""A world without Lean that a reader can see: goals, and what each tactic makes of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from typing import TypeAlias

from search.base import (
    Advanced,
    Goal,
    Outcome,
    Path,
    Premise,
    ProofState,
    Proved,
    Rejected,
    RejectKind,
    TacticCall,
)
from tests.fakes.policy import TablePolicy

Picture: TypeAlias = Mapping[str, Mapping[str, Sequence[str]]]
"""`{"root": {"a": ["left", "right"], "b": []}, …}`: at the goal `root` the tactic `a` leaves two goals, `b` none, and
every other one fails. The first goal is the theorem's own."""


class GraphEnvironment:
    """A picture as an environment. A tactic acts on the first goal; the lines of a script are run one by one, and a
    bullet has to close its goal. `goals` says more of some goals than their names. `calls` counts the tactics that were
    run."""

    handful = 8
    opening_s = 0.0
    before_s = 0.0

    def __init__(self, picture: Picture, goals: Mapping[str, Goal] | None = None) -> None:
        self._picture = picture
        self._goals = goals or {}
        self.calls = 0

    @property
    def root(self) -> ProofState:
        return self._state((next(iter(self._picture)),))

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        return self.run(path, calls)

    def run(self, path: Path, calls: Sequence[TacticCall]) -> list[Outcome]:
        """`apply` without the waiting."""
        self.calls += len(calls)
        names = self.goals_at(path)
        return [self._outcome(self._after(names, call.text), call.text) for call in calls]

    async def stream(
        self, path: Path, calls: Sequence[TacticCall], left_s: float = 0.0
    ) -> AsyncGenerator[Sequence[Outcome], None]:
        """`handful` calls at a time."""
        for start in range(0, len(calls), self.handful):
            yield await self.apply(path, calls[start : start + self.handful])

    def goals_at(self, path: Path) -> tuple[str, ...]:
        """The names of the goals that are open at the end of a path."""
        names: tuple[str, ...] = (next(iter(self._picture)),)
        for step in path:
            names = self._after(names, step.tactic) or ()
            names = names if step.focus is None else tuple(names[index] for index in step.focus)
        return names

    def _after(self, names: tuple[str, ...], text: str) -> tuple[str, ...] | None:
        """The goals that a script leaves; None where a line fails or a bullet leaves a goal."""
        for block in re.split(r"\n(?! )", text):
            left = self._left(names[0], block) if names else None
            if left is None:
                return None
            names = (*left, *names[1:])
        return names

    def _left(self, name: str, block: str) -> Sequence[str] | None:
        """The goals that one tactic, or one bullet with its lines, leaves of a goal."""
        if not block.startswith("· "):
            return self._picture.get(name, {}).get(block)
        inside = block.removeprefix("· ").replace("\n  ", "\n")
        return () if self._after((name,), inside) == () else None

    def _outcome(self, names: tuple[str, ...] | None, text: str) -> Outcome:
        if names is None:
            return Rejected(RejectKind.ERROR, f"{text} fails")
        return Advanced(self._state(names), text) if names else Proved(text)

    def _state(self, names: tuple[str, ...]) -> ProofState:
        goals = tuple(self._goals.get(name, Goal(name, pretty=f"⊢ {name}", key=name)) for name in names)
        return ProofState(goals, ",".join(goal.key for goal in goals), tuple((index,) for index in range(len(names))))

    async def premises(self, path: Path, limit: int) -> Sequence[Premise]:
        return ()

    async def close(self) -> None:
        pass


class Endless(GraphEnvironment):
    """Never answers."""

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        await asyncio.Event().wait()
        return []


def proposing(table: Mapping[str, Iterable[str]]) -> TablePolicy:
    """A policy that proposes these tactics at each goal, the first one as the likeliest. A picture is such a table."""
    rows = {
        goal: [(tactic, -0.1 * (1 + rank)) for rank, tactic in enumerate(tactics)] for goal, tactics in table.items()
    }
    return TablePolicy(rows)
