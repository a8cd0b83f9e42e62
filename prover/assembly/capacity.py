"""How many Lean workers a run starts: no more than its theorems keep busy, nor than memory has room for."""

from __future__ import annotations

import os
from dataclasses import replace

from prover.config import Config

_GIB = 1 << 30
_EMBEDDED_BYTES = int(0.8 * _GIB)  # what a worker holds from the start, measured
_PROJECT_BYTES = int(1.5 * _GIB)  # without the libraries' files, which all share
_WORKERS_A_JUDGE = 4


def judges_beside(workers: int) -> int:
    """How many proofs of one Lean are judged at once beside so many workers."""
    return max(1, workers // _WORKERS_A_JUDGE)


def fitted(config: Config, theorems: int, *, num_leans: int = 1, free_bytes: int = 0) -> tuple[Config, str]:
    """The settings with no more workers than are of use, and a line for people that says how many start and why.

    `theorems` are those of the Lean with the most; `free_bytes` of memory are left for workers and judges, 0 if that is
    not known. One worker is started whatever there is.
    """
    asked = config.lean.workers
    workers, why = asked, ""
    busy = theorems * config.search.passes * config.search.in_flight
    if busy < workers:
        workers = max(1, busy)
        searches = "one theorem keeps" if theorems == 1 else f"{theorems} theorems keep"
        why = f"{asked} were asked for, {searches} {workers} busy: {config.search.in_flight} for each search"
    size = _PROJECT_BYTES if config.lean.projects else _EMBEDDED_BYTES
    room = _room(free_bytes // num_leans, size)
    if free_bytes and room < workers:
        workers = room
        free, each = free_bytes / _GIB, size / _GIB
        why = f"{asked} were asked for, {free:.1f} GiB of memory are free, and each takes {each:.1f} and more"
    cores = len(os.sched_getaffinity(0))
    if workers * num_leans > cores:
        why = "; ".join(filter(None, (why, f"this machine has {cores} cores, more workers than that gain nothing")))
    said = f"{workers} Lean worker{'s' * (workers > 1)}{' for each Lean' * (num_leans > 1)}"
    return replace(config, lean=replace(config.lean, workers=workers)), f"{said} ({why})" if why else said


def _room(free_bytes: int, size: int) -> int:
    """So many workers of a size fit in, beside the judges that go with them; at least one."""
    workers = max(1, free_bytes // size)
    while workers > 1 and (workers + 2 * judges_beside(workers) + 1) * size > free_bytes:
        workers -= 1
    return workers
