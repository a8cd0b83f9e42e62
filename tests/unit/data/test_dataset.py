"""A data set has one type a column, each statement in one part, what several runs hold once, and a card that fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.data.dataset import SPLITS, table_path, write_dataset
from prover.data.parquet import read_parquet
from prover.data.tables import TABLES
from prover.errors import UsageError
from prover.learn.split import Split, shape
from tests.fakes.run_folder import make_run

pytest.importorskip("pyarrow", reason="the data extra is not installed")


def rows(folder: Path, table: str) -> list[dict[str, object]]:
    paths = [table_path(folder, table, part) for part in SPLITS]
    return [row for path in paths if path.exists() for row in read_parquet(path)]


def test_every_row_names_its_statement_its_part_and_its_licence(tmp_path: Path) -> None:
    counted = write_dataset([make_run(tmp_path)], tmp_path / "set", licence="MIT")
    for name in TABLES:
        found = rows(tmp_path / "set", name)
        assert len(found) == counted.rows[name].total()
        assert all(row["declaration"] and row["licence"] == "MIT" for row in found)
        for part in SPLITS:
            path = table_path(tmp_path / "set", name, part)
            assert not path.exists() or {row["split"] for row in read_parquet(path)} == {part}
    parts: dict[object, set[object]] = {}
    for row in rows(tmp_path / "set", "steps"):
        parts.setdefault(row["statement"], set()).add(row["split"])
    assert all(len(found) == 1 for found in parts.values())


def test_what_two_runs_hold_is_written_once(tmp_path: Path) -> None:
    first, second = make_run(tmp_path / "1"), make_run(tmp_path / "2", proved=("A.one",))
    alone = write_dataset([first], tmp_path / "alone")
    both = write_dataset([first, second], tmp_path / "both")
    assert both.rows["statements"] == alone.rows["statements"]
    assert both.rows["proofs"] == alone.rows["proofs"]


def test_proofs_compile_by_themselves_and_steps_say_how_to_reach_their_state(tmp_path: Path) -> None:
    write_dataset([make_run(tmp_path)], tmp_path / "set")
    proof = rows(tmp_path / "set", "proofs")[0]
    assert str(proof["code"]).endswith(":= by\n  intro h\n  constructor\n  · exact h\n  · exact h\n")
    (step,) = [
        row for row in rows(tmp_path / "set", "steps") if row["tactic"] == "constructor" and row["theorem"] == "A.one"
    ]
    assert (step["path"], step["keys_after"]) == (["intro h"], ["l", "r"])


def test_the_card_lists_the_files_that_are_there(tmp_path: Path) -> None:
    write_dataset([make_run(tmp_path)], tmp_path / "set", licence="MIT")
    card = (tmp_path / "set" / "README.md").read_text()
    there = {f"{path.parent.name}/{path.name.split('-')[0]}" for path in (tmp_path / "set").glob("*/*.parquet")}
    listed = {line.split("path: ")[1].removesuffix("-*.parquet}") for line in card.splitlines() if "path: " in line}
    assert listed == there
    assert card.startswith("---\nlicense: mit\n")
    assert "| `keys_after` | list of texts |" in card


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    (tmp_path / "set").mkdir()
    with pytest.raises(UsageError, match="already"):
        write_dataset([run], tmp_path / "set")
    assert list((tmp_path / "set").iterdir()) == []


@pytest.mark.parametrize(
    ("one", "copy"),
    [
        (
            "theorem a (l : List α) : l.reverse.reverse = l := by",
            "theorem b (ys : Array α) : ys.reverse.reverse = ys",
        ),
        ("theorem a : #[1].size = 1 := by", "theorem a : [1].size = 1 := by"),
        ("theorem a (t : TreeMap α β) : t.isEmpty := by", "theorem a (m : Std.HashMap α β) : m.isEmpty := by"),
        ("theorem a (t : Std.ExtDTreeMap α β) : t = t := by", "theorem a (t : Std.DHashMap.Raw α β) : t = t := by"),
    ],
)
def test_copies_for_another_container_are_in_one_part(one: str, copy: str) -> None:
    assert shape(one) == shape(copy)
    assert Split().of(one) == Split().of(copy)
