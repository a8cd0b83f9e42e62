"""What an attempt at a theorem looks like from outside, whether it searches the statement or something beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from prover.driver.hole_search import MakeSeeker
from prover.driver.holes import HolesAttempt
from prover.driver.job import Ending, Job
from prover.driver.parts import Components
from prover.driver.proof_attempt import ProofAttempt
from search.base import Environment
from search.budget import Spent
from search.result import Statistics


class RunningAttempt(Protocol):
    """One of the attempts at a theorem that run together; the first success ends all. `note` names it."""

    @property
    def note(self) -> str: ...

    @property
    def ending(self) -> Ending:
        """The ending of the attempt, or, while it runs, the one it would have now."""
        ...

    @property
    def said(self) -> str:
        """The ending as a text for people."""
        ...

    @property
    def judge_s(self) -> float: ...

    async def run(self) -> None: ...

    def used(self) -> tuple[Spent, Statistics]: ...

    async def close(self) -> None: ...


@runtime_checkable
class PlannedAttempt(RunningAttempt, Protocol):
    """One by sketches; `counted` is the `plan` of the usage."""

    @property
    def counted(self) -> Mapping[str, Any]: ...


class MakePlan(Protocol):
    """Makes the attempt at a job's theorem by sketches, beside the `main` one: `root` is the theorem's environment, and
    `make` makes the searches of holes."""

    def __call__(
        self,
        parts: Components,
        job: Job,
        root: Environment,
        make: MakeSeeker,
        until: float,
        main: ProofAttempt | HolesAttempt,
    ) -> PlannedAttempt: ...
