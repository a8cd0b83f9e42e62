"""Inputs of every shape, and bad ones refused record by record."""

import io
import json
import os
from pathlib import Path

import pytest

from prover.tasks import Refused, TaskKind, TaskList, lineage, load_tasks


def load_rows(folder: Path, *rows: object, header: str | None = None) -> TaskList:
    path = folder / "rows.jsonl"
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return load_tasks([str(path)], header=header)


@pytest.mark.parametrize("ending", [" := by", " :=", " := by\n  sorry", " := sorry", " := by sorry", " := by -- go\n"])
def test_every_ending_of_a_statement_is_the_same_task(tmp_path: Path, ending: str) -> None:
    loaded = load_rows(tmp_path, {"name": "t", "formal_statement": f"theorem t : 1 = 1{ending}"})
    assert [task.statement for task in loaded.tasks] == ["theorem t : 1 = 1 := by"]
    assert " ".join(loaded.tasks[0].solution("rfl").split()).startswith("theorem t : 1 = 1 := by rfl")


def test_published_row_shapes_are_understood(tmp_path: Path) -> None:
    loaded = load_rows(
        tmp_path,
        {
            "name": "deepseek",
            "split": "valid",
            "informal_prefix": "/-- x -/",
            "header": "import Mathlib\n\nopen Nat",
            "formal_statement": "theorem deepseek : 1 = 1 := by",
            "goal": "⊢ 1 = 1",
        },
        {"name": "goedel", "formal_statement": "import Mathlib\nimport Aesop\n\ntheorem goedel : 1 = 1 := by sorry"},
        {"full_name": "intern", "statement": "theorem intern : 1 = 1 :=", "url": "https://x", "commit": "abc"},
        {"natural_language_statement": "one", "formal_statement": "theorem wb_1 : 1 = 1  :=  by sorry", "proof": []},
        {"id": "pn|1", "formal_statement": "theorem exercise_1 : 1 = 1 :=", "header": "", "nl_statement": "q"},
        {"uuid": "u-1", "problem": "q", "formal_statement": "import Mathlib\n\n\ntheorem my_1 : 1 = 1 := by sorry"},
    )
    assert not loaded.refused
    assert [task.id for task in loaded.tasks] == ["deepseek", "goedel", "intern", "wb_1", "pn|1", "u-1"]
    assert [task.name for task in loaded.tasks][-2:] == ["exercise_1", "my_1"]
    assert [task.header.split("\n")[0] for task in loaded.tasks] == [
        *("import Mathlib", "import Mathlib", "", "import Mathlib", "", "import Mathlib"),
    ]
    assert loaded.tasks[0].split == "valid"
    assert loaded.tasks[2].meta == {"url": "https://x", "commit": "abc"}
    assert loaded.tasks[3].informal == "one"


def test_a_value_that_is_no_number_is_a_missing_one(tmp_path: Path) -> None:
    loaded = load_rows(
        tmp_path,
        '{"name": NaN, "split": NaN, "informal_prefix": NaN, "formal_statement": "theorem a : 1 = 1 := by"}',
        '{"name": NaN, "formal_statement": "theorem b : 1 = 1 := by"}',
        '{"name": "c", "header": NaN, "formal_statement": "theorem c : 1 = 1 := by"}',
    )
    assert [(task.id, task.split, task.informal) for task in loaded.tasks] == [(name, None, None) for name in "abc"]


@pytest.mark.parametrize("header", ["import Init\r\nopen Nat\r\n", "\ufeffimport Init\nopen Nat"])
def test_marks_and_line_ends_of_a_header_are_set_aside(tmp_path: Path, header: str) -> None:
    row = {"name": "a", "header": header, "formal_statement": "theorem a : 1 = 1 := by"}
    (task,) = load_rows(tmp_path, row).tasks
    assert task.challenge == "import Init\nopen Nat\n\ntheorem a : 1 = 1 := by\n  sorry\n"


def test_a_header_option_stands_before_rows_that_bring_none(tmp_path: Path) -> None:
    row = {"full_name": "t", "statement": "theorem t : 1 = 1 := by"}
    assert load_rows(tmp_path, row, header="open Nat").tasks[0].header == "open Nat"
    assert load_rows(tmp_path, {**row, "header": ""}, header="open Nat").tasks[0].header == ""


