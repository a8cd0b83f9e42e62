"""Names that nothing declares and that somebody may have meant as a type: `ℕ` in core Lean, `Real` without Mathlib.

Lean makes a variable of such a name: a theorem about `(a : ℕ)` is one about every type, and perhaps proved as that.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from prover.lean.outline import Outline

_CORE = {"ℕ": "Nat", "ℤ": "Int", "ℚ": "Rat"}
_VARIABLE = re.compile(r"\w[0-9_'₀-₉]*")  # a letter with its number, as people name their types: `α`, `β₂`, `M'`


def taken_for_types(outline: Outline) -> Iterator[tuple[int, str]]:
    """The line of each such name's first use, and what is to be said of it."""
    told: set[str] = set()
    for command in outline.commands:
        for name in command.auto_bound:
            if name not in told and _looks_like_a_type(name):
                told.add(name)
                yield command.span.start[0], _said(name)


def _looks_like_a_type(name: str) -> bool:
    """Whether the name is more than a letter, or a letter in print that means a type (`ℕ` is `N` to NFKC)."""
    return _VARIABLE.fullmatch(name) is None or unicodedata.normalize("NFKC", name[0]) != name[0]


def _said(name: str) -> str:
    core = f"core Lean has `{_CORE[name]}`; " if name in _CORE else ""
    return (
        f"`{name}` is declared nowhere, so it is a variable here that stands for any type: {core}"
        "for Mathlib's types, `import Mathlib` and give --project DIR"
    )
