"""Laws that the library may lack at a theorem: the theorems of `lean_project/Laws`, proved within a proof."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from prover.files import lean_sources

_LAW = re.compile(r"^theorem (?P<name>\S+) (?P<rest>: .*?)(?=\n\n)", re.MULTILINE | re.DOTALL)


@cache
def laws_of(topic: str) -> Mapping[str, str]:
    """The laws of a file by name, in its order, each as the `have` that states and proves it.

    A law rests on those above it in its file and on the library behind the file's imports.
    """
    text = (lean_sources() / "Laws" / f"{topic}.lean").read_text(encoding="utf-8")
    return {law["name"]: f"have {law['name']} {law['rest']}" for law in _LAW.finditer(text)}


def stated(laws: Mapping[str, str], names: Iterable[str] = ()) -> list[str]:
    """The `have`s of the laws with these names (default: all) and of those that they rest on, in the file's order."""
    wanted = set(names) or set(laws)
    for name in reversed(list(laws)):
        if name in wanted:
            wanted |= {other for other in laws if other != name and re.search(rf"(?<![\w.]){other}(?!\w)", laws[name])}
    return [text for name, text in laws.items() if name in wanted]
