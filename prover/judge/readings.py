"""The readings of a text: every way to tell its code from its strings, so that the ban list sees code inside strings.

In `s!"a {x} b"` the `x` is code: the string is *interpolated*. The parser that expects a string decides whether it is:
in `dbg_trace "{x}"` and `throwError "{x}"` it is, in `f "{x}"` it isn't, and libraries add more of the first kind. A
string may even end at different places: `"{" ++ "}"` is two plain strings, or an interpolated one with `" ++ "` in its
braces. So every string with a brace is read both ways, each time to the end of the text, or to the end of a string
from which an earlier reading continued in the same way. A prime or an `r` directly behind a symbol is read both ways
too, since it may be part of that symbol.
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
_GLUED = re.compile(r"(?<=[^\s(\[{⟨,])")  # to a symbol, or to anything that may be one
_STRING_STOP = re.compile(r"\\|\"|\{")


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """A place in the code: outside of all strings, or in the braces of an interpolated one. `braces` are the further
    braces open there, `around` is the place of the string."""

    braces: int = 0
    around: _Place | None = None


def readings(text: str) -> Iterator[tuple[int, str]]:
    """Each reading: the position where it begins, and the text from there on with spaces in place of all that isn't
    code.

    The first reading begins at 0 and takes every string as plain, except those of `s!` and `f!`. There may be as many
    readings as the text has braces, each as long as the text, so the caller has to set a limit.
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
        self._knows_s = "prelude" not in text  # without Lean's own `s!`, the name may mean anything
        self._add(0, _Place())

    def read(self, start: int, place: _Place) -> str:
        """The code of one reading. Other ways to read the same text are added to the readings to be done."""
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
        """The position and the place where code continues behind a piece of the text."""
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
        """The position and the place where code continues behind a brace; behind the brace that ends an interpolation,
        the rest of the surrounding string is skipped first."""
        if place.around is None:
            return end, place
        if brace == "{":
            return end, _Place(place.braces + 1, place.around)
        if place.braces:
            return end, _Place(place.braces - 1, place.around)
        return self._in_string(end, place.around)

    def _plain_end(self, position: int, place: _Place) -> int:
        """The end of a plain string, from behind its opening quote; its reading as interpolated is left for later."""
        end = string_end(self._text, position)
        inner, inside = self._in_string(position, place)
        if inside is not place:
            self._add(inner, inside)
        return end

    def _in_string(self, position: int, place: _Place) -> tuple[int, _Place]:
        """The next code after a position in an interpolated string: behind its next `{`, or behind its closing
        quote."""
        while (stop := _STRING_STOP.search(self._text, position)) is not None:
            if stop.group() == "{":
                return stop.end(), _Place(0, place)
            if stop.group() == '"':
                return stop.end(), place
            position = stop.end() + 1
        return len(self._text), place

    def _add(self, start: int, place: _Place) -> None:
        """Leave a reading that begins there in this place for later, unless it was left or done before."""
        key = (start, place.braces, place.around)
        if key not in self._begun:
            self._begun.add(key)
            self.todo.append((start, place))

    def _is_known(self, position: int, place: _Place) -> bool:
        """Whether an earlier reading continued there behind a string; records that this one does."""
        key = (position, place.braces, place.around)
        is_known = key in self._behind_strings
        self._behind_strings.add(key)
        return is_known
