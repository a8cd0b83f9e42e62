"""A server's modules in one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.errors import ToolchainError
from prover.lean.embedded.bundle import bundle


def write(folder: Path, **modules: str) -> None:
    for name, text in modules.items():
        path = folder / (name.replace("__", "/") + ".lean")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf8")


def test_modules_come_in_the_order_of_imports_each_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        Main="import S.B\nimport S.A\ndef main := b",
        S__A="import Lean.Meta\ndef a := 1",
        S__B="import Lean.Meta\nimport Lean.Elab\nimport S.A\ndef b := a",
    )
    text = bundle(tmp_path, "Main.lean")
    assert text.startswith("import Lean.Meta\nimport Lean.Elab\n")
    assert text.count("import ") == 2
    assert text.index("def a") < text.index("def b") < text.index("def main")
    assert text.count("def a") == 1
    assert text.count("section") == 2


def test_a_missing_module_is_named(tmp_path: Path) -> None:
    write(tmp_path, Main="import S.Gone", S__A="")
    with pytest.raises(ToolchainError, match=r"Gone\.lean"):
        bundle(tmp_path, "Main.lean")
    with pytest.raises(ToolchainError, match=r"Other\.lean"):
        bundle(tmp_path, "Other.lean")
