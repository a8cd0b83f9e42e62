"""A small scanner for Lean source text: enough to tell code from comments, strings and characters.

It knows no grammar. Positions are offsets in code points, as Lean counts columns. What it finds is only a proposal:
which `sorry` has which goal is Lean's to say.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

# Python's `\w` is not Lean's: to Lean `⁻¹axiom` and `λaxiom` are two tokens each, as `1e5axiom` and `..axiom` are.
_LETTER = (
    r"A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f\u0391-\u039f\u03a1\u03a2\u03a4-\u03a9\u03b1-\u03ba\u03bc-\u03fb"
    r"\u1f00-\u1ffe\u2100-\u214f\U0001d49c-\U0001d59f"
)
NUMBER = r"0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]+)?"
INDEX = r"(?<=[^.]\.)[0-9]+"  # `x.1.prefix` is no `1.` and `prefix`
IDENTIFIER = rf"[{_LETTER}][{_LETTER}0-9'!?\u2080-\u2089\u2090-\u209c\u1d62-\u1d6a\u2c7c]*"
FIELD_DOT = r"(?<!\.)\."  # what follows it is part of the name, even `r` in `x.r"…"`

_OPENER = r"--|/-|r#*\"|[A-Za-z]+!\"|\"|'(?:\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)|[^\\'\n])'"
_LITERAL = re.compile(_OPENER)
_CODE = re.compile(  # up to the next literal or comment, in whole names and numbers: `h'`, `for` and `1e5` open none
    rf"(?:«[^»]*»?|(?:{FIELD_DOT}|`|(?!{_OPENER})){IDENTIFIER}|{INDEX}|{NUMBER}|''|(?!{_OPENER})[\s\S])*+"
)
_COMMENT_EDGE = re.compile(r"/-|-/")
_STRING_STOP = re.compile(r"\\|\"")
_INTERPOLATION_STOP = re.compile(r"\\|\"|\{")
WORD = r"(?:«[^»\n]*»|[^\W\d][\w'!?]*)"
_TOKEN = re.compile(rf"#?{WORD}(?:\.(?:{WORD}|\d+))*|@\[|:=|=>|<;>|[()\[\]{{}}⟨⟩]|[^\s\w]|\d[\w.]*")
_OPEN, _CLOSE = frozenset(("(", "[", "{", "⟨", "@[")), frozenset((")", "]", "}", "⟩"))


def mask(text: str, *, literals: bool = True) -> str:
    """The text with every comment (and string and character literal) blanked out: same length, same line breaks."""
    parts: list[str] = []
    done = 0
    position = _code_end(text, 0)
    while (match := _LITERAL.match(text, position)) is not None:
        start, opener = position, match.group()
        end = _literal_end(text, start, match.end(), opener)
        if literals or opener in ("--", "/-"):
            parts += (text[done:start], _blank(text[start:end]))
            done = end
        position = _code_end(text, end)
    parts.append(text[done:])
    return "".join(parts)


def _comments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The comments of a stretch of text that holds nothing else: where each begins and ends."""
    while start < end:
        if text.startswith("--", start) or text.startswith("/-", start):
            after = _literal_end(text, start, start + 2, text[start : start + 2])
            yield start, after
            start = after
        else:
            start += 1


def doc_start(text: str, masked: str, start: int) -> int:
    """Where the doc comment `/-- … -/` that ends just before `start` begins; `start` without one."""
    code_end = len(masked[:start].rstrip())
    last = None
    for begin, end in _comments(text, code_end, start):
        last = (begin, end)
    if last is None or not text.startswith("/--", last[0]) or text[last[1] : start].strip():
        return start
    return last[0]


def _code_end(text: str, position: int) -> int:
    match = _CODE.match(text, position)
    return position if match is None else match.end()


def _literal_end(text: str, start: int, after: int, opener: str) -> int:
    """Where the literal or comment ends that starts there with this opener (a character's is all of it)."""
    if opener == "--":
        newline = text.find("\n", start)
        return len(text) if newline < 0 else newline
    if opener == "/-":
        return block_comment_end(text, after)
    if opener == '"':
        return string_end(text, after)
    if opener.endswith('!"'):
        return _interpolated_end(text, after)
    return raw_string_end(text, after, opener) if opener.startswith("r") else after


def raw_string_end(text: str, position: int, opener: str) -> int:
    """The end of a raw string, from behind its opener `r##"`."""
    closing = '"' + "#" * (len(opener) - 2)
    found = text.find(closing, position)
    return len(text) if found < 0 else found + len(closing)


def block_comment_end(text: str, position: int) -> int:
    """The end of a block comment, with all that it nests, from behind its `/-`."""
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(text, position)
        if edge is None:
            return len(text)
        depth += 1 if edge.group() == "/-" else -1
        position = edge.end()
    return position


def string_end(text: str, position: int) -> int:
    """The end of a plain string from behind its opening quote."""
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
            position = string_end(text, position)
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
    """Offsets to Lean's positions and back: lines from 1, columns from 0 in code points."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1]

    def offset(self, position: tuple[int, int]) -> int:
        line, column = position
        return self._starts[min(line, len(self._starts)) - 1] + column
