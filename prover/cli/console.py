"""The console of a command: lines and tqdm bars on standard error, results on standard output; quiet and JSON forms."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TextIO

from tqdm import tqdm

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """The text with control characters written out, since names and proofs come from data sets and models."""
    return _UNSEEN.sub(lambda match: match.group().encode("unicode_escape").decode(), text)


@dataclass(slots=True)
class Console:
    """Where a command speaks. With `is_json` standard output holds JSON lines alone; `is_quiet` silences progress."""

    is_quiet: bool = False
    is_json: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    _bar: tqdm[Any] | None = None
    _stages: dict[str, tqdm[Any]] = field(default_factory=dict)

    def line(self, text: str) -> None:
        """A line of the result, for people; nothing in the JSON form."""
        if not self.is_json:
            self._write(visible(text), self.out)

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

    def _write(self, text: str, stream: TextIO) -> None:
        self._end_stages()
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

    def stage(self, name: str, done: int, total: int) -> None:
        """How far an installation is, in bytes: a bar for each stage, a line for each where there is no terminal."""
        if self.is_quiet:
            return
        is_shown = self.err.isatty()
        if name not in self._stages:
            self._end_stages()
            if not is_shown:
                self.note(f"{name} …")
            self._stages[name] = tqdm(
                desc=name, total=total or None, unit="B", unit_scale=True, file=self.err, disable=not is_shown
            )
        self._stages[name].update(done - self._stages[name].n)

    def _end_stages(self) -> None:
        for bar in self._stages.values():
            bar.close()
