"""Reads a script out of what a planner wrote: a whole theorem, a tactic block, or `have`s without proofs."""

from __future__ import annotations

import re
import textwrap

from prover.ask.readers import last_fence
from prover.tasks.document import document_of
from prover.tasks.scanner import mask
from prover.tasks.text import proofs

_BY = re.compile(r"(?::=)?\s*by\b[ \t]*")
_BEHIND = re.compile(r"^(?:where|termination_by|decreasing_by)\b", re.MULTILINE)
_MOST_CHARS = 40_000


def script_in(answer: str, name: str) -> str:
    """The script that an answer gives for the proof of the theorem `name`; empty if it gives none. Of several theorems
    the one of that name counts, or else the last."""
    text = last_fence(answer[-_MOST_CHARS:])
    found = list(proofs(document_of(text)))
    if not found:
        return _with_proofs(_block(text.strip("\n"), 0))
    _, start, body = next((each for each in found if _last(each[0]) == _last(name)), found[-1])
    return _block(body, start - (text.rfind("\n", 0, start) + 1))


def theorems_in(text: str) -> dict[str, tuple[str, ...]]:
    """The script of every theorem in a file, by its name."""
    found: dict[str, tuple[str, ...]] = {}
    for name, start, body in proofs(document_of(text)):
        column = start - (text.rfind("\n", 0, start) + 1)
        found[name] = (*found.get(name, ()), _block(body, column))
    return found


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _block(body: str, column: int) -> str:
    """A body as a script; `column` is where it begins on its line. A term becomes an `exact`, equations one of a
    function; what stands further out behind them (`where`, `termination_by`) stays so."""
    behind = _BEHIND.search(mask(body))
    if behind is not None:
        return f"{_block(body[: behind.start()], column)}\n{body[behind.start() :].rstrip()}"
    opening = _BY.match(body)
    if body.startswith("|"):
        return f"exact fun\n{textwrap.indent(_dedented(' ' * column + body), '  ')}"
    if opening is None:
        term = body.removeprefix(":=")
        return f"exact\n{textwrap.indent(textwrap.dedent(term).strip(), '  ')}" if term != body else _dedented(body)
    rest = body[opening.end() :]
    first, newline, others = rest.partition("\n")
    if not first.strip() or not newline:
        return _dedented(rest)
    here = column + opening.end() if "\n" not in opening.group() else None
    lines = [line for line in others.split("\n") if line.strip()]
    is_same_block = bool(lines) and min(len(line) - len(line.lstrip()) for line in lines) == here
    return f"{first}\n{textwrap.indent(textwrap.dedent(others), '' if is_same_block else '  ')}".rstrip()


def _dedented(text: str) -> str:
    return textwrap.dedent(text).strip("\n").rstrip()


def _with_proofs(script: str) -> str:
    """The script; if it is nothing but `have`s without a proof, with a `sorry` for each and for the rest."""
    pieces = re.split(r"\n(?=\S)", script)
    codes = [mask(piece).strip() for piece in pieces]
    is_bare = [code.startswith("have ") and ":=" not in code and ":" in code for code in codes]
    if not any(is_bare) or not all(bare or not code for bare, code in zip(is_bare, codes, strict=True)):
        return script
    haves = [f"{piece.rstrip()} := by\n  sorry" for piece, bare in zip(pieces, is_bare, strict=True) if bare]
    return "\n".join((*haves, "sorry"))
