"""What a person sees: lines and tqdm bars on standard error, results on standard output; quiet and JSON forms."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TextIO

from tqdm import tqdm

from prover.errors import DeathReason
from prover.lean.embedded import Progress
from prover.lean.health import EventKind, PoolEvent

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """The text with what would steer a terminal written out: names and proofs come from data sets and models."""
    return _UNSEEN.sub(lambda match: match.group().encode("unicode_escape").decode(), text)


@dataclass(slots=True)
class Console:
    """Where a command speaks. With `is_json` standard output holds JSON lines alone; `is_quiet` silences progress."""

    is_quiet: bool = False
    is_json: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    _bar: tqdm[Any] | None = None
    _seen_ready: set[int] = field(default_factory=set)

    def line(self, text: str) -> None:
        """A line of the result, for people; nothing in the JSON form."""
        if not self.is_json:
            self._write(visible(text), self.out)

    def json(self, value: object) -> None:
        """An object of the result in the JSON form; nothing otherwise."""
        if self.is_json:
            self._write(json.dumps(value, ensure_ascii=False), self.out)

    def note(self, text: str) -> None:
        """A line about what is going on."""
        if not self.is_quiet:
            self._write(visible(text), self.err)

    def warn(self, text: str) -> None:
        """A line that is said even when quiet."""
        self._write(visible(text), self.err)

    def _write(self, text: str, stream: TextIO) -> None:
        if self._bar is None:
            print(text, file=stream, flush=True)
        else:
            with self._bar.external_write_mode(file=stream):
                print(text, file=stream, flush=True)

    @contextmanager
    def counting(self, total: int, *, done: int = 0, unit: str = "theorem") -> Iterator[tqdm[Any]]:
        """A bar over things to do, `done` of them already."""
        disabled = self.is_quiet or not self.err.isatty()
        with tqdm(total=total, initial=done, unit=unit, file=self.err, disable=disabled, dynamic_ncols=True) as bar:
            self._bar = None if disabled else bar
            try:
                yield bar
            finally:
                self._bar = None

    @contextmanager
    def bytes_progress(self) -> Iterator[Progress]:
        """A callback for an installation: one bar per stage, or one line per stage where there is no terminal."""
        bars: dict[str, tqdm[Any]] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if self.is_quiet:
                return
            if not self.err.isatty():
                if stage not in bars:
                    self.note(f"{stage} …")
                    bars[stage] = tqdm(disable=True)
                return
            if stage not in bars:
                for bar in bars.values():
                    bar.close()
                bars[stage] = tqdm(desc=stage, total=total or None, unit="B", unit_scale=True, file=self.err)
            bars[stage].update(done - bars[stage].n)

        try:
            yield progress
        finally:
            for bar in bars.values():
                bar.close()

    def pool_event(self, event: PoolEvent) -> None:
        """Say what happens to Lean workers, where a person would want to know."""
        match event.kind:
            case EventKind.STARTING | EventKind.READY if event.slot in self._seen_ready:
                pass  # a replacement: of interest to the report, not here
            case EventKind.STARTING:
                self.note(f"Lean worker {event.slot + 1}: starting {event.detail}".rstrip())
            case EventKind.READY:
                self._seen_ready.add(event.slot)
                self.note(f"Lean worker {event.slot + 1}: ready after {event.detail}")
            case EventKind.DIED if event.detail.startswith(DeathReason.ABANDONED):
                pass  # the end of a theorem's time, not a fault
            case EventKind.DIED | EventKind.START_FAILED:
                self.note(f"Lean worker {event.slot + 1}: {event.kind}: {event.detail}")
            case _:
                pass
