"""Which files may import what reaches outside, exactly."""

from __future__ import annotations

import ast
import sys

from tests.unit.architecture.source import files, importers, imports, label, module_of

STANDARD = frozenset(sys.stdlib_module_names)
OUTSIDE = {"asyncio", "io", "multiprocessing", "os", "random", "shutil", "socket", "subprocess", "sys", "tempfile"}
STARTERS = {"create_subprocess_exec", "create_subprocess_shell", "subprocess_exec", "subprocess_shell"}
OF_OS = ("exec", "fork", "popen", "posix_spawn", "spawn", "system")


def libraries(room: str) -> set[str]:
    return {each.module.split(".")[0] for path in files() if label(path).startswith(room) for each in imports(path)}


def test_the_search_imports_the_standard_library_alone_and_nothing_of_it_that_reaches_outside() -> None:
    assert libraries("search/") - STANDARD == {"search"}
    assert libraries("search/") & OUTSIDE == set()


def test_the_critic_knows_of_the_search_only_its_vocabulary() -> None:
    for path in files():
        if label(path).startswith("critic/"):
            known = {each.module for each in imports(path) if each.module.split(".")[0] == "search"}
            assert known <= {"search.base"}, label(path)


def test_ray_is_known_to_actors_and_their_metrics_alone() -> None:
    assert importers("ray") == {"prover/cluster/actors.py", "prover/cluster/metrics.py"}


def test_networkx_is_known_to_the_trees_of_reports_alone() -> None:
    assert importers("networkx") == {"prover/report/tree_files.py", "prover/report/tree_graph.py"}


def test_processes_are_started_by_few_files() -> None:
    starting = {label(path) for path in files() if any(starts(node) for node in ast.walk(module_of(path)))}
    assert importers("subprocess", "multiprocessing") | starting == {
        "prover/confine/command.py",
        "prover/confine/guard.py",
        "prover/lean/embedded/download.py",
        "prover/lean/embedded/snapshot.py",
        "prover/lean/transport.py",
        "prover/tasks/dojo.py",
        "prover/workbench/client.py",
    }


def starts(node: ast.AST) -> bool:
    """Whether a process is started here without either module."""
    if not isinstance(node, ast.Attribute):
        return False
    is_of_os = isinstance(node.value, ast.Name) and node.value.id == "os"
    return node.attr in STARTERS or (is_of_os and node.attr.startswith(OF_OS))
