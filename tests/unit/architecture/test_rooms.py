"""What each room may import: one table, from which the column "imports" of docs/design.md is made.

    python -m tests.unit.architecture.test_rooms         writes that column anew

A room is a folder, or a file that stands alone in `prover/`. The table is exact: a new arrow has to be wanted before it
is drawn, and one that no file draws any more goes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from tests.unit.architecture.source import ROOT, Import, files, imports, label

DESIGN = ROOT / "docs" / "design.md"

# From the ground up; rooms of `prover/` without that word.
ARROWS: dict[str, str] = {
    "search": "",
    "critic": "search",
    "errors": "",
    "files": "errors",
    "settings": "search errors",
    "config": "errors settings",
    "batching": "errors",
    "keeper": "errors",
    "confine": "errors",
    "lean/embedded": "errors",
    "lean": "search errors files config keeper confine lean/embedded",
    "models": "search critic errors settings",
    "policy/builtin": "search files",
    "ask": "errors settings models",
    "policy": "search critic errors settings models ask policy/builtin",
    "tasks": "search errors lean",
    "run": "search errors files tasks",
    "judge": "errors files keeper lean tasks",
    "learn": "search critic errors models policy/builtin tasks run",
    "data": "critic errors files tasks run learn",
    "train": "search critic errors files models tasks run learn",
    "report": "critic errors files tasks run judge learn",
    "driver": "search errors config lean policy tasks run judge",
    "plan": "search errors config files lean ask tasks run judge driver",
    "cluster": "search critic errors config batching keeper lean models policy tasks run driver",
    "assembly": "search errors settings config confine lean models ask "
    "policy tasks run judge data report driver plan cluster",
    "iterate": "critic errors files settings config policy policy/builtin tasks run learn report driver assembly",
    "api": "errors config lean tasks assembly",
    "workbench": "search errors config lean lean/embedded tasks run judge learn driver assembly",
    "serve": "critic errors models tasks workbench",
    "web": "search errors files run learn driver workbench",
    "mcp": "errors learn workbench driver",
    "lsp": "errors files tasks workbench web",
    "cli": "search critic errors files settings config confine lean/embedded lean models "
    "policy tasks run judge learn data train report driver assembly iterate workbench serve web mcp lsp",
}
ALLOWED = {room: set(names.split()) for room, names in ARROWS.items()}


def test_rooms_import_what_the_table_allows_and_nothing_in_it_is_unused() -> None:
    drawn = arrows()
    assert sorted(drawn) == sorted(ARROWS)
    for room, allowed in ALLOWED.items():
        assert drawn[room] - allowed == set(), f"{room} may not import these"
        assert allowed - drawn[room] == set(), f"{room} no longer imports these: take them from the table"


def test_arrows_run_downward() -> None:
    floor = {room: number for number, room in enumerate(ARROWS)}
    assert [(room, other) for room in ARROWS for other in ALLOWED[room] if floor[room] < floor[other]] == []


def test_the_design_shows_the_table() -> None:
    text = DESIGN.read_text(encoding="utf8")
    assert with_imports(text) == text, "python -m tests.unit.architecture.test_rooms writes it"
    assert [room for room in ARROWS if f"| `{place(room)}` |" not in text] == []


def arrows() -> dict[str, set[str]]:
    """What the files import, by room."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in files():
        room = room_of(path)
        if room:
            found[room] |= {other for each in imports(path) for other in rooms_of(each)} - {room}
    return found


def room_of(path: Path) -> str:
    """The room of a file; none for what says the version of the whole."""
    if path.parent == ROOT / "prover":
        return path.stem.removeprefix("__init__")
    return label(path.parent).removeprefix("prover/")


def rooms_of(imported: Import) -> set[str]:
    """The rooms that an import reaches into; none if it is of a library."""
    modules = [f"{imported.module}.{name}" for name in imported.names] or [imported.module]
    return {room for module in modules if (room := room_around(module))}


def room_around(module: str) -> str:
    path = ROOT.joinpath(*module.split("."))
    while path != ROOT:
        if path == ROOT / "prover":
            break
        if (path / "__init__.py").exists():
            return label(path).removeprefix("prover/")
        if path.parent == ROOT / "prover" and path.with_suffix(".py").exists():
            return path.name
        path = path.parent
    return ""


def place(room: str) -> str:
    """The room as the design names it."""
    if room in ("search", "critic"):
        return f"{room}/"
    path = ROOT / "prover" / room
    return f"prover/{room}/" if path.is_dir() else f"prover/{room}.py"


def with_imports(text: str) -> str:
    """The design with the third column of its table of rooms as it has to be."""
    for room, allowed in ALLOWED.items():
        names = ", ".join(f"`{other}`" for other in ARROWS if other in allowed)
        row = rf"^(\| `{re.escape(place(room))}` \|.*\|)[^|]*\|$"
        text = re.sub(row, rf"\g<1> {names} |" if names else r"\g<1> |", text, flags=re.MULTILINE)
    return text


if __name__ == "__main__":
    DESIGN.write_text(with_imports(DESIGN.read_text(encoding="utf8")), encoding="utf8")
