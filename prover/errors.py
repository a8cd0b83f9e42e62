"""The one tree of faults. Expected outcomes are values (`search.base.Outcome`); these are what went wrong around them.

    StepwiseError
    ├── UsageError            the user can mend it: a wrong path, option or setting        exit code 2
    ├── ToolchainError        no usable Lean: not installed, damaged, unsupported          exit code 3
    ├── LeanFault             a Lean process misbehaved: retry elsewhere
    │   ├── WorkerStartFailed     it never became ready
    │   ├── WorkerDied            it ended, or was ended, with a request in flight
    │   └── ProtocolFault         it answered something that is not an answer
    ├── ModelError            a model can't be loaded or gave unusable numbers             exit code 4
    └── RunFolderError        a run folder is in use, damaged, or of another run           exit code 2
"""

from __future__ import annotations


class StepwiseError(Exception):
    """Base of all faults. The message says what was wrong, where, and what to do."""


class UsageError(StepwiseError):
    """The user can mend it."""


class ToolchainError(StepwiseError):
    """No usable Lean toolchain."""


class LeanFault(StepwiseError):
    """A Lean process misbehaved; the work can be retried on another."""


class WorkerStartFailed(LeanFault):
    """The process never became ready."""


class WorkerDied(LeanFault):
    """The process ended, or was ended, with a request in flight."""


class ProtocolFault(LeanFault):
    """The process answered something that is not an answer."""


class ModelError(StepwiseError):
    """A model can't be loaded or gave unusable numbers."""


class RunFolderError(StepwiseError):
    """A run folder is in use, damaged, or belongs to another run."""
