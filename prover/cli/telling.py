"""Shows a run's progress to a person: a console or the live screen, as the run's listener."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from prover.assembly.listener import Listener
from prover.cli.console import Console
from prover.cli.live import LiveView
from prover.driver.tracer import Onlooker
from prover.errors import DeathReason
from prover.lean.pool_health import EventKind, PoolEvent
from prover.run.progress import Progress
from prover.run.result import Status, TheoremResult, in_words
from prover.run.utilisation import Sample
from prover.tasks import TheoremTask

if TYPE_CHECKING:
    from prover.web.app import Viewer

_SHOWN_PROOF = 100
_SHOWN_LINES = 16
_MARKS = {
    Status.PROVED: "✓ proved",
    Status.DISPROVED: "✗ disproved",
    Status.FAILED: "· failed",
    Status.UNKNOWN: "? unknown",
    Status.INVALID: "! invalid",
}


class Telling(Listener):
    """Says on a console what goes on: the installation, Lean's workers, notes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._is_ready = False

    def note(self, text: str) -> None:
        self._console.note(text)

    def warn(self, text: str) -> None:
        self._console.warn(text)
        self._console.advise(text)

    def progress(self, step: str, done: int, total: int, unit: str = "B") -> None:
        self._console.stage(step, done, total, unit=unit)

    def lean(self, event: PoolEvent) -> None:
        """The first worker that is ready, with what confines them all, and each death that is a fault; replacements are
        of interest to the report alone."""
        match event.kind:
            case EventKind.READY if not self._is_ready:
                self._is_ready = True
                self.note(f"Lean: the first worker is ready after {event.detail}")
            case EventKind.DIED if event.reason is DeathReason.ABANDONED:
                pass  # the end of a theorem's time, not a fault
            case EventKind.DIED | EventKind.START_FAILED:
                self.note(f"Lean worker {event.slot + 1}: {event.kind}: {event.detail}")
            case _:
                pass


class TellingRun(Telling):
    """Says how a run goes as well: a bar and a line for each theorem, or one live screen; and shows its searches to the
    viewer. Ends with the block."""

    def __init__(self, console: Console, *, is_live: bool, viewer: Viewer | None = None) -> None:
        super().__init__(console)
        self._viewer = viewer
        self._is_live = is_live and console.err.isatty()  # else there is no screen: lines, as without it
        self._bar: tqdm[Any] | None = None
        self._progress: Progress | None = None
        self._view: LiveView | None = None

    def __enter__(self) -> TellingRun:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._view is not None:
            self._view.__exit__(kind, error, trace)
        if self._bar is not None:
            self._console.end_bar(self._bar)

    def begun(self, folder: Path, progress: Progress) -> None:
        self._progress = progress
        if self._viewer is not None:
            self._viewer.follow(folder)
        if self._is_live:
            self._view = LiveView(str(folder), progress).__enter__()
        else:
            self._bar = self._console.begin_bar(progress.total, done=progress.done, unit=progress.unit)

    def searching(self, task: TheoremTask, attempt: int, beside: str) -> Onlooker | None:
        return None if self._viewer is None else self._viewer.watch(task.id, attempt, beside)

    def result(self, result: TheoremResult) -> None:
        self._console.json(result.to_json())
        if self._view is not None:
            self._view.result(result)
        else:
            self._console.line(_line(result))
            self._console.advise(result.error)
        if self._bar is not None and self._progress is not None:
            self._bar.update(self._progress.done - self._bar.n)

    def sample(self, sample: Sample) -> None:
        if self._view is not None:
            self._view.sample(sample)
        if self._bar is not None:
            self._bar.set_postfix_str(_found(sample))


def _found(sample: Sample) -> str:
    """How many proofs are found and wait for their verdict; empty if none."""
    count = round(sample.get("judge_in_flight", 0))
    return f"{count} found, with the judge" if count else ""


def _shortened(said: str) -> str:
    """A message with the beginnings of its lines moved below its first; the rest of a very long one is left out."""
    lines = said.splitlines()
    rest = [f"… {len(lines) - _SHOWN_LINES} more lines, in results.jsonl"] if len(lines) > _SHOWN_LINES else []
    return "\n    ".join((*lines[:_SHOWN_LINES], *rest))


def _why(result: TheoremResult) -> str:
    """Why a theorem is not proved; of one with several `sorry`s, how many were filled and where the others are."""
    reason = in_words(result.stop_reason)
    goals = sum(len(hole.left) for hole in result.holes)
    if goals:
        reason += f"; an unfinished proof leaves {goals} goal{'s'[: goals > 1]}"
    left = ", ".join(str(hole.line) for hole in result.holes if hole.proof is None)
    if len(result.holes) < 2:
        return reason
    filled = sum(hole.proof is not None for hole in result.holes)
    return f"{reason}; {filled} of {len(result.holes)} `sorry`s filled, left: line {left}"


def _line(result: TheoremResult) -> str:
    """One theorem on one line of the terminal; what Lean said against it stands below, as a whole."""
    if result.status in (Status.PROVED, Status.DISPROVED) and result.proof is not None:
        shown = " ⏎ ".join(part.strip() for part in result.proof.splitlines() if part.strip())
        detail = shown if len(shown) <= _SHOWN_PROOF else shown[: _SHOWN_PROOF - 1] + "…"
    else:
        detail = _shortened(result.error) if result.error else _why(result)
    again = f" (attempt {result.attempt + 1})" if result.attempt else ""
    return f"{_MARKS[result.status]:<10} {result.elapsed_s:6.1f} s  {result.id}{again}  {detail}"
