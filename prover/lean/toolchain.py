"""Where a Lean comes from, and how its step server is started."""

from __future__ import annotations

from typing import Protocol

from prover.lean.transport import Launch


class Toolchain(Protocol):
    """A Lean that is installed and ready to be started. Making one may take minutes; starting a server may not."""

    @property
    def name(self) -> str:
        """For people: which Lean this is."""
        ...

    def launch(self) -> Launch:
        """How to start one step server."""
        ...