def test_bad_rows_are_refused_with_line_and_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = {"name": "good", "formal_statement": "theorem good : 1 = 1 := by"}
    loaded = load_rows(
        tmp_path,
        '{"name": "torn',
        "[1, 2]",
        {"name": "nothing"},
        {"name": "no_assign", "formal_statement": "theorem no_assign : 1 = 1"},
        {"name": "prose", "formal_statement": "one is one"},
        {"name": "number", "formal_statement": 3},
        {"name": "done", "formal_statement": "theorem done : 1 = 1 := rfl"},
        {"name": "kind", "formal_statement": "structure kind where\n x : Nat := sorry"},
        good,
        good,
        {"name": "surrogate", "formal_statement": "theorem \ud800 : 1 = 1 := by"},
        "[" * 100_000,
        "",
        {"name": "after", "formal_statement": "theorem after : 1 = 1 := by"},
    )
    assert [task.id for task in loaded.tasks] == ["good", "after"]
    assert [refused.line for refused in loaded.refused] == [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12]
    reasons = " | ".join(refused.reason for refused in loaded.refused)
    for part in (
        "not JSON",
        "not an object",
        "no statement",
        "no `:=`",
        "no declaration",
        "not text",
        "nothing to prove",
    ):
        assert part in reasons
    assert "duplicate name `good`" in reasons
    assert len(loaded) == 13 == len(set(loaded.ids))
    assert str(loaded.refused[0]).startswith(f"{tmp_path / 'rows.jsonl'}:1: not JSON")


def test_bytes_that_are_not_utf8_cost_only_their_line(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    row = b'{"name": "%s", "formal_statement": "theorem %s : 1 = 1 := by"}\n'
    path.write_bytes(b"\xef\xbb\xbf" + row % (b"a", b"a") + b'{"name": "\xff"}\r\n' + row % (b"b", b"b"))
    loaded = load_tasks([str(path)])
    assert [task.id for task in loaded.tasks] == ["a", "b"]
    assert "not UTF-8: byte 10 is 0xff" in loaded.refused[0].reason


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("missing.lean", None, "can't be read: No such file"),
        ("theorem t : 1 = 1 := by sorry", None, "a statement itself goes behind --statement"),
        ("empty.lean", b"", "no theorem to prove"),
        ("proved.lean", b"theorem a : 1 = 1 := rfl", "no theorem to prove"),
        ("empty.jsonl", b"", "it holds no rows"),
        ("empty.json", b"[]", "it holds no rows"),
        ("broken.json", b'[{"name": ', "not JSON"),
        ("latin.lean", b"theorem a : True := by sorry\n-- \xe9", "not UTF-8: byte 32"),
        ("paper.pdf", b"%PDF", "not a kind of file"),
        ("bad.parquet", b"PAR?", "not readable as Parquet"),
    ],
)
def test_unusable_files_are_one_refused_record(tmp_path: Path, name: str, data: bytes | None, reason: str) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    loaded = load_tasks([str(path)])
    assert not loaded.tasks
    assert len(loaded.refused) == 1
    assert reason in loaded.refused[0].reason
    assert loaded.refused[0].source == str(path)


def test_json_may_be_a_list_or_an_object_by_name(tmp_path: Path) -> None:
    row = {"formal_statement": "theorem x : 1 = 1 := by"}
    for value in ([{"name": "x", **row}], {"x": row}, {"data": [{"name": "x", **row}]}, {"name": "x", **row}):
        path = tmp_path / "x.json"
        path.write_text(json.dumps(value), encoding="utf-8")
        assert [task.id for task in load_tasks([str(path)]).tasks] == ["x"]


def test_parquet_rows_are_rows(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="the data extra is not installed")
    import pyarrow.parquet as parquet

    rows = [{"id": "w1", "status": "proved", "formal_statement": "theorem w1 : 1 = 1 := by sorry", "tactic": "rfl"}]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "x.parquet")
    assert [task.id for task in load_tasks([str(tmp_path / "x.parquet")]).tasks] == ["w1"]


