"""A small scanner for Lean source text: enough to tell code from comments, strings and characters.

It knows no grammar. Positions are offsets in code points, as Lean counts columns. What it finds is only a proposal:
which `sorry` has which goal is Lean's to say.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

_INTERESTING = re.compile(r"--|/-|r#*\"|[A-Za-z]+!\"|\"|'(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)|[^\\'\n])'|«")
_COMMENT_EDGE = re.compile(r"/-|-/")
_STRING_STOP = re.compile(r"\\|\"")
_INTERPOLATION_STOP = re.compile(r"\\|\"|\{")
_WORD = r"(?:«[^»\n]*»|[^\W\d][\w'!?]*)"
_TOKEN = re.compile(rf"#?{_WORD}(?:\.(?:{_WORD}|\d+))*|@\[|:=|=>|<;>|[()\[\]{{}}⟨⟩]|[^\s\w]|\d[\w.]*")
_OPEN, _CLOSE = frozenset(("(", "[", "{", "⟨", "@[")), frozenset((")", "]", "}", "⟩"))


def mask(text: str, *, literals: bool = True) -> str:
    """The text with every comment (and string and character literal) blanked out: same length, same line breaks."""
    parts: list[str] = []
    done = position = 0
    while (match := _INTERESTING.search(text, position)) is not None:
        start, opener = match.start(), match.group()
        end = _literal_end(text, start, match.end(), opener)
        if end is None:  # not a literal after all: the prime of an identifier, the `r` of `for"…`, a `«name»`
            position = start + 1 if opener != "«" else max(match.end(), text.find("»", start) + 1)
            continue
        position = end
        if literals or opener in ("--", "/-"):
            parts += (text[done:start], _blank(text[start:end]))
            done = end
    parts.append(text[done:])
    return "".join(parts)


def comments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The comments of a stretch of text that holds nothing else: where each begins and ends."""
    while start < end:
        if text.startswith("--", start) or text.startswith("/-", start):
            after = _literal_end(text, start, start + 2, text[start : start + 2]) or end
            yield start, after
            start = after
        else:
            start += 1


def _literal_end(text: str, start: int, after: int, opener: str) -> int | None:
    in_word = start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_'!?")
    if opener == "--":
        newline = text.find("\n", start)
        return len(text) if newline < 0 else newline
    if opener == "/-":
        return _block_comment_end(text, after)
    if opener == '"':
        return _string_end(text, after)
    if opener == "«":
        return None
    if opener.endswith('!"'):
        return _interpolated_end(text, after)
    if in_word:
        return None
    if opener.startswith("r"):
        closing = '"' + "#" * (len(opener) - 2)
        found = text.find(closing, after)
        return len(text) if found < 0 else found + len(closing)
    return after


def _block_comment_end(text: str, position: int) -> int:
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(text, position)
        if edge is None:
            return len(text)
        depth += 1 if edge.group() == "/-" else -1
        position = edge.end()
    return position


def _string_end(text: str, position: int) -> int:
    while (stop := _STRING_STOP.search(text, position)) is not None:
        if stop.group() == '"':
            return stop.end()
        position = stop.end() + 1
    return len(text)


def _interpolated_end(text: str, position: int) -> int:
    """The end of `s!"… {term} …"`, whose terms may hold strings of their own."""
    while (stop := _INTERPOLATION_STOP.search(text, position)) is not None:
        if stop.group() == '"':
            return stop.end()
        position = stop.end() + 1 if stop.group() == "\\" else _braces_end(text, stop.end())
    return len(text)


def _braces_end(text: str, position: int) -> int:
    depth = 1
    while depth and position < len(text):
        char = text[position]
        position += 1
        if char == '"':
            position = _string_end(text, position)
        else:
            depth += {"{": 1, "}": -1}.get(char, 0)
    return position


def _blank(text: str) -> str:
    return "\n".join(" " * len(line) for line in text.split("\n"))


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of masked text: where it stands, whether it opens its line, and how many brackets are open around it."""

    text: str
    start: int
    column: int
    opens_line: bool
    depth: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(masked: str) -> Iterator[Token]:
    """The tokens of a masked text, in order. A closing bracket has the depth of its opening one."""
    depth, line_start, previous_line = 0, 0, -1
    for match in _TOKEN.finditer(masked):
        start, text = match.start(), match.group()
        newline = masked.rfind("\n", line_start, start)
        if newline >= 0:
            line_start = newline + 1
        if text in _CLOSE:
            depth = max(0, depth - 1)
        yield Token(text, start, start - line_start, line_start != previous_line, depth)
        previous_line = line_start
        if text in _OPEN:
            depth += 1


class LineIndex:
    """Offsets to Lean's positions: lines from 1, columns from 0 in code points."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1]
