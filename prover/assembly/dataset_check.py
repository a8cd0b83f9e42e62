"""Checks a data set by running a sample of its steps again, each from its own row alone."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prover.assembly.components import pools_of
from prover.assembly.listener import Listener
from prover.assembly.toolchains import open_toolchain
from prover.config import LeanConfig
from prover.data.dataset import SPLITS, table_path
from prover.data.parquet import read_parquet
from prover.errors import UsageError
from prover.lean.pool import LeanPool
from prover.lean.problem import OpenFailed, Problem
from prover.run.trace import path_of, trace_expansion
from search.base import Candidate, LogProb, TacticCall, TacticLimits

_LIMITS = TacticLimits(heartbeats=2_000_000, wall_s=60.0)
"""More than any search gives: what a limit ended is no part of the sample, and nothing else may run into one."""
_DECIDED = ("proved", "advanced", "rejected")


@dataclass(frozen=True, slots=True)
class Replayed:
    """A step that was run again: whether Lean said what the row says, and otherwise what it said."""

    theorem: str
    tactic: str
    is_equal: bool
    said: str = ""


async def check_dataset(
    folder: Path, lean: LeanConfig | None = None, listener: Listener | None = None, *, sample: int = 200, seed: int = 0
) -> list[Replayed]:
    """Run `sample` steps of a data set again: same outcome, same states after, up to the names of hypotheses.

    Steps that a limit or a crash ended say nothing that holds elsewhere, and are left out.
    Raises UsageError if the folder holds no steps, MissingExtra without pyarrow.
    """
    listener, lean = listener or Listener(), lean or LeanConfig()
    rows = _sample(folder, sample, random.Random(seed))
    done: list[Replayed] = []
    async with pools_of([await open_toolchain(lean, listener)], lean, listener)[0] as pool:
        waiting = list(reversed(rows))

        async def work() -> None:
            while waiting:
                done.append(await _replayed(pool, waiting.pop()))
                listener.progress("replaying", len(done), len(rows), "step")

        await asyncio.gather(*(work() for _ in range(lean.workers)))
    return done


def _sample(folder: Path, size: int, rng: random.Random) -> list[Mapping[str, Any]]:
    paths = [path for part in SPLITS if (path := table_path(folder, "steps", part)).is_file()]
    rows = [row for path in paths for row in read_parquet(path) if row["outcome"] in _DECIDED]
    if not rows:
        raise UsageError(f"{folder} holds no steps of a data set that `stepwise dataset` wrote")
    return rng.sample(rows, min(size, len(rows)))


async def _replayed(pool: LeanPool, row: Mapping[str, Any]) -> Replayed:
    """One step again, in a theorem that is opened for it."""
    opened = await pool.open(Problem(row["theorem"], f"{row['header']}\n\n", f"{row['declaration']}\n"))
    if isinstance(opened, OpenFailed):
        return Replayed(row["theorem"], row["tactic"], False, opened.text)
    try:
        path = path_of(row["path"], row["foci"])
        (outcome,) = await opened.apply(path, [TacticCall(row["tactic"], _LIMITS)])
    finally:
        await opened.close()
    tried: Sequence[Any] = [(Candidate(row["tactic"], LogProb(0.0)), outcome)]
    (again,) = trace_expansion(opened.root, tried, index=0, path=path, at_s=0.0).tactics
    is_equal = (again.outcome, list(again.children)) == (row["outcome"], row["keys_after"])
    return Replayed(row["theorem"], row["tactic"], is_equal, f"{again.outcome} {again.error}".strip())
