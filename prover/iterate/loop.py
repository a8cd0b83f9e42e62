"""The loop: search a list in rounds with growing budgets, learn from all of them, search again.

A round is a run like that of `stepwise prove`, in a folder of its own. A loop that was stopped goes on: finished rounds
stand in the folder, an unfinished one's run is resumed, and what follows from its run is made anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from prover.assembly.listener import Listener
from prover.assembly.proving import prove, resume
from prover.config import Config
from prover.driver.agenda import signs_of
from prover.errors import StepwiseError, UsageError
from prover.iterate.learners import Learner, choose
from prover.iterate.proof_base import News, ProofBase
from prover.iterate.report import write_reports
from prover.iterate.rounds import Replay, Round, RoundsFolder
from prover.iterate.schedule import Schedule, Stop, better_half
from prover.run.records import RunData, read_run
from prover.run.result import Status, TheoremResult
from prover.run.store import read_tasks
from prover.settings import overlay
from prover.tasks import TaskList
from prover.tasks.load import Source, load_tasks, open_inputs

_WALL = 20.0  # wall-clock seconds for each of Lean's, so that a machine which is busy otherwise ends nothing
_LEAST_WALL_S = 60.0
_EXPANSIONS = 1_000_000  # Lean's time is the budget, not these
_LONG = 3  # tactics: from so many on a proof is searched again for a shorter one

DECIDED = (
    "search.lean_s",
    "search.expansions",
    "search.passes",
    "search.rounds",
    "time_limit_s",
    "trace",
)
"""The settings of a round's run that follow from the schedule."""

Listening = Callable[[], AbstractContextManager[Listener]]
"""Makes the listener of one round."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a loop is given: the `inputs` of its list of theorems, which are read when the first round begins; the
    schedule of the rounds, the settings of all runs, the learners, and the cluster (`ray`, as for `prove`)."""

    inputs: Sequence[str]
    schedule: Schedule
    config: Config
    learners: Sequence[Learner]
    ray: str | None = None


@dataclass(frozen=True, slots=True)
class Iterated:
    """The rounds of a loop so far, why it is over, and the number of theorems."""

    rounds: tuple[Round, ...]
    stop: Stop
    total: int


async def iterate(assignment: Assignment, folder: RoundsFolder, listening: Listening) -> Iterated:
    """Work off an assignment in a folder that is new, or go on where the loop in it was stopped. Raises as
    `prover.assembly.proving.prove`."""
    loop = _Loop(assignment, folder, listening)
    while (stop := loop.stop()) is None:
        await loop.round()
    total = len(loop.runs[0].records) if loop.runs else 0
    write_reports(folder.path, loop.rounds, stop, total)
    return Iterated(tuple(loop.rounds), stop, total)


