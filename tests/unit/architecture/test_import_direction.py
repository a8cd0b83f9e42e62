"""The rooms import only what docs/design.md allows."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("search", "critic", "prover")
STANDARD = frozenset(sys.stdlib_module_names) | {"__future__"}


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@cache
def imports(path: Path) -> list[tuple[str, bool]]:
    """(module, at import time?) for each import of a file."""
    found: list[tuple[str, bool]] = []
    pending: list[tuple[ast.AST, bool]] = [(ast.parse(path.read_text(encoding="utf8")), True)]
    while pending:
        node, is_eager = pending.pop()
        if isinstance(node, ast.Import):
            found += [(alias.name, is_eager) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append((node.module, is_eager))
        elif not isinstance(node, ast.expr):
            is_lazy = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or is_type_checking(node)
            pending += [(inner, is_eager and not is_lazy) for inner in ast.iter_child_nodes(node)]
    return found


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def top(module: str) -> str:
    return module.split(".")[0]


def test_search_imports_nothing_but_the_standard_library_and_itself() -> None:
    for path in modules("search"):
        allowed = STANDARD | {"search"}
        found = {top(module) for module, _ in imports(path)}
        assert found <= allowed, f"{path.relative_to(ROOT)} imports {sorted(found - allowed)}"


def test_critic_knows_of_search_only_its_vocabulary() -> None:
    for path in modules("critic"):
        for module, _ in imports(path):
            assert top(module) != "prover", f"{path.relative_to(ROOT)} imports {module}"
            assert top(module) != "search" or module == "search.base", f"{path.relative_to(ROOT)} imports {module}"


def test_only_actors_and_cluster_import_ray() -> None:
    for room in ROOMS:
        for path in modules(room):
            names = {top(module) for module, _ in imports(path)}
            assert "ray" not in names or "cluster" in path.parts or path.stem in {"actors", "cluster"}, path


def test_only_the_process_rooms_start_processes() -> None:
    allowed = {"command.py", "transport.py", "install.py", "toolchain.py"}
    for room in ROOMS:
        for path in modules(room):
            starts = {"subprocess", "multiprocessing"} & {top(module) for module, _ in imports(path)}
            inside = {"judge", "embedded"} & set(path.parts)
            assert not starts or path.name in allowed or inside, f"{path.relative_to(ROOT)} imports {starts}"


def test_confinement_knows_nothing_of_lean() -> None:
    for path in modules("prover/confine"):
        found = {module for module, _ in imports(path) if top(module) == "prover"}
        assert all(module.startswith(("prover.confine", "prover.errors")) for module in found), path


def test_the_numbers_of_a_result_are_read_by_name_outside_of_reports() -> None:
    for path in modules("prover") + sorted((ROOT / "scripts").rglob("*.py")):
        is_allowed = path.name == "usage.py" or path.is_relative_to(ROOT / "prover" / "report")
        found = re.search(r"\bstats(\.get\(|\[)", path.read_text(encoding="utf8"))
        assert is_allowed or found is None, path.relative_to(ROOT)


def test_a_run_folder_is_read_without_lean_or_the_judge() -> None:
    for path in modules("prover/run"):
        for module, _ in imports(path):
            assert not module.startswith(("prover.lean", "prover.judge", "prover.driver")), f"{path.name}: {module}"
