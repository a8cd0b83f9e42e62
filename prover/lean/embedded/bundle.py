"""Bundles a server's modules into one source file, which is elaborated where the server runs.

The embedded build can't import modules that it compiled itself: their `.olean` files lack the code. Each module becomes
a `section`, in the order of imports; the file's header imports what the modules import from outside. Private names must
differ between modules.
"""

from __future__ import annotations

import re
from pathlib import Path

from prover.errors import ToolchainError

_IMPORT = re.compile(r"^(?:public\s+)?(?:meta\s+)?import\s+(?:all\s+)?(\S+)\s*$", re.MULTILINE)


def bundle(sources: Path, main: str) -> str:
    """The text of `sources/main` with all modules of `sources` that it imports. Raises ToolchainError if one is
    missing."""
    order: list[str] = []
    outside: dict[str, None] = {}
    texts: dict[str, str] = {}
    _visit(sources, main.removesuffix(".lean"), order, outside, texts)
    header = "".join(f"import {name}\n" for name in outside)
    *modules, last = order
    sections = "".join(f"section\n{texts[name]}\nend\n" for name in modules)
    return f"{header}\n{sections}\n{texts[last]}"


def _visit(sources: Path, name: str, order: list[str], outside: dict[str, None], texts: dict[str, str]) -> None:
    path = sources / (name.replace(".", "/") + ".lean")
    try:
        text = path.read_text(encoding="utf8")
    except FileNotFoundError as fault:
        if not texts or (sources / name.split(".")[0]).exists():
            raise ToolchainError(f"the server's sources in {sources} lack {path.name}") from fault
        outside[name] = None
        return
    texts[name] = _IMPORT.sub("", text)
    for imported in _IMPORT.findall(text):
        if imported not in texts:
            _visit(sources, imported, order, outside, texts)
    order.append(name)