class _Loop:
    """The rounds so far, with what follows from their runs."""

    def __init__(self, assignment: Assignment, folder: RoundsFolder, listening: Listening) -> None:
        self._assignment, self._folder, self._listening = assignment, folder, listening
        self.rounds = folder.rounds()
        self.runs: list[RunData] = []
        self._base = ProofBase()
        for each in self.rounds:
            self._take(each.number)

    def stop(self) -> Stop | None:
        """Why there is no further round, if there is none."""
        number = len(self.rounds)
        if number and not self._open():
            return Stop.SETTLED
        if number >= self._assignment.schedule.rounds:
            return Stop.ROUNDS
        if number > 1 and not self.rounds[-1].found and self._assignment.schedule == self._folder.begun_with()[0]:
            return Stop.NOTHING_NEW  # unless more was ordered since
        return Stop.BUDGET if number and not self._each_s(len(self._chosen())) else None

    async def round(self) -> None:
        """Search, learn, and write down what the round came to."""
        number = len(self.rounds)
        path = self._folder.run_path(number)
        with self._listening() as listener:
            if not (path / "run.json").exists():
                await self._begin(number, path, listener)
            elif any(record.final is None for record in read_run(path).records):
                listener.note(f"round {number + 1} of {self._assignment.schedule.rounds} goes on")
                await resume(path, listener=listener, ray=self._assignment.ray)
            run, news = self._take(number)
            self._base.write(self._folder.path / "proofs.jsonl")
            listener.note("learning from all rounds")
            replays = await asyncio.to_thread(self._learn)
            self.rounds.append(_summary(number, run, news, self._base, replays))
            self._folder.write_rounds(self.rounds)
            listener.note(str(self.rounds[-1]))

    async def _begin(self, number: int, path: Path, listener: Listener) -> None:
        assignment, schedule = self._assignment, self._assignment.schedule
        if self.runs:
            chosen = set(self._chosen())
            tasks: TaskList | Sequence[Source] = TaskList(
                tuple(task for task in read_tasks(self._folder.run_path(0)).tasks if task.id in chosen)
            )
            count = len(chosen)
        else:
            tasks, count = open_inputs(assignment.inputs), len(load_tasks(assignment.inputs))
        each_s = self._each_s(count)
        if not each_s:
            raise UsageError(f"{schedule.budget_s:g} seconds of Lean are too few for {count} theorems")
        listener.note(f"round {number + 1} of {schedule.rounds}: {count} theorems, {each_s:.3g} s of Lean for each")
        self._folder.begin(schedule, assignment.config, assignment.inputs)
        try:
            await prove(tasks, self._settings(number, each_s), path, listener, ray=assignment.ray)
        except StepwiseError:
            if not (self._folder.run_path(0) / "run.json").exists():
                self._folder.forget()
            raise

    def _take(self, number: int) -> tuple[RunData, News]:
        """Read a round's run, and learn its proofs."""
        run = read_run(self._folder.run_path(number))
        self.runs.append(run)
        return run, self._base.learn(run, number)

    def _each_s(self, count: int) -> float:
        """The seconds of Lean for each of the next round's theorems; 0 where there are too few left."""
        spent_s = sum(each.lean_s for each in self.rounds)
        return self._assignment.schedule.each_s(len(self.rounds), spent_s, count)

    # ------------------------------------------------------------------------------------------------ what is next

    def _open(self) -> list[str]:
        """The theorems without a proof or a disproof, in the order of the list."""
        records = self.runs[0].records
        return [r.id for r in records if r.id not in self._base.known and r.status is not Status.INVALID]

    def _chosen(self) -> list[str]:
        """The theorems of the next round: of the open ones the half that promises most, and solved ones whose proof is
        long."""
        half = set(better_half(self._open(), self._promise()))
        long = {each.id for each in self._base.known.values() if each.is_proof and each.steps >= _LONG}
        return [record.id for record in self.runs[0].records if record.id in half | long]

    def _promise(self) -> dict[str, float]:
        """By a learned model of states, or else by the signs of each theorem's last search: one that has something left
        to try before one that has not, then by the value of its best open state and its share of proven states."""
        for learner in self._assignment.learners:
            model = self._model(learner)
            if model is not None and (found := learner.promise(model, self.runs[0])):
                return found
        last: dict[str, TheoremResult] = {}
        for run in self.runs:
            last |= {record.id: record.final for record in run.records if record.final is not None}
        return {name: signs_of(result).promise for name, result in last.items()}

    def _settings(self, number: int, each_s: float) -> Config:
        config = self._assignment.config
        for learner in self._assignment.learners:
            model = self._model(learner)
            if model is not None:
                config = overlay(config, learner.settings(model), str(model))
        search = replace(config.search, lean_s=each_s, expansions=_EXPANSIONS, passes=1, rounds=1)
        wall_s = max(_LEAST_WALL_S, _WALL * each_s)
        return replace(config, search=search, time_limit_s=wall_s, seed=config.seed + number, trace=True)

    # ---------------------------------------------------------------------------------------------------- learning

    def _model(self, learner: Learner) -> Path | None:
        """The learner's model that the last round accepted."""
        found = self.rounds[-1].replays.get(learner.name) if self.rounds else None
        path = self._folder.path.absolute()  # a cluster's actors work in other folders
        return path / found.model if found is not None and found.model else None

    def _learn(self) -> dict[str, Replay]:
        """Train every learner anew on all rounds, and accept what is better in replay."""
        replays: dict[str, Replay] = {}
        for learner in self._assignment.learners:
            fresh = self._folder.model_path(learner.name, len(self.rounds)).absolute()
            fresh.parent.mkdir(parents=True, exist_ok=True)
            found = choose(learner, self._model(learner), fresh, self.runs, seed=self._assignment.config.seed)
            name = "" if found.model is None else str(found.model.relative_to(self._folder.path.absolute()))
            replays[learner.name] = Replay(found.before, found.now, name, found.reason)
        return replays


def _summary(number: int, run: RunData, news: News, base: ProofBase, replays: dict[str, Replay]) -> Round:
    return Round(
        number=number,
        searched=len(run.records),
        each_s=float(run.info.config["search"]["lean_s"]),
        lean_s=sum(record.lean_s for record in run.records),
        proved=len(news.proved),
        disproved=len(news.disproved),
        shorter=len(news.shorter),
        solved=len(base.known),
        steps=sum(each.steps for each in base.known.values() if each.is_proof),
        replays=replays,
    )
