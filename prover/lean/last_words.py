"""The last that a Lean process printed, as an error message quotes it."""

from __future__ import annotations

import re

_MAX_CHARACTERS = 400
_DEBUG_LINES = re.compile(r"^(?:\[DEBUG| {2}- /lean/| {2}mainModule\? =|LLVM Profile Error:).*\n?", re.MULTILINE)
"""Printed by the embedded build at each import, and when it ends."""
_MEMORY = re.compile(
    "[Oo]ut of memory|bad_alloc|RangeError: WebAssembly.Memory|ERR_WORKER_INIT_FAILED|memory pressure"
    "|[Cc]annot allocate memory"
)
TOO_LITTLE_MEMORY = (
    "Lean could not get its memory: each process of it needs 1 GB free (1.5 GB with a project) and 7 GB of addresses; "
    "end other programs, use --workers 1, raise the container's limit, or lift `ulimit -v` and `ulimit -d`"
)


def lacks_memory(printed: str) -> bool:
    """Whether it is the end of a process that did not get the memory that it asked for."""
    return _MEMORY.search(printed) is not None


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
