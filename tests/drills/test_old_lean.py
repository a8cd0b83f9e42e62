"""A project of a Lean for which our judge does not elaborate: whatever its steps find, nothing counts as proved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.lean.conftest import toolchain
from tests.lean.lean.test_community import project, prove

__all__ = ["project", "toolchain"]  # fixtures

pytestmark = [pytest.mark.timeout(1200)]


@pytest.mark.parametrize("project", [{"refused": "JudgeMain.lean"}], ids=["refused"], indirect=True)
def test_where_our_judge_does_not_elaborate_nothing_is_proved(tmp_path: Path, project: Path) -> None:
    found = prove(tmp_path, project)
    assert {name: result["status"] for name, result in found.items()} == {"swap": "unknown", "wrong": "failed"}
    assert "unknown namespace" in json.dumps(found["swap"]), found
