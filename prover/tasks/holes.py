"""The places of `sorry`s in a text, and how a proof is written there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from prover.tasks.scanner import mask

_LINE = 100  # columns, Mathlib's limit
_EXACT = re.compile(r"exact ((?!fun\b.*=> by\b)[^\n?]*)")
_VALUE = re.compile(r"exact (\d+|true|false|\[\]|\([^()]*\)|fun \w+ => [^()]*)")
"""Tactics whose term stands by itself and means the same: any where its type is known, behind `:=`, `=>` or `from`; a
value anywhere."""
_TYPED = (":=", "=>", "from")
"""The type of what stands behind these is known."""
_OPENS_BLOCK = re.compile(r"=>|;|\bby\b")
_BULLETED = re.compile(r" *(?:[·.] +)*")
_AHEAD = 2000  # characters behind a hole: enough to see the next line


class HoleStyle(StrEnum):
    """How the `sorry` stands in the text, and so how a proof is written in its place."""

    BY = "by"  # `:= by sorry`: the whole proof
    TERM = "term"  # `:= sorry`: the whole proof, in term position
    INNER_TACTIC = "inner-tactic"  # inside a proof that somebody began
    INNER_TERM = "inner-term"

    @property
    def is_term(self) -> bool:
        return self in (HoleStyle.TERM, HoleStyle.INNER_TERM)


@dataclass(frozen=True, slots=True)
class Hole:
    """The place of the word `sorry`, which is all that a proof replaces: offsets in code points, `end` exclusive."""

    start: int
    end: int
    style: HoleStyle

    def moved(self, by: int) -> Hole:
        """The same hole in a text in which it stands so many characters further on."""
        return replace(self, start=self.start + by, end=self.end + by)


def chosen(holes: Sequence[Hole], scripts: Sequence[str | None], by: int) -> list[tuple[Hole, str]]:
    """The holes that get a script, moved, each with it."""
    pairs = zip(holes, scripts, strict=False)
    return [(hole.moved(by), script) for hole, script in pairs if script is not None]


def blocks(text: str, fills: Sequence[tuple[Hole, str]], column: int) -> Iterator[tuple[int, int, str]]:
    """What stands in the place of each hole, and the stretch of the text that it replaces. Where a hole begins depends
    on what was written before it on its line. `text` begins a line; `column` is that of the declaration."""
    before, done = "", 0
    for hole, script in fills:
        before += text[done : hole.start]
        is_last = hole.style is HoleStyle.INNER_TERM and _ends_its_term(before, text[hole.end :])
        below = _below(_last_line(before), text[hole.end :])
        kept, block = _written(before, HoleStyle.TERM if is_last else hole.style, script, column, below)
        if block.startswith("(by") and before.endswith("(") and text.startswith(")", hole.end):
            block = block[1:-1]
        yield hole.start - (len(before) - kept), hole.end, block
        before, done = before[:kept] + block, hole.end


def _ends_its_term(before: str, after: str) -> bool:
    """Whether a term in a hole is a whole body of its own, so that it needs no parentheses: it stands behind `:=`, `=>`
    or `from`, its line ends with it, and the next line is no further in than its own or begins a calculation's next
    step."""
    if not before.rstrip().endswith(_TYPED):
        return False
    rest, _, below = mask(after[:_AHEAD]).partition("\n")
    next_line = next((each for each in below.split("\n") if each.strip()), "")
    is_below = _indent(next_line) <= _indent(_last_line(before)) or next_line.lstrip().startswith("_ ")
    return not rest.strip() and is_below


def _below(line: str, after: str) -> int | None:
    """The column in which several lines stand below their own line, if that ends with what opens their block, `=>` or
    `by`, and opens no other; None where they stay beside it."""
    code, rest = mask(line), mask(after[:_AHEAD]).partition("\n")[0]
    brackets = sum(code.count(each) for each in "([{⟨") - sum(code.count(each) for each in ")]}⟩")
    opener = _OPENS_BLOCK.search(code)
    if rest.strip() or brackets or opener is None or opener.group() == ";" or code[opener.end() :].strip():
        return None
    found = _BULLETED.match(code)
    return (len(found.group()) if found else 0) + 2


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _written(before: str, style: HoleStyle, script: str, column: int, below: int | None) -> tuple[int, str]:
    """A proof as it is written behind the text `before` its hole, indented so that Lean reads its lines as one block,
    and how much of that text stays: all, or all but the blanks that would end their line.

    A proof of one line takes the place of the word `sorry`, if the line stays within 100 columns or grows no longer
    than it was; a longer proof of a whole body is indented two further than its declaration or line, unless its `sorry`
    has a line of its own; one in a block that its line opens begins the next line, in the column `below`; any other
    stays in the column of its `sorry`.
    """
    script = script[: len(mask(script, literals=False).rstrip())] or script  # a comment at its end would go on
    lines = script.strip("\n").split("\n")
    block = _on_the_line(before, style, lines[0]) if len(lines) == 1 else None
    if block is None and style is HoleStyle.BY:
        below = column + 2
    if block is None and not style.is_term and below is not None and _last_line(before).strip():
        return len(before.rstrip(" ")), "\n" + _indented(lines, below)
    return len(before), _in_lines(before, style, lines, column) if block is None else block


def _on_the_line(before: str, style: HoleStyle, script: str) -> str | None:
    """A proof of one line in the place of the word `sorry`; None where it is a whole body and the line too long."""
    here = len(_last_line(before))
    fits = here + len("by ") + len(script) <= max(_LINE, here + len("by sorry"))
    value = _VALUE.fullmatch(script)
    match style:
        case HoleStyle.INNER_TACTIC:
            return script
        case HoleStyle.INNER_TERM if value:
            return f"({value[1]})" if value[1].startswith("fun ") else value[1]
        case HoleStyle.INNER_TERM:
            return f"(by {script})"
        case _ if not fits:
            return None
        case HoleStyle.BY:
            return script
        case HoleStyle.TERM:
            term = _EXACT.fullmatch(script) if before.rstrip().endswith(_TYPED) else value
            return term[1] if term else f"by {script}"
        case _:
            assert_never(style)


def _in_lines(before: str, style: HoleStyle, lines: Sequence[str], column: int) -> str:
    """A proof whose lines stand below each other, the first in the place of the word `sorry`."""
    line = _last_line(before)
    here, opens_line = len(line), not line.strip()
    match style:
        case HoleStyle.TERM:
            return "by\n" + _indented(lines, (here if opens_line else max(column, _indent(line))) + 2)
        case HoleStyle.INNER_TERM:
            return "(by\n" + _indented(lines, here + 2) + ")"
        case HoleStyle.BY | HoleStyle.INNER_TACTIC:
            is_joined = before.rstrip().endswith((";", "<;>"))
            return f"({_indented(lines, here + 1).lstrip(' ')})" if is_joined else _indented(lines, here).lstrip(" ")
        case _:
            assert_never(style)


def _last_line(text: str) -> str:
    return text[text.rfind("\n") + 1 :]


def _indented(lines: Sequence[str], width: int) -> str:
    return "\n".join(" " * width + line if line.strip() else "" for line in lines)
