"""A run folder: made once, owned by one, resumed from itself alone."""

import json
import os
import shutil
from pathlib import Path

import pytest

from prover.errors import RunFolderError
from prover.files import file_names
from prover.run.folder import RunFolder, read_info
from prover.run.result import HoleResult, Status, TheoremResult
from prover.tasks import TaskList, lineage, load_tasks

LEAN = """import Init
namespace A
theorem x : True := by sorry

example : 1 = 1 := sorry
theorem y : 1 = 1
""".replace("\n", "\r\n")


@pytest.fixture
def tasks(tmp_path: Path) -> TaskList:
    (tmp_path / "a.lean").write_bytes(LEAN.encode())
    rows = [{"name": name, "formal_statement": f"theorem {name} : 1 = 1 := by"} for name in ("b", "c")]
    (tmp_path / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return load_tasks([str(tmp_path / "a.lean"), str(tmp_path / "b.jsonl")])


def create(path: Path, tasks: TaskList) -> RunFolder:
    return RunFolder.create(
        path, tasks, config={"seed": 3}, versions={"stepwise": "0"}, seed=3, toolchain="lean", started_at=1.5
    )


def proved(identifier: str, proof: str = "trivial") -> TheoremResult:
    return TheoremResult(id=identifier, name=identifier, status=Status.PROVED, stop_reason="proved", proof=proof)


def test_a_run_is_resumed_on_another_machine_from_its_folder_alone(tmp_path: Path, tasks: TaskList) -> None:
    folder = create(tmp_path / "run", tasks)
    folder.journal.append(proved("A.x"))
    folder.close()
    shutil.move(tmp_path / "run", tmp_path / "moved")
    (tmp_path / "a.lean").unlink()
    (tmp_path / "b.jsonl").unlink()
    resumed = RunFolder.resume(tmp_path / "moved")
    assert resumed.tasks == tasks
    assert [result.id for result in resumed.results()] == ["A.x"]
    assert resumed.journal.keys == {("A.x", 0)}
    assert resumed.info.lineage == lineage(tasks)
    assert (resumed.info.seed, resumed.info.total, resumed.info.started_at) == (3, 5, 1.5)
    resumed.close()


def test_a_theorem_with_several_sorries_is_resumed_with_each_of_them(tmp_path: Path) -> None:
    (tmp_path / "a.lean").write_text("theorem t : 1 = 1 := by\n  have : True := sorry\n  sorry\n")
    tasks = load_tasks([str(tmp_path / "a.lean")])
    create(tmp_path / "run", tasks).close()
    resumed = RunFolder.resume(tmp_path / "run")
    assert resumed.tasks == tasks
    assert len(resumed.tasks.tasks[0].holes) == 2
    resumed.close()


def test_a_file_comes_back_with_the_sorries_that_were_filled_of_a_theorem_that_failed(tmp_path: Path) -> None:
    text = "theorem t : 1 = 1 := by\n  have : True := sorry\n  sorry -- hard\n"
    (tmp_path / "a.lean").write_text(text)
    folder = create(tmp_path / "run", load_tasks([str(tmp_path / "a.lean")]))
    holes = (HoleResult(2, 17, "⊢ True", "trivial"), HoleResult(3, 2, "⊢ 1 = 1", None, "wall_time"))
    folder.journal.append(TheoremResult("t", "t", Status.FAILED, "wall_time", holes=holes))
    (solved,) = [each.write() for each in folder.solved()]
    assert solved.read_text() == text.replace("sorry\n", "by trivial\n")
    (kept,) = folder.results()
    assert (kept.holes, kept.scripts) == (holes, ("trivial", None))
    folder.close()


def test_refused_records_become_invalid_results_once(tmp_path: Path, tasks: TaskList) -> None:
    folder = create(tmp_path / "run", tasks)
    assert (folder.record_refused(), folder.record_refused()) == (1, 0)
    (only,) = folder.results()
    assert (only.id, only.status, only.line) == ("A.y", Status.INVALID, 6)
    assert "no `:=`" in only.error
    folder.close()


def test_two_runs_on_one_folder_are_refused(tmp_path: Path, tasks: TaskList) -> None:
    folder = create(tmp_path / "run", tasks)
    with pytest.raises(RunFolderError, match="in use by process"):
        RunFolder.resume(tmp_path / "run")
    folder.close()
    with pytest.raises(RunFolderError, match="already holds a run"):
        create(tmp_path / "run", tasks)
    RunFolder.resume(tmp_path / "run").close()


def test_a_folder_without_a_run_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match=r"no run\.json"):
        RunFolder.resume(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 1}'])
