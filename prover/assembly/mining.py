"""Mines statements to prove from compiled modules: printed by Lean, read again by Lean, written as a benchmark file."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from prover.assembly.listener import Listener
from prover.assembly.toolchains import open_toolchain
from prover.config import LeanConfig
from prover.errors import LeanFault, RunFolderError, UsageError
from prover.lean.library import Module
from prover.lean.outline import AskOutline, Outline, Unread
from prover.lean.session import SessionLimits, Worker
from prover.lean.toolchain import Toolchain
from prover.tasks.mined import MinedStatement, mined
from prover.tasks.rows import as_library_file

log = logging.getLogger(__name__)

_LIMIT_S = 300.0  # to import a library, or to print a module
_AT_ONCE = 100  # statements in a text that Lean reads again
_STRICT = "set_option autoImplicit false\n"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which modules: those that importing the `roots` brings, whose names match a pattern of `include` (`Init.Data.*`)
    and none of `exclude`. An exact name is a pattern, too."""

    roots: tuple[str, ...] = ("Init", "Std")
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    licence: str = ""

    def takes(self, module: str) -> bool:
        return _matches(module, self.include) and not _matches(module, self.exclude)


async def mine_statements(
    target: Path, wanted: Wanted, lean: LeanConfig | None = None, listener: Listener | None = None
) -> Counter[str]:
    """Write the theorems of compiled modules to `target`, a `.jsonl` file of rows, module by module.

    A file that is there already is gone on with, behind its last whole module. Returns how many statements were
    `written`, and how many were left out because Lean does not read them as it printed them (`unreadable`). Raises
    UsageError if no module is wanted, RunFolderError if the file can't be written.
    """
    listener = listener or Listener()
    toolchain = await open_toolchain(lean or LeanConfig(), listener)
    if toolchain.launch().is_upstream:
        raise UsageError("the community REPL can't say what a library states; leave out lean.repl")
    printer = await Worker.start(toolchain.launch(), SessionLimits())
    counts: Counter[str] = Counter()
    try:
        found = [(root, module) for root in wanted.roots for module in await printer.modules(root, _LIMIT_S)]
        modules = {module.name: (root, module) for root, module in reversed(found) if wanted.takes(module.name)}
        if not modules:
            raise UsageError(f"no module below {', '.join(wanted.roots)} is wanted")
        for name in _whole_modules(target):
            modules.pop(name, None)
        await _mine(target, list(modules.values()), wanted.licence, _Tools(toolchain, printer, listener), counts)
    finally:
        await printer.process.close(grace_s=0.0)
    return counts


@dataclass(frozen=True, slots=True)
class _Tools:
    """The Lean of the library, a worker that prints it, and who is told."""

    toolchain: Toolchain
    printer: Worker
    listener: Listener


async def _mine(
    target: Path, modules: Sequence[tuple[str, Module]], licence: str, tools: _Tools, counts: Counter[str]
) -> None:
    """Module by module. What can't be read without its implicit arguments is printed once more with them."""
    for number, (root, module) in enumerate(modules):
        tools.listener.progress("mining", number, len(modules), "module")
        stated = mined(module, await tools.printer.theorems(root, module.name, _LIMIT_S))
        good = await _readable(stated, tools.toolchain)
        if len(good) < len(stated):
            explicit = mined(module, await tools.printer.theorems(root, module.name, _LIMIT_S, is_explicit=True))
            good |= await _readable([each for each in explicit if each.name not in good], tools.toolchain)
        counts["written"] += len(good)
        counts["unreadable"] += len(stated) - len(good)
        _append(target, [good[each.name].row(licence) for each in stated if each.name in good])


async def _readable(statements: Sequence[MinedStatement], toolchain: Toolchain) -> dict[str, MinedStatement]:
    """Those that Lean reads behind the imports of their module, by name. A worker of its own reads them: the libraries
    of many modules would fill one."""
    good: dict[str, MinedStatement] = {}
    if not statements:
        return good
    worker = await Worker.start(toolchain.launch(), SessionLimits())
    try:
        for start in range(0, len(statements), _AT_ONCE):
            some = {each.name: each for each in statements[start : start + _AT_ONCE]}
            theorems = (f"{each.formal_statement}\n  sorry\n" for each in some.values())
            text = "\n".join((as_library_file(statements[0].header), _STRICT, *theorems))
            outline = await worker.outline(AskOutline(text, _LIMIT_S))
            good |= {name: some[name] for name in some if name in _sound(outline)}
    except LeanFault as fault:
        log.warning("%s: some of its statements were not read again: %s", statements[0].module, fault)
    finally:
        await worker.process.close(grace_s=0.0)
    return good


def _sound(outline: Outline | Unread) -> set[str]:
    """The declarations of a text that elaborate."""
    if isinstance(outline, Unread):
        return set()
    return {
        command.name
        for command in outline.commands
        if command.name and not any(message.severity == "error" for message in command.messages)
    }


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _whole_modules(target: Path) -> list[str]:
    """The modules in a file that is gone on with; its last one may lack theorems, so its rows are taken out."""
    if not target.exists():
        return []
    try:
        rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
        modules = list(dict.fromkeys(row["module"] for row in rows))
        target.unlink()
        _append(target, [row for row in rows if row["module"] != modules[-1]])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise UsageError(f"{target} is there already and holds no mined statements; choose another file") from error
    return modules[:-1]


def _append(target: Path, rows: Iterable[dict[str, str]]) -> None:
    try:
        with target.open("a", encoding="utf-8") as stream:
            stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    except OSError as error:
        raise RunFolderError(f"{target} can't be written: {error.strerror or error}") from error
