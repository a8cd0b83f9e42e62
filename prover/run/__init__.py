"""The run folder: inputs, journal, proofs and traces, safe against kills, full disks and second owners."""

from prover.run.folder import RunFolder, RunInfo, read_info
from prover.run.journal import FolderLock, Journal, read_results
from prover.run.result import SCHEMA_VERSION, Status, TheoremResult
from prover.run.trace import TraceExpansion, TraceTactic, TraceWriter, read_trace, trace_expansion, trace_tactic

__all__ = [
    "SCHEMA_VERSION",
    "FolderLock",
    "Journal",
    "RunFolder",
    "RunInfo",
    "Status",
    "TheoremResult",
    "TraceExpansion",
    "TraceTactic",
    "TraceWriter",
    "read_info",
    "read_results",
    "read_trace",
    "trace_expansion",
    "trace_tactic",
]