def test_a_damaged_run_json_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(RunFolderError, match=r"run\.json"):
        read_info(tmp_path)


def test_a_damaged_task_list_names_the_theorem(tmp_path: Path, tasks: TaskList) -> None:
    create(tmp_path / "run", tasks).close()
    path = tmp_path / "run" / "tasks.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace('"kind":"example"', '"kind":"x"'), encoding="utf-8")
    with pytest.raises(RunFolderError, match="theorem 2: damaged"):
        RunFolder.resume(tmp_path / "run")
    path.write_text(path.read_text(encoding="utf-8").replace('"kind":"x"', '"kind":"example"'), encoding="utf-8")
    RunFolder.resume(tmp_path / "run").close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, tasks: TaskList) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(RunFolderError, match="Permission denied"):
        create(tmp_path / "locked" / "run", tasks)


def test_a_file_in_the_way_is_said(tmp_path: Path, tasks: TaskList) -> None:
    (tmp_path / "run").write_text("", encoding="utf-8")
    with pytest.raises(RunFolderError, match="File exists"):
        create(tmp_path / "run", tasks)


def test_solved_lean_files_come_back_whole_as_they_were_written(tmp_path: Path, tasks: TaskList) -> None:
    folder = create(tmp_path / "run", tasks)
    assert folder.solved() == []
    folder.journal.append(proved("A.x", "skip\ntrivial"))
    folder.journal.append(proved("A.example_5", "rfl"))
    (path,) = [each.write() for each in folder.solved()]
    expected = LEAN.replace(":= by sorry", ":= by\r\n  skip\r\n  trivial").replace(":= sorry", ":= by rfl")
    assert path.read_bytes().decode() == expected
    folder.close()


def test_proofs_are_files_with_harmless_names(tmp_path: Path, tasks: TaskList) -> None:
    folder = create(tmp_path / "run", tasks)
    path = folder.write_proof("A.x", "theorem x : True := trivial\n")
    assert path == tmp_path / "run" / "proofs" / "A.x.lean"
    assert path.read_text(encoding="utf-8") == "theorem x : True := trivial\n"
    folder.close()


def test_file_names_are_safe_and_never_meet() -> None:
    ids = ["a", "A", "../../etc/passwd", "..", ".hidden", "x/y", "x\\y", "é", "«a b»", "n" * 300, "n" * 301]
    ids += ["a\0b", "-rf", ""]
    names = file_names(ids)
    assert names["a"] == "a"
    assert len({name.casefold() for name in names.values()}) == len(ids)
    for name in names.values():
        assert name
        assert name[0] not in ".-"
        assert not set(name) & set("/\\\0:")
        assert len(name.encode()) <= 120


def test_two_files_of_one_name_come_back_as_lean_files(tmp_path: Path) -> None:
    files = [tmp_path / "a.lean", tmp_path / "sub" / "a.lean"]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_text("theorem x : True := by sorry\n", encoding="utf-8")
    folder = create(tmp_path / "run", load_tasks(list(map(str, files))))
    for identifier in folder.tasks.ids:
        folder.journal.append(proved(identifier))
    first, second = (each.write() for each in folder.solved())
    assert first.name == "a.lean"
    assert second.name.endswith("-a.lean")
