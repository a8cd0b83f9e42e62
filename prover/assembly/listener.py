"""The listener to a run's progress."""

from __future__ import annotations

from pathlib import Path

from prover.lean.pool_health import PoolEvent
from prover.run.progress import Progress
from prover.run.result import TheoremResult
from prover.run.utilisation import Sample


class Listener:
    """Receives the events of a run, from the event loop. Every method does nothing: override those of interest, and
    return soon."""

    def note(self, text: str) -> None:
        """A line for people about the progress of the run."""

    def warn(self, text: str) -> None:
        """A line for people about a likely mistake."""

    def installing(self, stage: str, done: int, total: int) -> None:
        """The embedded Lean is being installed: so many bytes of a stage are done, of `total` (0 if not known)."""

    def lean(self, event: PoolEvent) -> None:
        """A Lean worker of this process was started, became ready, or ended. Workers of all Leans are numbered
        through."""

    def begun(self, folder: Path, progress: Progress) -> None:
        """The run begins, or is resumed, in this folder. `progress` counts on while it lasts."""

    def result(self, result: TheoremResult) -> None:
        """A theorem has a result, which is in the folder and in `progress` already."""

    def sample(self, sample: Sample) -> None:
        """The utilisation of all components in the last second."""
