"""Statements of a compiled library as theorems to prove: renamed, and behind the imports of their own module alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from prover.lean.library import Module, Stated
from prover.tasks.hidden import without_hidden

_SEPARATORS = re.compile(r"[^\w'!?]+")


@dataclass(frozen=True, slots=True)
class MinedStatement:
    """A theorem of a library as a statement that stands alone. `source` is its name there."""

    name: str
    source: str
    module: str
    header: str
    formal_statement: str

    def row(self, licence: str) -> dict[str, str]:
        """The statement as a row of a benchmark file, as `stepwise prove` takes it."""
        return {
            "name": self.name,
            "source": self.source,
            "module": self.module,
            "header": self.header,
            "formal_statement": self.formal_statement,
            "licence": licence,
        }


def mined(module: Module, theorems: Iterable[Stated]) -> list[MinedStatement]:
    """The theorems of a module that Lean could print. The header imports what the module imports, so neither a theorem
    itself nor its neighbours are there to prove it."""
    header = "\n".join(f"import {name}" for name in dict.fromkeys(module.imports)) or "prelude"
    return [_statement(module.name, header, each) for each in theorems if each.signature.startswith(each.name)]


def _statement(module: str, header: str, stated: Stated) -> MinedStatement:
    """A name of one part, so that no namespace of the library is open."""
    name = "mined_" + _SEPARATORS.sub("_", stated.name)
    text, _ = without_hidden(stated.signature.removeprefix(stated.name))
    return MinedStatement(name, stated.name, module, header, f"theorem {name}{text} := by")
