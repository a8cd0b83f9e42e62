"""What is to be a `sorry` where Lean reports an error: the rest of the block from the tactic that failed on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.lsp.sketch import Change
from prover.tasks.scanner import mask

_HEAD = re.compile(r"(?:[·.] |(?:\||case\b|next\b)[^\n]*?=>[ \t]*|(?:have|show|suffices|obtain)\b[^\n]*?\bby[ \t]+)*")
_OPENS = re.compile(r"by\b|[·.](?=\s)|(?:\||case\b|next\b)[^\n]*?=>")
_BRACKETS = {"(": 1, "[": 1, "{": 1, "⟨": 1, ")": -1, "]": -1, "}": -1, "⟩": -1}


def opened_at(source: str, error: int, message: str, body: tuple[int, int]) -> Change | None:
    """The change that opens a `sorry` at an error of a theorem whose `body` (behind its `:=`) is that stretch of the
    text; None for an error outside of it. Offsets count code points.

    Where goals are unsolved, the `sorry` comes behind the last tactic of their block; a term becomes a `sorry` whole.
    """
    code = mask(source)
    start, end = body
    if not start <= error <= end:
        return None
    block = _OPENS.match(code, error) if message.startswith("unsolved goals") else None
    if block is not None:
        first = _skip_blank(code, block.end(), end)
        last = len(code[:end].rstrip()) if first >= end else _end_of_block(code, block.start(), first, end)
        column = _column(code, first) if first < end else _indent(code, error) + 2
        return Change(last, last, "\n" + " " * column + "sorry")
    opening = re.compile(r"\s*by\b").match(code, start, end)
    if opening is None:
        return Change(_skip_blank(code, start, end), end, "sorry")
    first = max(_start_of_tactic(code, error, opening.end()), _skip_blank(code, opening.end(), end))
    if first >= end:
        return None
    return Change(first, _end_of_block(code, _line_start(code, first), first, end), "sorry")


def _start_of_tactic(code: str, error: int, begin: int) -> int:
    """Where the tactic of an error begins: behind what opens its line. What an open bracket holds belongs to the line
    with the bracket."""
    line = _line_start(code, error)
    depth = 0
    for at in range(line - 1, begin - 1, -1):
        depth -= _BRACKETS.get(code[at], 0)
        if depth < 0:  # a bracket that is still open on the error's line
            depth, line = 0, _line_start(code, at)
    text = _skip_blank(code, max(line, begin), len(code))
    head = _HEAD.match(code, text, max(text, error))
    return text if head is None else head.end()


def _end_of_block(code: str, opening: int, first: int, end: int) -> int:
    """The end of the block whose first tactic begins at `first`; what opens it stands on the line of `opening`."""
    is_below = "\n" in code[opening:first]
    least = _column(code, first) if is_below or not code[_line_start(code, first) : first].strip() else None
    last = closed = _closing(code, first, end)
    for at in _line_starts(code, first, closed):
        text = at + _indent(code, at)
        if text >= closed or code[text] == "\n":
            continue
        inside = _indent(code, at) >= least if least is not None else _indent(code, at) > _indent(code, opening)
        if not inside:
            last = at
            break
    return first + len(code[first:last].rstrip())


def _closing(code: str, first: int, end: int) -> int:
    """The place of the bracket that holds the block, or the end."""
    depth = 0
    for at in range(first, end):
        depth += _BRACKETS.get(code[at], 0)
        if depth < 0:
            return at
    return end


def _line_starts(code: str, start: int, end: int) -> Iterator[int]:
    at = code.find("\n", start, end)
    while at >= 0:
        yield at + 1
        at = code.find("\n", at + 1, end)


def _line_start(code: str, at: int) -> int:
    return code.rfind("\n", 0, at) + 1


def _column(code: str, at: int) -> int:
    return at - _line_start(code, at)


def _indent(code: str, at: int) -> int:
    line = code[_line_start(code, at) :].split("\n", 1)[0]
    return len(line) - len(line.lstrip(" "))


def _skip_blank(code: str, at: int, end: int) -> int:
    return end - len(code[at:end].lstrip()) if at < end else end
