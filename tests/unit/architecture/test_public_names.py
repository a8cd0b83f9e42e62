"""Every public name of `search`, `critic` and `prover` is used outside its own file and the tests; the others begin
with an underscore.

A name is used where another file of these rooms, a script or an example of docs/api.md imports it, or reads it from the
imported module. The types in the signature of a used name are used with it: they are its contract.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.unit.architecture.source import ROOT, files, label, module_of

Name = tuple[Path, str]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign

CALLED_BY_NAME = {"main", "PAGE", "add_arguments", "run"}  # of a program; of the commands that prover.cli.main loads
CUSTOMARY = {"log", "T", "E"}  # a file's logger and its type variables

# What only tests use from outside: parts with a behaviour of their own, tested by themselves.
TESTED: dict[str, str] = {
    "prover/assembly/components.py": "model_orders",
    "prover/assembly/far.py": "open_driver",
    "prover/assembly/runtime.py": "near_runtime load",
    "prover/assembly/toolchains.py": "toolchains_of project_options",
    "prover/cli/check.py": "check_each say",
    "prover/cli/critic_eval.py": "evaluate",
    "prover/cli/doctor.py": "examine_models",
    "prover/cli/explain.py": "lines advice",
    "prover/cli/iterate.py": "assignment_of",
    "prover/cli/main.py": "COMMANDS EXITS command_module parser_of guarded exit_code",
    "prover/cli/page.py": "FAULTS",
    "prover/cli/prove.py": "resolve",
    "prover/cli/repl.py": "requests_of",
    "prover/cluster/actors.py": "options knock offer_token init_options",
    "prover/cluster/cluster.py": "num_drivers shares driver_needs deadline_s start_engines patience_of",
    "prover/cluster/placement.py": "share_gpus",
    "prover/confine/isolation.py": "MEASURES",
    "prover/driver/alternatives.py": "open_negation",
    "prover/driver/searches.py": "temperature_of",
    "prover/driver/tracer.py": "Tracer",
    "prover/lean/embedded/patch.py": "once between PATCHES",
    "prover/lean/embedded/wasm.py": "SYMBOL_MAGIC fnv1a",
    "prover/lean/upstream.py": "as_one result_of",
    "prover/learn/split.py": "shape",
    "prover/models/captured.py": "step_sizes rounded",
    "prover/models/fit.py": "split_goal",
    "prover/models/kv_cache.py": "BLOCK",
    "prover/models/ops.py": "rotate",
    "prover/models/prompts.py": "chat_turn",
    "prover/models/quantized.py": "Int4",
    "prover/models/scoring.py": "critic_prompt",
    "prover/models/tokenizer.py": "ByteVocabulary",
    "prover/policy/builtin/boxes.py": "bounded",
    "prover/policy/builtin/diophantine.py": "gcd_arguments",
    "prover/policy/builtin/elimination.py": "conjuncts",
    "prover/policy/builtin/functions.py": "tabulated",
    "prover/policy/builtin/introduction.py": "binder_names",
    "prover/policy/builtin/policy.py": "proposals",
    "prover/policy/builtin/quotients.py": "find_quotient",
    "prover/policy/builtin/residues.py": "residue_cases order_of",
    "prover/policy/builtin/rewriting.py": "if_conditions",
    "prover/policy/builtin/terms.py": "split_top known_terms bound_types",
    "prover/policy/builtin/view.py": "OWN_DEFINITION fresh_name",
    "prover/report/tree_files.py": "to_svg to_dot to_graphml to_json",
    "prover/run/utilisation.py": "UtilisationLog",
    "prover/tasks/audit.py": "renamed",
    "prover/workbench/host.py": "Host",
    "search/check.py": "InvariantBroken check_graph check_search check_best_paths",
    "search/rules.py": "known_rules",
}


def test_public_names_are_used_outside_their_file_and_the_tests() -> None:
    found = {f"{label(path)}: {name}" for path, names in lonely().items() for name in names}
    tested = {f"{file}: {name}" for file, names in TESTED.items() for name in names.split()}
    assert sorted(found - tested) == [], "give these an underscore"
    assert sorted(tested - found) == [], "these need no exception any more"


def lonely() -> dict[Path, list[str]]:
    """The public names that nothing outside their file uses, by file."""
    used = {name for path in (*files(), *scripts()) for name in uses(module_of(path), path)} | set(uses(examples()))
    found = {path: [name for name in public(path) if (path, name) not in used] for path in files()}
    return {path: left for path, names in found.items() if (left := beyond_contracts(path, names))}


def beyond_contracts(path: Path, names: list[str]) -> list[str]:
    """The names that no signature of a used or tested name in the same file mentions."""
    defined, tested = public(path), TESTED.get(label(path), "").split()
    while True:
        used = {name: signature(node) for name, node in defined.items() if name not in names or name in tested}
        left = [name for name in names if not any(name in seen for other, seen in used.items() if other != name)]
        if left == names:
            return left
        names = left


@cache
def public(path: Path) -> dict[str, Definition]:
    """The definitions of a file that begin with no underscore, without those that Python or custom names."""
    if path.name == "__init__.py":
        return {}
    found = {name: node for node in module_of(path).body if isinstance(node, Definition) for name in names_of(node)}
    exempt = CALLED_BY_NAME | CUSTOMARY
    return {name: node for name, node in found.items() if not name.startswith("_") and name not in exempt}


def names_of(node: Definition) -> list[str]:
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
    return [node.name]


def signature(node: ast.AST) -> set[str]:
    """What the outside sees of a definition: annotations, bases, public fields and methods; of a union its members."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        fields = [each for each in ast.walk(node) if is_init(node) and is_public_field(each)]
        return set[str]().union(mentioned(node.args), mentioned(node.returns), *map(mentioned, fields))
    if isinstance(node, ast.ClassDef):
        seen = [each for each in node.body if not getattr(each, "name", "").startswith("_") or is_init(each)]
        return set[str]().union(*(mentioned(base) for base in node.bases), *(signature(each) for each in seen))
    if isinstance(node, ast.AnnAssign):
        return mentioned(node.annotation)
    return mentioned(node.value) if isinstance(node, ast.Assign) and is_type(node) else set()


