"""The walks of docs/design.md lead past files and names that are there."""

from __future__ import annotations

import ast
import re

import pytest

from tests.unit.architecture.source import ROOT

STOPS = re.findall(
    r"^\| \d+ \| `([\w/]+\.(?:py|lean))(?::(\w+))?` \|", (ROOT / "docs/design.md").read_text("utf8"), re.MULTILINE
)


@pytest.mark.parametrize(("path", "name"), STOPS)
def test_every_stop_is_there(path: str, name: str) -> None:
    text = (ROOT / path).read_text(encoding="utf8")
    if path.endswith(".lean"):
        assert re.search(rf"^\S.*\b{name}\b", text, re.MULTILINE), f"{path} has no {name}"
    else:
        assert name in {getattr(node, "name", "") for node in ast.parse(text).body}, f"{path} has no {name}"


def test_the_walks_have_twenty_sixteen_and_ten_stops() -> None:
    assert len(STOPS) == 20 + 16 + 10
