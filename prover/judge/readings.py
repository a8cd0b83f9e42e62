"""What of a text may be code: for the ban list, which has to see the code inside of strings as well.

In `s!"a {x} b"` the `x` is code. Whether a string is such a one, an *interpolated* one, is up to the parser that asks
for it: in `dbg_trace "{x}"` and `throwError "{x}"` it is, in `f "{x}"` it isn't, and libraries add more of the first.
The two may even end at different places: `"{" ++ "}"` is two plain strings, or an interpolated one with `" ++ "` in its
braces. So every string with a brace is read both ways, each time to the end of the text, or up to the end of a string
behind which an earlier reading went on. A prime or an `r` right behind a symbol is read both ways too: it may be part
of that symbol.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prover.tasks.scanner import (
    FIELD_DOT,
    IDENTIFIER,
    INDEX,
    NUMBER,
    block_comment_end,
    raw_string_end,
    string_end,
)

_PIECE = re.compile(
    r"(?P<line>--[^\n]*)|(?P<block>/-)|(?P<raw>r#*\")|(?P<interpolated>[sf]!\")|(?P<plain>\")|(?P<brace>[{}])|''"
    r"|(?P<char>'(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)|[^\\'\n])')"
    rf"|«[^»]*»?|(?P<command>(?<=#){IDENTIFIER})|(?:{FIELD_DOT}|`)?{IDENTIFIER}|{INDEX}|{NUMBER}"
)
_GLUED = re.compile(r"(?<=[^\s(\[{⟨,])")  # to a symbol, or to what can't be told from one
_STRING_STOP = re.compile(r"\\|\"|\{")


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Outside of all strings, or in the braces of an interpolated one: how many more are open, and where it stands."""

    braces: int = 0
    around: _Place | None = None


def readings(text: str) -> Iterator[tuple[int, str]]:
    """Where each reading begins, and the text from there to its end, with spaces for all that is no code in it.

    The first reading begins at 0 and takes every string for plain, but those of `s!` and `f!`. There may be as many as
    the text has braces, each as long as the text: the caller has to stop at some time.
    """
    reader = _Reader(text)
    while reader.todo:
        start, place = reader.todo.pop()
        yield start, reader.read(start, place)


class _Reader:
    """A text with the readings that are still to be done."""

    def __init__(self, text: str) -> None:
        self.todo: list[tuple[int, _Place]] = []
        self._text = text
        self._begun: set[tuple[int, int, _Place | None]] = set()
        self._behind_strings: set[tuple[int, int, _Place | None]] = set()
        self._knows_s = "prelude" not in text  # without Lean's own `s!`, that may be the name of anything
        self._add(0, _Place())

    def read(self, start: int, place: _Place) -> str:
        """The code of one reading. What could be read in another way is added to the readings to be done."""
        parts: list[str] = []
        done = position = start
        while (match := _PIECE.search(self._text, position)) is not None:
            position, after = self._after(match, place)
            if after is not place or match.lastgroup not in (None, "command", "brace"):
                parts += (self._text[done : match.start()], " " * (position - match.start()))
                done, place = position, after
            if self._text[position - 1] == '"' and self._is_known(position, place):
                return "".join(parts)
        parts.append(self._text[done:])
        return "".join(parts)

    def _after(self, match: re.Match[str], place: _Place) -> tuple[int, _Place]:
        """Where code goes on behind a piece of the text, and in which place."""
        kind, start, end = match.lastgroup, match.start(), match.end()
        if kind == "block":
            return block_comment_end(self._text, end), place
        if kind == "plain":
            return self._plain_end(end, place), place
        if kind == "brace":
            return self._after_brace(match.group(), end, place)
        is_glued = _GLUED.match(self._text, start) is not None
        if kind == "interpolated":
            is_sure = self._knows_s and not is_glued
            return self._in_string(end, place) if is_sure else (self._plain_end(end, place), place)
        if kind == "command" and match.group()[-1] in "r'":  # `#checkr"…"` is `#check` and a raw string
            self._add(end - 1, place)
        if kind in ("raw", "char") and is_glued:
            self._add(start + 1, place)
        return raw_string_end(self._text, end, match.group()) if kind == "raw" else end, place

    def _after_brace(self, brace: str, end: int, place: _Place) -> tuple[int, _Place]:
        """Where code goes on behind a brace in code; behind the last closing one, the string around goes on first."""
        if place.around is None:
            return end, place
        if brace == "{":
            return end, _Place(place.braces + 1, place.around)
        if place.braces:
            return end, _Place(place.braces - 1, place.around)
        return self._in_string(end, place.around)

    def _plain_end(self, position: int, place: _Place) -> int:
        """The end of a plain string, from behind its opening quote; that it's interpolated is left for later."""
        end = string_end(self._text, position)
        inner, inside = self._in_string(position, place)
        if inside is not place:
            self._add(inner, inside)
        return end

    def _in_string(self, position: int, place: _Place) -> tuple[int, _Place]:
        """From within an interpolated string at this place: behind its next `{`, or behind its closing quote."""
        while (stop := _STRING_STOP.search(self._text, position)) is not None:
            if stop.group() == "{":
                return stop.end(), _Place(0, place)
            if stop.group() == '"':
                return stop.end(), place
            position = stop.end() + 1
        return len(self._text), place

    def _add(self, start: int, place: _Place) -> None:
        """Leave for later the reading that takes code to begin there, unless it was left or done before."""
        key = (start, place.braces, place.around)
        if key not in self._begun:
            self._begun.add(key)
            self.todo.append((start, place))

    def _is_known(self, position: int, place: _Place) -> bool:
        """Whether a reading went on there behind a string before; from now on, one did."""
        key = (position, place.braces, place.around)
        is_known = key in self._behind_strings
        self._behind_strings.add(key)
        return is_known
