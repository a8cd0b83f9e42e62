"""The judge's usual form: lines of kept processes, as many as the queue of proofs asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from prover.judge.judgement import Judgement
from prover.judge.line import Line
from prover.judge.processes import Answer, Start
from prover.judge.verdict import Verdict

_PROOFS_A_LINE = 6
"""So many proofs in each line, and another one is opened: one served and one waiting at each station."""
_IDLE_S = 30.0
"""A line that is not kept and had no proof for so long is closed: its memory is the searching workers' again."""


class LinesForm:
    """Judges proofs in up to `most` lines. One opens with the first proof, another when each has proofs waiting at its
    stations; they close when they have been idle, but for the first one after `begin`. The proofs of a file follow each
    other through one line."""

    def __init__(self, start: Start, *, most: int, clock: Callable[[], float]) -> None:
        self._start = start
        self._most = most
        self._clock = clock
        self._lines: list[Line] = []
        self._kept = 0
        self._closing: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Start the first line's processes, and keep it open from now on."""
        self._kept = 1
        self._first()

    async def ready(self) -> None:
        """Wait until the first line's processes are up, or can't be started."""
        line = self._first()
        self._look_again()
        await line.ready()

    async def close(self) -> None:
        """End every process."""
        if self._timer is not None:
            self._timer.cancel()
        await asyncio.gather(*(line.close() for line in self._lines), *self._closing)

    async def judge(self, question: Judgement, file: str) -> Verdict:
        """The verdict on a proof whose challenge is a part of `file` ("": of none)."""
        line = self._line_for(file)
        try:
            return await line.judge(question, file)
        finally:
            self._look_again()

    async def ask_challenge(self, request: Answer, *, timeout_s: float, file: str) -> Answer:
        """The answer of a process in which nothing but challenges of the `file` has run."""
        line = self._line_for(file)
        self._look_again()
        return await line.ask_challenge(request, timeout_s=timeout_s, file=file)

    def _line_for(self, file: str) -> Line:
        """The line with the fewest proofs, or one that has the file's others and is not full."""
        self._first()
        best = min(self._lines, key=lambda line: line.num_inside)
        known = next((line for line in self._lines if file and line.file == file), best)
        chosen = known if known.num_inside < _PROOFS_A_LINE else best
        if chosen.num_inside >= _PROOFS_A_LINE and len(self._lines) < self._most:
            chosen = self._open()
        return chosen

    def _first(self) -> Line:
        return self._lines[0] if self._lines else self._open()

    def _open(self) -> Line:
        line = Line(self._start, clock=self._clock)
        line.begin()
        self._lines.append(line)
        return line

    def _look_again(self) -> None:
        """See to it that lines are looked at, as long as there are any that may close."""
        if len(self._lines) > self._kept and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_IDLE_S, self._close_idle)

    def _close_idle(self) -> None:
        self._timer = None
        until = self._clock() - _IDLE_S
        for line in self._lines[self._kept :]:
            if line.num_inside == 0 and line.last_used_s <= until:
                self._lines.remove(line)
                task = asyncio.create_task(line.close())
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)
        self._look_again()
