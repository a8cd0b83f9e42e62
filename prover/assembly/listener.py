"""Who wants to hear how a run goes."""

from __future__ import annotations

from pathlib import Path

from prover.lean.health import PoolEvent
from prover.run.progress import Progress
from prover.run.result import TheoremResult
from prover.run.utilisation import Sample


class Listener:
    """Told how the work goes, from the event loop. Hears in silence: override what is of interest, and return soon."""

    def note(self, text: str) -> None:
        """A line for people about what goes on."""

    def warn(self, text: str) -> None:
        """A line for people about what is likely a mistake."""

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
        """How busy everything was in the last second."""
