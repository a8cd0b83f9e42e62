"""Jobs that wait are told oldest first, and what was taken is kept nowhere."""

from __future__ import annotations

import gc
import weakref

from prover.lean.slots import LeanJob
from prover.lean.turns import Turns
from prover.lean.waiting import Waiting


class Moment(float):
    """A time to which a weak reference can be held."""


def job(key: int, since: float) -> LeanJob:
    return LeanJob(key, (), since)


def waiting_room() -> Waiting:
    turns = Turns(lambda: 0.0)
    turns.come("")
    return Waiting(turns)


def test_the_oldest_of_all_and_of_some_theorems() -> None:
    waiting = waiting_room()
    jobs = [job(key, float(number)) for number, key in enumerate((1, 2, 1, 3))]
    for each in jobs:
        waiting.add(each)
    assert waiting.first() is jobs[0]
    assert waiting.oldest_of([2, 3, 4]) is jobs[1]
    waiting.take(jobs[0])
    assert waiting.first() is jobs[1]
    assert waiting.oldest_of([1]) is jobs[2]
    assert waiting.count == 3
    assert waiting.take_all() == jobs[1:]
    assert (waiting.first(), waiting.oldest_of([1, 2, 3]), waiting.count) == (None, None, 0)


def test_what_was_taken_is_let_go_when_the_next_job_comes() -> None:
    waiting = waiting_room()
    since = Moment(0.0)
    kept = weakref.ref(since)
    one = job(1, since)
    waiting.add(one)
    waiting.take(one)
    del one, since
    waiting.add(job(1, 1.0))
    gc.collect()
    assert kept() is None