def test_a_folder_is_every_file_in_it(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.lean").write_text("theorem t : True := by sorry", encoding="utf-8")
    (tmp_path / "a.lean").write_text("theorem t : 1 = 1 := by sorry", encoding="utf-8")
    (tmp_path / ".lake").mkdir()
    (tmp_path / ".lake" / "c.lean").write_text("theorem t : 2 = 2 := by sorry", encoding="utf-8")
    loaded = load_tasks([str(tmp_path)])
    assert [task.id for task in loaded.tasks] == ["t", "b.lean:t"]
    assert all(task.is_lean_file for task in loaded.tasks)


@pytest.mark.parametrize(
    "text",
    ["theorem t : 1 = 1 := by sorry", "theorem t : 1 = 1", "def f := 1\ntheorem t : f = 1 := by"],
)
def test_a_statement_on_the_command_line_may_be_short(text: str) -> None:
    (task,) = load_tasks([], [text]).tasks
    assert task.statement.endswith(" = 1 := by")


@pytest.mark.parametrize("text", ["", " \n", "-- later"])
def test_an_empty_statement_on_the_command_line_is_refused(text: str) -> None:
    (refused,) = load_tasks([], [text]).refused
    assert (refused.reason, refused.source) == ("the statement is empty", "<command line>")


@pytest.mark.parametrize("ending", ["", " :=", " := by", " := by sorry", " := sorry"])
@pytest.mark.parametrize("proposition", ["∀ n : Nat, n + 0 = n", "let x := 3; x = 3"])
def test_a_bare_proposition_becomes_a_goal(proposition: str, ending: str) -> None:
    (task,) = load_tasks([], [proposition + ending]).tasks
    assert task.statement == f"theorem goal : {proposition} := by"


@pytest.mark.parametrize(
    "data",
    [
        b"theorem t : 1 = 1 := by sorry",
        b'{"name": "t", "formal_statement": "theorem t : 1 = 1 := by"}',
        b'\n[{"name": "t", "formal_statement": "theorem t : 1 = 1 := by"}]',
    ],
)
def test_standard_input_is_lean_or_json(data: bytes) -> None:
    assert [task.id for task in load_tasks(["-"], stdin=io.BytesIO(data)).tasks] == ["t"]


def test_a_definition_to_fill_in_is_a_task_of_its_own_kind(tmp_path: Path) -> None:
    loaded = load_rows(tmp_path, {"name": "d", "formal_statement": "noncomputable def d : Nat → Nat := by"})
    assert [task.kind for task in loaded.tasks] == [TaskKind.DEFINITION]


def test_the_lineage_is_of_the_statements_and_not_of_their_order(tmp_path: Path) -> None:
    rows = [{"name": name, "formal_statement": f"theorem {name} : 1 = 1 := by"} for name in "ab"]
    changed = {"name": "b", "formal_statement": "theorem b : 1 = 2 := by"}
    assert lineage(load_rows(tmp_path, *rows)) == lineage(load_rows(tmp_path, *reversed(rows)))
    assert lineage(load_rows(tmp_path, *rows)) != lineage(load_rows(tmp_path, rows[0], changed))


def test_a_place_is_said_once() -> None:
    refused = Refused("t", "it does not elaborate: Unknown identifier `x`", "a.lean", 27, at=(28, 42))
    assert str(refused) == "a.lean:28:42: t: it does not elaborate: Unknown identifier `x`"
    assert refused.error == "a.lean:28:42: it does not elaborate: Unknown identifier `x`"
    other = Refused("t", "it has no `:=`", "a.lean", 27)
    assert (str(other), other.error) == ("a.lean:27: t: it has no `:=`", "it has no `:=`")


def test_a_file_in_a_folder_whose_name_is_no_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.lean")).write_text("theorem t : 1 = 1 := by sorry\n")
    (tmp_path / "good.lean").write_text("theorem u : 1 = 1 := by sorry\n")
    tasks = load_tasks([str(tmp_path)])
    assert [task.name for task in tasks.tasks] == ["u"]
    assert [refused.reason for refused in tasks.refused] == ["its name is no UTF-8"]
