"""Mined statements are those of the library, elaborate behind the imports of their module, and can be gone on with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prover.assembly.mining import Wanted, mine_statements
from prover.errors import UsageError
from prover.lean.toolchain import Embedded
from prover.tasks.load import load_tasks

SMALL = Wanted(roots=("Init",), include=("Init.Data.Prod", "Init.Data.Sum.Lemmas"), licence="Apache-2.0")


async def test_theorems_of_a_module_become_rows_and_an_unfinished_file_is_gone_on_with(
    tmp_path: Path, toolchain: Embedded
) -> None:
    target = tmp_path / "pool.jsonl"
    counts = await mine_statements(target, SMALL)
    text = target.read_text()
    rows = [json.loads(line) for line in text.splitlines()]
    assert len(rows) == counts["written"] > 20
    assert counts["unreadable"] <= len(rows) / 10
    assert {row["module"] for row in rows} == set(SMALL.include)
    (swap,) = [row for row in rows if row["source"] == "Prod.map_id"]
    assert "Prod.map" in swap["formal_statement"]
    assert swap["licence"] == "Apache-2.0"
    assert len(load_tasks([str(target)])) == len(rows)

    target.write_text("".join(text.splitlines(keepends=True)[: len(rows) - 2]) + '{"torn')
    again = await mine_statements(target, SMALL)
    assert target.read_text() == text
    assert 0 < again["written"] < len(rows)


async def test_modules_that_nobody_knows_are_said(tmp_path: Path, toolchain: Embedded) -> None:
    with pytest.raises(UsageError, match="no module below Init is wanted"):
        await mine_statements(tmp_path / "x.jsonl", Wanted(roots=("Init",), include=("Nowhere.*",)))
    assert list(tmp_path.iterdir()) == []
