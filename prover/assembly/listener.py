"""The listener to a run's progress."""

from __future__ import annotations

from pathlib import Path

from prover.driver.tracer import Onlooker
from prover.lean.pool_health import PoolEvent
from prover.run.progress import Progress
from prover.run.result import TheoremResult
from prover.run.utilisation import Sample
from prover.tasks import TheoremTask


class Listener:
    """Receives the events of a run, from the event loop. Every method does nothing: override those of interest, and
    return soon."""

    def note(self, text: str) -> None:
        """A line for people about the progress of the run."""

    def warn(self, text: str) -> None:
        """A line for people about a likely mistake."""

    def progress(self, step: str, done: int, total: int, unit: str = "B") -> None:
        """So much of a step is done, of `total` (0 where only the time is known), in bytes (B) or in things of the kind
        that the unit names. Told again and again while the step lasts."""

    def lean(self, event: PoolEvent) -> None:
        """A Lean worker of this process was started, became ready, or ended. Workers of all Leans are numbered
        through."""

    def begun(self, folder: Path, progress: Progress) -> None:
        """The run begins, or is resumed, in this folder. `progress` counts on while it lasts."""

    def searching(self, task: TheoremTask, attempt: int, beside: str) -> Onlooker | None:  # noqa: ARG002
        """A search of this process begins; returns who looks on, if somebody does. `beside` names what is searched
        beside the statement, "" for the statement itself."""
        return None

    def result(self, result: TheoremResult) -> None:
        """A theorem has a result, which is in the folder and in `progress` already."""

    def sample(self, sample: Sample) -> None:
        """The utilisation of all components in the last second."""
