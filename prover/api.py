"""Stepwise from Python: what `docs/api.md` shows. Everything here is also what the command line calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prover.assembly.checking import check
from prover.assembly.components import Own, pools_of
from prover.assembly.filling import Filling, fill
from prover.assembly.listener import Listener
from prover.assembly.minimising import Minimised, minimise
from prover.assembly.proving import RunResults, prove, resume
from prover.assembly.repairing import Repair, repair
from prover.assembly.suggesting import Suggestions, suggest
from prover.assembly.toolchains import open_toolchain
from prover.config import Config, LeanConfig, ModelConfig, SearchConfig, load_config
from prover.errors import UsageError
from prover.lean.problem import OpenFailed, Problem
from prover.lean.theorem import OpenTheorem
from prover.tasks.load import open_inputs

__all__ = [
    "Config",
    "Filling",
    "LeanConfig",
    "Listener",
    "Minimised",
    "ModelConfig",
    "Own",
    "Repair",
    "RunResults",
    "SearchConfig",
    "Suggestions",
    "check",
    "fill",
    "load_config",
    "minimise",
    "open_inputs",
    "open_theorem",
    "prove",
    "repair",
    "resume",
    "suggest",
]


@asynccontextmanager
async def open_theorem(statement: str, lean: LeanConfig | None = None) -> AsyncIterator[OpenTheorem]:
    """One theorem, given as text with a `sorry`, open in a Lean of its own: `apply` runs tactics from any state.

    Raises UsageError if it does not elaborate, ToolchainError or LeanFault if there is no Lean to tell.
    """
    settings = lean or LeanConfig(workers=1)
    async with pools_of([await open_toolchain(settings)], settings, Listener())[0] as pool:
        opened = await pool.open(Problem("", "", statement))
        if isinstance(opened, OpenFailed):
            raise UsageError(f"the theorem does not elaborate: {opened.text}")
        yield opened
