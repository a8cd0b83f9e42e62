"""The agenda of a run: passes over its theorems, or rounds with growing budgets; and attempts that it resumes later.

Attempt numbers count a theorem's results in a run. In a run with passes, attempt k is pass k, a search of its own. In a
run with rounds, attempt k is round k, which resumes the search of round k - 1. An attempt that was ended by a limit is
resumed when that limit is raised, and one that a fault ended is done again. All of this follows from the journal, so a
run can be resumed at any point.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from functools import reduce
from itertools import zip_longest
from typing import Protocol

from prover.config import Config
from prover.driver.job import FaultKind, Job
from prover.driver.searches import budget_of
from prover.errors import UsageError
from prover.run.result import SETTLED, Status, TheoremResult
from prover.tasks import TheoremTask
from search.budget import Budget, Spent, StopReason
from search.rounds import Rounds, Signs


class Agenda(Protocol):
    """Hands out jobs and takes their results."""

    def has_next(self) -> bool:
        """Whether there is a job now. There may be one again after `tell`."""
        ...

    def next(self) -> Job | None:
        """The next job; None if there is none now."""
        ...

    def tell(self, job: Job, result: TheoremResult) -> None: ...


def make_agenda(tasks: Iterable[TheoremTask], results: Iterable[TheoremResult], config: Config) -> Agenda:
    """The agenda of a run that has `results` already. Raises UsageError for passes and rounds at once."""
    settings = config.search
    if settings.rounds > 1 and settings.passes > 1:
        raise UsageError("a run has several passes or several rounds, not both")
    if settings.rounds < 1 or settings.passes < 1 or settings.growth < 1.0:
        raise UsageError("passes, rounds and growth are at least 1")
    known = {(result.id, result.attempt): result for result in results}
    budget = budget_of(settings, config.time_limit_s)
    if settings.rounds > 1:
        return _InRounds(list(tasks), known, budget=budget, config=config)
    return _InPasses(list(tasks), known, budget=budget, passes=settings.passes)


_Known = dict[tuple[str, int], TheoremResult]


_Scripts = tuple[str | None, ...]
_NO_SCRIPTS: _Scripts = ()


def _with_later(known: _Scripts, result: TheoremResult) -> _Scripts:
    """What is known of each of several `sorry`s after a further attempt: its script, or the earlier one."""
    pairs = zip_longest(result.scripts, known)
    return tuple(earlier if script is None else script for script, earlier in pairs)


class _InPasses:
    """An agenda of passes: every theorem once, then every open one once more, and so on. A pass need not wait for the
    end of the one before, so the first theorems may be in their next pass while the last ones are in this one."""

    def __init__(self, tasks: list[TheoremTask], known: _Known, *, budget: Budget, passes: int) -> None:
        self._settled = {result.id for result in known.values() if result.status in SETTLED}
        self._scripts: dict[str, _Scripts] = {}
        for key in sorted(known):
            self._learn(known[key])
        self._jobs = deque(
            Job(task, number, number, budget)
            for number in range(passes)
            for task in tasks
            if (task.id, number) not in known
        )
        if passes == 1:
            self._jobs.extend(_further_jobs(tasks, known, budget))

    def has_next(self) -> bool:
        while self._jobs and self._jobs[0].task.id in self._settled:
            self._jobs.popleft()
        return bool(self._jobs)

    def next(self) -> Job | None:
        if not self.has_next():
            return None
        job = self._jobs.popleft()
        return replace(job, scripts=self._scripts.get(job.task.id, ()))

    def tell(self, job: Job, result: TheoremResult) -> None:
        self._learn(result)
        if result.status in SETTLED:
            self._settled.add(job.task.id)

    def _learn(self, result: TheoremResult) -> None:
        self._scripts[result.id] = _with_later(self._scripts.get(result.id, _NO_SCRIPTS), result)


class _InRounds:
    """An agenda of rounds (`search.rounds`): the last round has the whole budget, each round before it 1/`growth` of
    the next. The time that settled theorems leave goes to the others, as far as `total_s` allows.

    Small budgets are in Lean's seconds even if the whole budget is in wall-clock time: the end of wall-clock time cuts
    tactics off, which costs more than a small budget is worth.
    """

    def __init__(self, tasks: list[TheoremTask], known: _Known, *, budget: Budget, config: Config) -> None:
        self._tasks = {task.id: task for task in tasks}
        self._known = known
        self._wall_s = budget.wall_s
        if budget.lean_s is None:
            budget = replace(budget, lean_s=budget.wall_s)
        count, growth = config.search.rounds, config.search.growth
        self._rounds = Rounds(
            list(self._tasks),
            first=budget.scaled(growth ** (1 - count)),
            growth=growth,
            rounds=count,
            total=Budget(wall_s=config.total_s),
        )
        self._found: Job | None = None

    def has_next(self) -> bool:
        """Whether there is a job now. Rounds that have a result already are skipped, and their results told."""
        while self._found is None and (assigned := self._rounds.next()) is not None:
            known = self._known.get((assigned.theorem, assigned.round))
            if known is None:
                self._found = self._job(assigned.theorem, assigned.round, assigned.budget)
            else:
                self._hear(known)
        return self._found is not None

    def next(self) -> Job | None:
        found = self._found if self.has_next() else None
        self._found = None
        return found

    def tell(self, job: Job, result: TheoremResult) -> None:
        self._known[job.task.id, job.attempt] = result
        self._hear(result)

    def _job(self, identifier: str, number: int, budget: Budget) -> Job:
        earlier = [self._known[identifier, k] for k in range(number) if (identifier, k) in self._known]
        spent_s = sum(result.elapsed_s for result in earlier)
        last = earlier[-1].attempt if earlier else None
        scripts = reduce(_with_later, earlier, _NO_SCRIPTS)
        return Job(self._tasks[identifier], number, 0, budget.with_wall(self._wall_s), last, spent_s, scripts=scripts)

    def _hear(self, result: TheoremResult) -> None:
        spent = Spent(wall_s=result.elapsed_s)
        self._rounds.tell(result.id, spent, None if result.status in SETTLED else signs_of(result))


def signs_of(result: TheoremResult) -> Signs:
    """The signs by which an unproved theorem is ranked for its next round, from its result."""
    reasons = {str(reason): reason for reason in StopReason}
    usage = result.usage
    value = 0.5 if usage.value is None else usage.value
    return Signs(reasons.get(result.stop_reason, StopReason.CANCELLED), value, usage.proven_share)


_FIELDS: dict[str, str] = {
    StopReason.EXPANSIONS: "expansions",
    StopReason.TACTICS: "tactics",
    StopReason.TOKENS: "tokens",
    StopReason.LEAN_TIME: "lean_s",
    StopReason.WALL_TIME: "wall_s",
}
assert set(_FIELDS.values()) == {item.name for item in fields(Budget)}


_FAULTS = {str(kind) for kind in FaultKind}


def _further_jobs(tasks: Iterable[TheoremTask], known: _Known, budget: Budget) -> Iterator[Job]:
    """The jobs that resume theorems whose last attempt was ended by a limit which has been raised since, and those that
    begin anew where a fault ended it."""
    results: dict[str, list[TheoremResult]] = {}
    for key in sorted(known):
        results.setdefault(key[0], []).append(known[key])
    for task in tasks:
        job = _further(task, results[task.id], budget) if task.id in results else None
        if job is not None:
            yield job


def _further(task: TheoremTask, earlier: list[TheoremResult], budget: Budget) -> Job | None:
    last = earlier[-1]
    if last.stop_reason in _FAULTS:
        return Job(task, last.attempt + 1, 0, budget)
    name = _FIELDS.get(last.stop_reason)
    if last.status is not Status.FAILED or name is None:
        return None
    limit, now = getattr(last.usage.limits, name), getattr(budget, name)
    if limit is None or (now is not None and now <= limit):
        return None
    spent_s = sum(result.elapsed_s for result in earlier)
    return Job(task, last.attempt + 1, 0, budget, last.attempt, spent_s)