def is_init(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "__init__"


def is_public_field(node: ast.AST) -> bool:
    """Whether a field is set here whose name begins with no underscore."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(each, ast.Attribute) and not each.attr.startswith("_") for each in targets)


def is_type(node: ast.Assign) -> bool:
    """Whether an alias of types is defined, by its spelling."""
    return all(re.fullmatch(r"_?[A-Z]\w*[a-z]\w*", name) for name in names_of(node))


def mentioned(node: ast.AST | None) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} if node else set()


@cache
def scripts() -> tuple[Path, ...]:
    return tuple(sorted((ROOT / "scripts").rglob("*.py")))


def examples() -> ast.Module:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf8")
    return ast.parse("\n".join(re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)))


def uses(module: ast.Module, own: Path | None = None) -> Iterator[Name]:
    """The names of other files that a module imports, or reads from a file that it imports."""
    if own is not None and own.name == "__init__.py":
        return
    whole: dict[str, Path] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if inner := file_of(f"{node.module}.{alias.name}"):
                    whole[alias.asname or alias.name] = inner
                if (found := defined_in(node.module, alias.name)) and found[0] != own:
                    yield found
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in whole:
            yield whole[node.value.id], node.attr


def defined_in(module: str, name: str) -> Name | None:
    """Where a name that is imported from a module is defined: a package's face hands on what others define."""
    path = file_of(module)
    if path is None:
        return None
    if path.name != "__init__.py":
        return path, name
    for node in module_of(path).body:
        if isinstance(node, ast.ImportFrom) and node.module and name in {alias.name for alias in node.names}:
            return defined_in(node.module, name)
    return None


@cache
def file_of(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    candidates: Iterable[Path] = (path.with_suffix(".py"), path / "__init__.py")
    return next((each for each in candidates if each in files()), None)
