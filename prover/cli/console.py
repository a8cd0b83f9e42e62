"""The console of a command: lines and tqdm bars on standard error, results on standard output; quiet and JSON forms."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TextIO

from tqdm import tqdm

from prover.cli.advice import next_step

_LINE_EVERY_S = 15.0
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """The text with control characters written out, since names and proofs come from data sets and models."""
    return _UNSEEN.sub(lambda match: match.group().encode("unicode_escape").decode(), text)


class _Stage:
    """A step that takes a while, as a bar on a terminal and as lines elsewhere."""

    def __init__(self, name: str, total: int, unit: str, stream: TextIO) -> None:
        self.name = name
        self._stream = stream
        self._is_bar = stream.isatty()
        self._began = self._said = time.monotonic()
        form = None if total else "{desc} … {elapsed}"
        self.bar = tqdm(
            desc=name,
            total=total or None,
            unit=unit,
            unit_scale=unit == "B",
            bar_format=form,
            file=stream,
            disable=not self._is_bar,
            dynamic_ncols=True,
        )
        if not self._is_bar:
            size = f": {_amount(total, unit)}" if total else ""
            print(f"{name[0].upper()}{name[1:]}{size} …", file=stream, flush=True)
        self._total, self._unit = total, unit

    def show(self, done: int) -> None:
        if self._is_bar:
            self.bar.update(done - self.bar.n)
            if not self._total:
                self.bar.refresh()  # the time goes on
        elif (now := time.monotonic()) - self._said >= _LINE_EVERY_S:
            self._said = now
            far = f"{_amount(done, self._unit)} of {_amount(self._total, self._unit)}" if self._total else ""
            print(f"{self.name}: {far or f'{now - self._began:.0f} s so far'}", file=self._stream, flush=True)


def _amount(count: int, unit: str) -> str:
    return f"{count / 1e6:.0f} MB" if unit == "B" else f"{count} {unit}s"


@dataclass(slots=True)
class Console:
    """Where a command speaks. With `is_json` standard output holds JSON lines alone; `is_quiet` silences progress."""

    is_quiet: bool = False
    is_json: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    _bar: tqdm[Any] | None = None
    _advised: set[str] = field(default_factory=set)
    _stage: _Stage | None = None

    def line(self, text: str) -> None:
        """A line of the result, for people; nothing in the JSON form."""
        if not self.is_json:
            self._write(visible(text), self.out)

    def aligned(self, head: str, text: str) -> None:
        """A line of the result that is broken below `text` where a terminal is too narrow for it."""
        width = shutil.get_terminal_size().columns if self.out.isatty() else 0
        if width > 2 * len(head):
            text = textwrap.fill(text, width - len(head), break_long_words=False, break_on_hyphens=False)
        self.line(head + text.replace("\n", "\n" + " " * len(head)))

    def json(self, value: object) -> None:
        """An object of the result in the JSON form; nothing otherwise."""
        if self.is_json:
            self._write(json.dumps(value, ensure_ascii=False), self.out)

    def note(self, text: str) -> None:
        """A line about the command's progress."""
        if not self.is_quiet:
            self._write(visible(text), self.err)

    def warn(self, text: str) -> None:
        """A line that is said even when quiet."""
        self._write(visible(text), self.err)

    def advise(self, said: str) -> None:
        """The next step that a message calls for, said once."""
        step = next_step(said)
        if step and step not in self._advised:
            self._advised.add(step)
            self.note(f"  → {step}")

    def _write(self, text: str, stream: TextIO) -> None:
        self._end_stage()
        if self._bar is None:
            print(text, file=stream, flush=True)
        else:
            with self._bar.external_write_mode(file=stream):
                print(text, file=stream, flush=True)

    @contextmanager
    def counting(self, total: int, *, unit: str = "theorem") -> Iterator[tqdm[Any]]:
        """A bar over things to do."""
        bar = self.begin_bar(total, unit=unit)
        try:
            yield bar
        finally:
            self.end_bar(bar)

    def begin_bar(self, total: int, *, done: int = 0, unit: str = "theorem") -> tqdm[Any]:
        """A bar over things to do, `done` of them already, above which lines are written until `end_bar`."""
        disabled = self.is_quiet or not self.err.isatty()
        bar = tqdm(total=total, initial=done, unit=unit, file=self.err, disable=disabled, dynamic_ncols=True)
        self._bar = None if disabled else bar
        return bar

    def end_bar(self, bar: tqdm[Any]) -> None:
        """Leave the bar as it stands."""
        bar.close()
        self._bar = None

    def stage(self, name: str, done: int, total: int, *, unit: str = "B") -> None:
        """How far a step is: a bar in bytes or another unit, the time alone where there is no `total`. Without a
        terminal a line when it begins, and one each quarter of a minute."""
        if self.is_quiet:
            return
        if self._stage is None or self._stage.name != name:
            self._end_stage()
            self._stage = _Stage(name, total, unit, self.err)
        self._stage.show(done)

    def _end_stage(self) -> None:
        if self._stage is not None:
            self._stage.bar.close()
            self._stage = None
