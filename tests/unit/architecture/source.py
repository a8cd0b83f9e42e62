"""The source of the rooms as the tests of the architecture read it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("search", "critic", "prover")


@dataclass(frozen=True)
class Import:
    """`names` are those that are imported from `module`; none where the module itself is."""

    module: str
    names: tuple[str, ...] = ()


@cache
def files() -> tuple[Path, ...]:
    return tuple(sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")))


@cache
def module_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf8"))


def label(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imports(path: Path) -> tuple[Import, ...]:
    """All imports of a file, those inside functions and for type checking too."""
    found: list[Import] = []
    for node in ast.walk(module_of(path)):
        if isinstance(node, ast.Import):
            found += [Import(alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(Import(node.module, tuple(alias.name for alias in node.names)))
    return tuple(found)


def importers(*libraries: str) -> set[str]:
    """The files that import one of these libraries."""
    return {label(path) for path in files() if any(each.module.split(".")[0] in libraries for each in imports(path))}
