"""The console of a command: lines and tqdm bars on standard error, results on standard output; quiet and JSON forms."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TextIO

from tqdm import tqdm

from prover.cli.advice import next_step

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
    _advised: set[str] = field(default_factory=set)
    _stages: dict[str, tqdm[Any]] = field(default_factory=dict)

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
        """How far an installation is: a line for each stage; on a terminal a bar where its size in bytes is known."""
        if self.is_quiet:
            return
        if name not in self._stages:
            self._end_stages()
            has_bar = total > 0 and self.err.isatty()
            if not has_bar:
                self.note(f"{name[0].upper()}{name[1:]} …")
            self._stages[name] = tqdm(
                desc=name, total=total, unit="B", unit_scale=True, file=self.err, disable=not has_bar
            )
        self._stages[name].update(done - self._stages[name].n)

    def _end_stages(self) -> None:
        for bar in self._stages.values():
            bar.close()
