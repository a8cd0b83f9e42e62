"""Tells a job of its search: every expansion is an event as it ends."""

from __future__ import annotations

import time
from collections.abc import Callable

from prover.driver.expanded import Expanded
from prover.driver.steering import Steering
from prover.driver.tracer import traced
from prover.run.trace import expansion_json
from prover.workbench.jobs import Job
from search.split import merge_key


class Watched:
    """An observer that tells a job of each expansion, in the form that traces have, with the totals so far.

    `beside` names the alternative that is searched ("" for the statement itself).
    """

    record = None

    def __init__(self, job: Job, beside: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._job = job
        self._beside = beside
        self._clock = clock
        self._began = clock()
        self._expansions = 0
        self._tactics = 0

    def __call__(self, expanded: Expanded) -> None:
        told = traced(expanded, index=self._expansions, at_s=self._clock() - self._began)
        self._expansions += 1
        self._tactics += len(expanded.tried)
        totals = {"expansions": self._expansions, "tactics": self._tactics}
        self._job.tell("expansion", beside=self._beside, totals=totals, expansion=expansion_json(told))

    def steerable(self, steering: Steering) -> None:
        """The search can be steered from now on, by `Bench.steer`."""
        self._job.steered[self._beside] = steering
        steering.tell(lambda wish: self._job.tell("steered", beside=self._beside, **wish.to_json()))
        root = steering.root
        self._job.tell("steerable", beside=self._beside, root={"key": merge_key(root), "goals": root.pretty})

    def close(self) -> None:
        self._job.steered.pop(self._beside, None)
