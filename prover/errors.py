"""The one tree of faults. Expected outcomes are values (`search.base.Outcome`); these are what went wrong around them.

StepwiseError
├── UsageError            the user can mend it: a wrong path, option or setting        exit code 2
│   └── MissingExtra          an optional library is not installed
├── ToolchainError        no usable Lean: not installed, damaged, unsupported          exit code 3
├── LeanFault             a Lean process misbehaved: retry elsewhere
│   ├── WorkerStartFailed     it never became ready
│   │   └── MemoryLacking         for want of memory                                   exit code 3
│   ├── WorkerDied            it ended, or was ended, with a request in flight
│   └── ProtocolFault         it answered something that is not an answer
├── ModelError            a model can't be loaded or gave unusable numbers             exit code 4
│   └── RequestFault          one request could not be answered; the model serves others
│       └── StepFault             a step failed, and ended all requests: each can be asked again
└── RunFolderError        a run folder is in use, damaged, or of another run           exit code 2
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path


class StepwiseError(Exception):
    """Base of all faults. The message says what was wrong, where, and what to do."""


class UsageError(StepwiseError):
    """The user can mend it."""


class MissingExtra(UsageError):
    """`purpose` needs a library that an extra of pyproject.toml brings; the message has the command for it."""

    def __init__(self, purpose: str, extra: str) -> None:
        checkout = Path(__file__).resolve().parents[1]
        is_checkout = (checkout / "pyproject.toml").is_file()
        package = f"-e '{_typed(checkout)}[{extra}]'" if is_checkout else f"'stepwise-prover[{extra}]'"
        super().__init__(
            f"{purpose}: the extra `{extra}` is not installed; it comes with: "
            f"{_typed(Path(sys.executable))} -m pip install {package}"
        )


def _typed(path: Path) -> str:
    """The path as a person in the current folder would type it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


class ToolchainError(StepwiseError):
    """No usable Lean toolchain."""


class LeanFault(StepwiseError):
    """A Lean process misbehaved; the work can be retried on another."""


class WorkerStartFailed(LeanFault):
    """The process never became ready."""


class MemoryLacking(WorkerStartFailed):
    """The system gave the process too little memory to become ready; the next one would fare no better."""


class DeathReason(StrEnum):
    """Why a Lean process is gone."""

    EXITED = "exited"  # by itself: a crash, or an exit nobody asked for
    DEADLINE = "deadline"  # ended by us: a request took longer than its limits and the grace
    MEMORY = "memory"  # ended by us: over its memory limit
    GARBAGE = "garbage"  # ended by us: what it answered is not an answer
    ABANDONED = "abandoned"  # ended by us: busy with tactics that nobody waited for any more
    CLOSED = "closed"  # ended by us: the pool closed, or the worker was retired


class WorkerDied(LeanFault):
    """The process ended, or was ended, with a request in flight.

    `was_running` is false for a request that only waited behind another: it is innocent and can be repeated.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: DeathReason = DeathReason.EXITED,
        was_running: bool = True,
        elapsed_s: float = 0.0,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.was_running = was_running
        self.elapsed_s = elapsed_s


class ProtocolFault(LeanFault):
    """The process answered something that is not an answer."""


class ModelError(StepwiseError):
    """A model can't be loaded or gave unusable numbers."""


class RequestFault(ModelError):
    """A model could not answer one request, and goes on serving others."""


class StepFault(RequestFault):
    """A step of a model failed, which ended all requests that were under way; the model goes on, and each can be asked
    again."""


class RunFolderError(StepwiseError):
    """A run folder is in use, damaged, or belongs to another run."""
