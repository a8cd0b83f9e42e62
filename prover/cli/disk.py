"""The cache's disk space, for `stepwise doctor`: what is there, and the removal of what other versions left."""

from __future__ import annotations

from collections.abc import Iterable

from prover.cli.console import Console
from prover.lean.embedded.disk import Part, clean, parts
from prover.lean.embedded.install import embedded_folder
from prover.lean.toolchain import current_folders
from prover.models.finding import Finding


def disk() -> Finding:
    """How much the embedded Lean takes, and how much of it is left over from other versions."""
    home, current = embedded_folder(), current_folders()
    found = parts(home, current)
    used = f"{_shown(part for part in found if part.is_current)} in {home}"
    others = [part for part in found if not part.is_current]
    left = f"; {_shown(others)} of other versions: `stepwise doctor --clean` removes it" if others else ""
    return Finding("disk", None if others else True, used + left)


def clean_cache(console: Console) -> int:
    """Remove what this version of Stepwise does not use, and say what; the exit code."""
    gone, kept = clean(embedded_folder(), current_folders())
    for part in gone:
        console.line(f"removed {part.path.name}  {_shown([part])}")
    for part in kept:
        console.line(f"kept    {part.path.name}  {_shown([part])}, in use by a running process")
    console.line(f"{_shown(gone)} freed in {embedded_folder()}")
    console.json({"freed": sum(part.size for part in gone), "removed": _listed(gone), "kept": _listed(kept)})
    return 0


def _listed(found: Iterable[Part]) -> list[dict[str, object]]:
    """The parts as JSON, sizes in bytes."""
    return [{"path": str(part.path), "size": part.size} for part in found]


def _shown(found: Iterable[Part]) -> str:
    """The size of the parts together."""
    size = sum(part.size for part in found)
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
