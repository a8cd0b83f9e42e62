"""`--live`: one screen that says how a run is doing, drawn again every second."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from prover.cli.console import visible
from prover.errors import MissingExtra
from prover.run.progress import Progress
from prover.run.result import Status, TheoremResult

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live
    from rich.table import Table

_SHOWN_PROOFS = 8
_RATE_S = 300.0
_BAR = 24
_BUSY = "_busy"


class LiveView:
    """Counts, rate, busy shares, queues, memory and the last proofs. Raises MissingExtra without the rich library."""

    def __init__(
        self,
        title: str,
        progress: Progress,
        *,
        console: Console | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            import rich.console
        except ImportError as error:
            raise MissingExtra("--live", "live") from error
        self._title = title
        self._progress = progress
        self._console = console or rich.console.Console(stderr=True)
        self._clock = clock
        self._began = clock()
        self._ends: deque[float] = deque()
        self._proofs: deque[TheoremResult] = deque(maxlen=_SHOWN_PROOFS)
        self._sample: Mapping[str, float] = {}
        self._live: Live | None = None

    def __enter__(self) -> LiveView:
        from rich.live import Live

        self._live = Live(self.render(), console=self._console, auto_refresh=False)
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.update(self.render(), refresh=True)
            self._live.stop()
            self._live = None

    def sample(self, sample: Mapping[str, float]) -> None:
        """Show how busy everything was in the last second."""
        self._sample = sample
        if self._live is not None:
            self._live.update(self.render(), refresh=True)

    def result(self, result: TheoremResult) -> None:
        """Count a result, which the progress knows of already; it is shown with the next sample."""
        self._ends.append(self._clock())
        if result.status in (Status.PROVED, Status.DISPROVED):
            self._proofs.append(result)

    def render(self) -> RenderableType:
        """The screen."""
        from rich.console import Group
        from rich.panel import Panel
        from rich.text import Text

        return Panel(Group(self._head(), self._busy(), self._gauges(), self._last()), title=Text(self._title))

    def rate(self) -> float:
        """Results a minute over the last minutes."""
        now = self._clock()
        while self._ends and self._ends[0] < now - _RATE_S:
            self._ends.popleft()
        return 60.0 * len(self._ends) / max(1.0, min(_RATE_S, now - self._began))

    def _head(self) -> RenderableType:
        from rich.text import Text

        progress, known = self._progress, self._progress.counts
        counts = ", ".join(f"{known[status]} {status}" for status in Status if known[status])
        done = (
            f"{progress.done} results of"
            if progress.attempts == 1
            else f"{progress.done} of {progress.total} attempts at"
        )
        rate, open_ = self.rate(), progress.total - progress.done
        left = f", {_minutes_left(open_ / rate)}" if rate > 0 and open_ > 0 else ""
        return Text(f"{done} {progress.theorems} theorems ({counts or 'none yet'}); {rate:.1f} a minute{left}")

    def _busy(self) -> RenderableType:
        rows = []
        for key, share in self._sample.items():
            if key.endswith(_BUSY):
                filled = round(_BAR * min(1.0, max(0.0, share)))
                rows.append((key.removesuffix(_BUSY), "█" * filled + "░" * (_BAR - filled), f"{share:4.0%}"))
        return _grid(rows)

    def _gauges(self) -> RenderableType:
        plain = {key: value for key, value in self._sample.items() if not key.endswith(_BUSY) and key != "at_s"}
        return _grid((key.replace("_", " "), f"{value:,.10g}") for key, value in plain.items())

    def _last(self) -> RenderableType:
        rows = []
        for result in reversed(self._proofs):
            proof = " ⏎ ".join((result.proof or "").splitlines())
            rows.append((visible(result.id), f"{result.elapsed_s:.1f} s", visible(proof)))
        return _grid(rows)


def _minutes_left(minutes: float) -> str:
    """A time as a person says it."""
    return "less than a minute left" if minutes < 1 else f"about {minutes:.0f} min left"


def _grid(rows: Iterable[Sequence[str]]) -> Table:
    """A table without lines, a row a line however narrow the terminal, whose cells are never taken for markup."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*(Text(cell, no_wrap=True, overflow="ellipsis") for cell in row))
    return table
