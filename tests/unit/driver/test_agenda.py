"""What a run does next follows from its settings and its journal."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from prover.config import Config, SearchConfig
from prover.driver.agenda import Agenda, make_agenda
from prover.driver.job import FaultKind, Job
from prover.errors import UsageError
from prover.run.result import HoleResult, Status, TheoremResult
from prover.run.usage import Usage
from prover.tasks import TheoremTask, load_tasks


def tasks(count: int = 3) -> tuple[TheoremTask, ...]:
    return load_tasks([], [f"theorem t{n} : True" for n in range(count)], stdin=BytesIO()).tasks


def result(
    job: Job, status: Status = Status.FAILED, *, reason: str = "wall_time", seconds: float = 1.0
) -> TheoremResult:
    return TheoremResult(
        job.task.id,
        job.task.name,
        status,
        reason,
        attempt=job.attempt,
        elapsed_s=seconds,
        usage=Usage(limits=job.budget),
    )


def config(*, time_limit_s: float = 10.0, total_s: float | None = None, passes: int = 1, rounds: int = 1) -> Config:
    search = SearchConfig(passes=passes, rounds=rounds, growth=2.0, expansions=400)
    return Config(time_limit_s=time_limit_s, total_s=total_s, search=search)


def play(agenda: Agenda, *, proves: frozenset[tuple[str, int]] = frozenset(), limit: int = 99) -> list[TheoremResult]:
    """Do job after job; those in `proves` are proved."""
    done: list[TheoremResult] = []
    while len(done) < limit and (job := agenda.next()) is not None:
        settled = (job.task.id, job.attempt) in proves
        done.append(result(job, Status.PROVED if settled else Status.FAILED))
        agenda.tell(job, done[-1])
    return done


def keys(results: list[TheoremResult]) -> list[tuple[str, int]]:
    return [known.key for known in results]


def test_everything_gets_a_first_pass_before_anything_gets_a_second() -> None:
    done = play(make_agenda(tasks(), [], config(passes=2)), proves=frozenset({("t1", 0)}))
    assert keys(done) == [("t0", 0), ("t1", 0), ("t2", 0), ("t0", 1), ("t2", 1)]


@pytest.mark.parametrize("settings", [config(passes=3), config(rounds=3)])
@pytest.mark.parametrize("stopped_after", range(9))
def test_a_run_that_was_stopped_anywhere_does_the_rest_once(settings: Config, stopped_after: int) -> None:
    proves = frozenset({("t1", 0), ("t2", 1)})
    whole = play(make_agenda(tasks(), [], settings), proves=proves)
    first = play(make_agenda(tasks(), [], settings), proves=proves, limit=stopped_after)
    rest = play(make_agenda(tasks(), first, settings), proves=proves)
    assert sorted(keys(first) + keys(rest)) == sorted(keys(whole))


def test_each_pass_is_a_search_of_its_own() -> None:
    agenda = make_agenda(tasks(1), [], config(passes=3))
    jobs = [agenda.next() for _ in range(3)]
    assert [(job.number, job.attempt, job.resumes) for job in jobs if job] == [
        (0, 0, None),
        (1, 1, None),
        (2, 2, None),
    ]


def test_a_round_goes_on_with_the_one_before_under_a_budget_that_grows_to_the_whole() -> None:
    agenda = make_agenda(tasks(1), [], config(rounds=3))
    seen = []
    while (job := agenda.next()) is not None:
        seen.append((job.number, job.attempt, job.resumes, job.budget.lean_s, job.budget.expansions, job.spent_s))
        assert job.budget.wall_s == 10.0
        agenda.tell(job, result(job, seconds=2.0))
    assert seen == [(0, 0, None, 2.5, 100, 0.0), (0, 1, 0, 5.0, 200, 2.0), (0, 2, 1, 10.0, 400, 4.0)]


def test_rounds_end_when_the_runs_time_is_spent() -> None:
    done = play(make_agenda(tasks(), [], config(rounds=3, total_s=4.0)))
    assert len(done) == 4


def test_a_theorem_goes_on_when_the_limit_that_ended_it_is_raised() -> None:
    first = play(make_agenda(tasks(), [], config()), proves=frozenset({("t0", 0)}))
    assert play(make_agenda(tasks(), first, config())) == []
    agenda = make_agenda(tasks(), first, config(time_limit_s=30.0))
    job = agenda.next()
    assert job is not None
    assert (job.task.id, job.attempt, job.number, job.resumes, job.spent_s) == ("t1", 1, 0, 0, 1.0)
    agenda.tell(job, result(job))
    more = [result(job), *play(agenda)]
    assert keys(more) == [("t1", 1), ("t2", 1)]
    assert play(make_agenda(tasks(), [*first, *more], config(time_limit_s=30.0))) == []


@pytest.mark.parametrize("reason", [*FaultKind])
def test_a_theorem_that_a_fault_ended_is_done_again_from_its_beginning(reason: str) -> None:
    (ended, *_) = [job for job in [make_agenda(tasks(1), [], config()).next()] if job is not None]
    results = [result(ended, Status.UNKNOWN, reason=reason)]
    again = make_agenda(tasks(1), results, config())
    job = again.next()
    assert job is not None
    assert (job.attempt, job.number, job.resumes, job.left_s) == (1, 0, None, 10.0)
    assert again.next() is None


def test_what_no_limit_ended_does_not_go_on() -> None:
    agenda = make_agenda(tasks(1), [], config())
    job = agenda.next()
    assert job is not None
    for reason in ("exhausted", "rejected"):
        assert make_agenda(tasks(1), [result(job, reason=reason)], config(time_limit_s=99.0)).next() is None


def test_passes_and_rounds_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="not both"):
        make_agenda(tasks(), [], config(passes=2, rounds=2))


def half_done() -> TheoremTask:
    (task,) = load_tasks([], ["theorem t : p := by\n  have a := sorry\n  have b := sorry\n  sorry"]).tasks
    return task


def filled(job: Job, *scripts: str | None) -> TheoremResult:
    holes = tuple(HoleResult(number, 0, "", script) for number, script in enumerate(scripts))
    return replace(result(job), holes=holes)


@pytest.mark.parametrize("settings", [config(passes=3), config(rounds=3)])
def test_each_attempt_begins_with_the_scripts_that_all_before_it_found(settings: Config) -> None:
    agenda = make_agenda([half_done()], [], settings)
    first = agenda.next()
    assert first is not None and not any(first.scripts)
    agenda.tell(first, filled(first, "a", None, None))
    second = agenda.next()
    assert second is not None and tuple(second.scripts) == ("a", None, None)
    agenda.tell(second, filled(second, None, "b", None))
    third = agenda.next()
    assert third is not None and tuple(third.scripts) == ("a", "b", None)


def test_a_run_with_a_raised_limit_begins_with_the_scripts_of_its_journal() -> None:
    task = half_done()
    job = make_agenda([task], [], config()).next()
    assert job is not None
    resumed = make_agenda([task], [filled(job, None, "b", None)], config(time_limit_s=60.0)).next()
    assert resumed is not None
    assert (resumed.attempt, tuple(resumed.scripts)) == (1, (None, "b", None))
