"""docs/settings.md lists every setting; `python -m tests.unit.test_settings_page` writes it from prover/config.py."""

from __future__ import annotations

import ast
import types
import typing
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from prover import config
from prover.config import Config
from prover.settings import Range, leaves
from search.words import alternatives

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "settings.md"
HEAD = """# Settings

Every setting of a run, as `--set KEY=VALUE` or as a line of the TOML file that `--config` names. `none` clears what may
be left open. This page is written by `python -m tests.unit.test_settings_page` from `prover/config.py`.
"""
GROUPS = {
    "": "The whole run",
    "search": "How a theorem is searched",
    "lean": "Lean and the judge",
    "models": "Policy and critic",
    "policy": "The built-in policy",
    "cluster": "A Ray cluster",
    "plan": "Sketches from planners",
}


def test_the_page_of_settings_says_what_the_settings_are() -> None:
    assert page() == PAGE.read_text(encoding="utf8"), "python -m tests.unit.test_settings_page writes it"


def page() -> str:
    """The page as it has to be."""
    text = HEAD
    says = dict(lines(Config()))
    ranges = {name: allowed for name, _, allowed in leaves(Config())}
    for group, title in GROUPS.items():
        text += f"\n## {title}\n\n| setting | default | takes | what it does |\n| --- | --- | --- | --- |\n"
        for name, value, _ in leaves(Config()):
            if name.rpartition(".")[0] == group:
                hint, said = says[name]
                text += f"| `{name}` | {shown(value)} | {taken(hint, ranges[name])} | {said} |\n"
    return text


def lines(settings: Any, prefix: str = "") -> Iterator[tuple[str, tuple[Any, str]]]:
    """The annotation of every setting, and the line that stands below it in the source."""
    hints = typing.get_type_hints(type(settings))
    said = strings_below(type(settings).__name__)
    for item in fields(settings):
        value = getattr(settings, item.name)
        if is_dataclass(value):
            yield from lines(value, f"{prefix}{item.name}.")
        else:
            yield f"{prefix}{item.name}", (hints[item.name], said[item.name])


def strings_below(name: str) -> dict[str, str]:
    """What a class of settings says below each of its fields."""
    source = ast.parse(Path(config.__file__).read_text(encoding="utf8"))
    (found,) = (node for node in source.body if isinstance(node, ast.ClassDef) and node.name == name)
    return {
        field.target.id: text.value.value
        for field, text in zip(found.body, found.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }


def shown(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case str():
            return f"`{value}`" if value else "empty"
        case _:
            return f"{value}"


def taken(hint: Any, allowed: Range | None) -> str:
    """The kinds of value that a setting takes, and the range of a number."""
    words = {bool: "true or false", int: "whole number", float: "number", str: "text", types.NoneType: "none"}
    kinds = ["list of texts" if kind == tuple[str, ...] else words[kind] for kind in alternatives(hint)]
    if allowed is not None:
        kinds[0] += f" {allowed}"
    return ", or ".join(kinds)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf8")
