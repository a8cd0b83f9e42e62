"""Planners without a model."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from prover.errors import ModelError
from prover.plan.planner import Answer, Request


@dataclass
class FakePlanner:
    """Gives its scripts in turn, each for one token, then has no more to say; `requests` has what it was asked."""

    scripts: Sequence[str]
    answers_holes: bool = False
    is_written: bool = False
    name: str = "fake"
    requests: list[Request] = field(default_factory=list)

    async def propose(self, request: Request, most_tokens: int) -> Answer | None:
        self.requests.append(request)
        return Answer(self.scripts[request.asked], 1, 1) if request.asked < len(self.scripts) else None


@dataclass
class EndlessPlanner(FakePlanner):
    """Has another sketch of one kind for ever."""

    async def propose(self, request: Request, most_tokens: int) -> Answer | None:
        self.requests.append(request)
        return Answer(f"{self.scripts[0]} -- {'x' * request.asked}\nskip", 1, min(10, most_tokens))


class SilentPlanner(FakePlanner):
    """Never answers."""

    async def propose(self, request: Request, most_tokens: int) -> Answer | None:
        await asyncio.Event().wait()
        return None


class FailingPlanner(FakePlanner):
    """Answers errors alone."""

    async def propose(self, request: Request, most_tokens: int) -> Answer | None:
        self.requests.append(request)
        raise ModelError("500")
