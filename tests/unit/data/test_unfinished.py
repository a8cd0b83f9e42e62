"""Parts that are done are kept, whatever ends the process; those of another order are not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from prover.data.unfinished import Unfinished

PARTS = ["a", "b"]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    kept = Unfinished(tmp_path / "rows.jsonl", "order")
    kept.add("a", [{"n": 1}, {"n": 2}], Counter(steps=2))
    kept.add("b", [{"n": 3}], Counter(steps=1, other=1))
    return tmp_path / "rows.jsonl"


def test_rows_and_counts_come_back_in_the_order_that_is_asked_for(target: Path) -> None:
    kept = Unfinished(target, "order")
    assert "a" in kept and "c" not in kept
    assert [row["n"] for row in kept.rows(["b", "a"])] == [3, 1, 2]
    assert kept.counts(PARTS) == Counter(steps=3, other=1)


def test_wherever_the_file_was_cut_off_whole_parts_are_kept_and_others_done_again(target: Path) -> None:
    path = target.with_name(".rows.jsonl.unfinished")
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        kept = Unfinished(target, "order")
        for part, rows in (("a", [1, 2]), ("b", [3])):
            if part not in kept:
                kept.add(part, [{"n": n} for n in rows], Counter(steps=len(rows)))
        assert [row["n"] for row in kept.rows(PARTS)] == [1, 2, 3]


def test_another_order_begins_anew(target: Path) -> None:
    assert "a" not in Unfinished(target, "another")
    assert "a" not in Unfinished(target, "order")
