"""What a process says that did not get its memory, and what a person hears of it."""

from __future__ import annotations

import re

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
