"""Nothing lies about that only a test still uses: every name is reached from a command, a script or a benchmark.

Names are told apart by their spelling alone, so a dead `run` beside a live one goes unnoticed; nothing that is used is
ever reported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.unit.architecture.source import ROOT, files, label, module_of

ENTRY = "main"  # of prover.cli.main, as pyproject.toml names it

# What is reached by nothing of ours, and why it stays.
EXCEPTIONS = {
    "search/check.py: check_search": "the invariants of a search: every drive of a test is held against them",
    "search/check.py: check_best_paths": "one more of them, which holds for some rules alone",
    "prover/api.py: open_theorem": "for programs of others, see docs/api.md",
    "prover/cli/page.py: _Formatter._split_lines": "argparse calls it",
    "prover/lean/transport.py: _Events.connection_made": "asyncio calls it",
    "prover/lean/transport.py: _Events.pipe_data_received": "asyncio calls it",
    "prover/lean/transport.py: _Events.process_exited": "asyncio calls it",
    "prover/web/serving.py: _Server.capture_signals": "uvicorn calls it",
    "prover/lsp/server.py: _Quiet.report_server_error": "pygls calls it",
    "prover/train/trainers.py: _Telling.on_step_end": "transformers calls it",
    "prover/train/critic.py: _PairTrainer.compute_loss": "transformers calls it",
    "prover/models/batch.py: Batch.row_limit": "tests see by it that what a shortage took comes back",
    "prover/models/kv_cache.py: PrefixCache.num_free": "tests see by it that nothing leaks",
    "prover/models/rows.py: Rows.num_free": "tests see by it that nothing leaks",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Definition:
    """A function, class, method or constant, and the names that its text mentions."""

    place: str
    name: str
    owner: str | None
    mentions: frozenset[str]


def test_every_name_is_reached_from_a_command_a_script_or_a_benchmark() -> None:
    dead = unreached(exempt=set(EXCEPTIONS))
    assert dead == [], "give them a use, or delete them with the tests that keep them alive"
    assert [place for place in EXCEPTIONS if place not in unreached(exempt=set())] == [], "no exceptions any more"


def unreached(exempt: set[str]) -> list[str]:
    """The places of what nothing mentions that is itself reached; what is exempt is taken for reached."""
    names, waiting = roots(), definitions()
    while new := {each for each in waiting if each.place in exempt or is_named(each, names)}:
        waiting = [each for each in waiting if each not in new]
        names = names.union(*(each.mentions for each in new))
    return [each.place for each in waiting]


def is_named(definition: Definition, names: frozenset[str]) -> bool:
    return definition.name in names and (definition.owner is None or definition.owner in names)


@cache
def roots() -> frozenset[str]:
    """What is used without any definition of ours: by scripts, and by importing."""
    loose = [(node, path) for path in files() for node in module_of(path).body if not is_definition(node)]
    scripts = [(module_of(path), path) for path in sorted((ROOT / "scripts").rglob("*.py"))]
    return frozenset({ENTRY}).union(*(mentioned(node, aliases(module_of(path))) for node, path in (*loose, *scripts)))


@cache
def definitions() -> list[Definition]:
    return [
        each
        for path in files()
        for node in filter(is_definition, module_of(path).body)
        for each in defined(node, label(path), aliases(module_of(path)))
    ]


def is_definition(node: ast.stmt) -> bool:
    return isinstance(node, Function | ast.ClassDef | ast.Assign | ast.AnnAssign)


def defined(node: ast.stmt, file: str, names: dict[str, str]) -> Iterator[Definition]:
    if isinstance(node, Function):
        yield Definition(f"{file}: {node.name}", node.name, None, mentioned(node, names))
    elif isinstance(node, ast.ClassDef):
        methods = [each for each in node.body if isinstance(each, Function) and not is_special(each.name)]
        rest = [*node.bases, *node.decorator_list, *(each for each in node.body if each not in methods)]
        mentions = frozenset[str]().union(*(mentioned(each, names) for each in rest))
        yield Definition(f"{file}: {node.name}", node.name, None, mentions)
        for each in methods:
            yield Definition(f"{file}: {node.name}.{each.name}", each.name, node.name, mentioned(each, names))
    else:
        targets = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
        for name in sorted(name for name in targets if not is_special(name)):
            yield Definition(f"{file}: {name}", name, None, mentioned(node, names) - {name})


def is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def mentioned(node: ast.AST, names: dict[str, str]) -> frozenset[str]:
    """Names and attributes, and texts that may name a method: Ray's actors are called by them."""
    found: set[str] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            found.add(names.get(each.id, each.id))
        elif isinstance(each, ast.Attribute):
            found.add(each.attr)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.isidentifier():
            found.add(each.value)
    return frozenset(found)


@cache
def aliases(module: ast.Module) -> dict[str, str]:
    """What is imported under another name, by that name."""
    imports = [each for each in ast.walk(module) if isinstance(each, ast.ImportFrom)]
    return {alias.asname: alias.name for each in imports for alias in each.names if alias.asname}
