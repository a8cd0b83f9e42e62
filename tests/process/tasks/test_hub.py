"""Theorems by Hugging Face id, with the real `datasets`; a folder of that name stands in for the hub."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prover.tasks import load_tasks

ROW = {"name": "w1", "formal_statement": "theorem w1 : 1 = 1 := by sorry"}


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which `owner/bench` is a data set of two parts."""
    datasets = pytest.importorskip("datasets", reason="the data extra is not installed")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    folder = tmp_path / "owner" / "bench"
    folder.mkdir(parents=True)
    for part in ("test", "validation"):
        row = {**ROW, "name": f"{part}1", "formal_statement": f"theorem {part}1 : 1 = 1 := by sorry"}
        (folder / f"{part}.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.filterwarnings("ignore")
def test_every_part_is_read_and_names_the_split(hub: Path) -> None:
    loaded = load_tasks(["hf:owner/bench"])
    assert {(task.name, task.split) for task in loaded.tasks} == {("test1", "test"), ("validation1", "validation")}
    assert not loaded.refused


@pytest.mark.filterwarnings("ignore")
def test_one_part_can_be_named(hub: Path) -> None:
    assert [task.name for task in load_tasks(["hf:owner/bench:validation"]).tasks] == ["validation1"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("identifier", ["owner/bench:train", "owner/nothing"])
def test_what_is_not_there_is_one_refused_record(hub: Path, identifier: str) -> None:
    loaded = load_tasks([f"hf:{identifier}"])
    assert not loaded.tasks
    assert len(loaded.refused) == 1
    assert "can't be loaded" in loaded.refused[0].reason


@pytest.mark.filterwarnings("ignore")
def test_a_data_set_that_is_a_program_is_not_run(hub: Path, tmp_path: Path) -> None:
    for file in hub.iterdir():
        file.unlink()
    (hub / "bench.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", encoding="utf-8")
    loaded = load_tasks(["hf:owner/bench"])
    assert not loaded.tasks
    assert len(loaded.refused) == 1
    assert not (tmp_path / "ran").exists()
