"""The theorems of compiled modules, as Lean prints them: the answers to the step server's `library` (docs/protocol.md).

No I/O here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prover.errors import ProtocolFault
from prover.lean.json_fields import Json, field, items, texts


@dataclass(frozen=True, slots=True)
class AskLibrary:
    """With the module `root` imported: what modules there are, or the theorems of `module`, printed with every implicit
    argument if `is_explicit`."""

    root: str
    module: str = ""
    is_explicit: bool = False

    def wire(self) -> dict[str, Any]:
        return {"library": self.root} | ({"module": self.module, "explicit": self.is_explicit} if self.module else {})


@dataclass(frozen=True, slots=True)
class Module:
    """A compiled module and what it imports itself."""

    name: str
    imports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """A theorem as Lean prints it: its name with universes, its binders, a colon, its type. Empty if Lean could not."""

    name: str
    signature: str


def read_modules(answer: Json) -> list[Module]:
    """The modules, each after those that it imports. Raises ProtocolFault."""
    return [Module(field(item, "name", str), texts(item, "imports")) for item in _items(answer, "modules")]


def read_theorems(answer: Json) -> list[Stated]:
    """The theorems of a module. Raises ProtocolFault."""
    return [Stated(field(item, "name", str), field(item, "signature", str, "")) for item in _items(answer, "theorems")]


def _items(answer: Json, name: str) -> Sequence[Json]:
    if "message" in answer:
        raise ProtocolFault(field(answer, "message", str))
    return items(answer, name)
