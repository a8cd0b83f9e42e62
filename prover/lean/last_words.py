"""The last that a Lean process printed, as an error message quotes it."""

from __future__ import annotations

import re

from prover.lean.embedded.memory import lacks_memory

_MAX_CHARACTERS = 400
_DEBUG_LINES = re.compile(r"^(?:\[DEBUG| {2}- /lean/| {2}mainModule\? =|LLVM Profile Error:).*\n?", re.MULTILINE)
"""Printed by the embedded build at each import, and when it ends."""


def last_words(printed: str) -> str:
    """At most 400 characters from the end of `printed`, from the beginning of a line where there is one; the debug
    lines of the embedded build are left out, and where memory was lacking there is a word for it."""
    if lacks_memory(printed):
        return "out of memory"
    kept = _DEBUG_LINES.sub("", printed).strip()
    if len(kept) > _MAX_CHARACTERS:
        kept = kept[-_MAX_CHARACTERS:]
        kept = kept.partition("\n")[2] or kept
    return kept
