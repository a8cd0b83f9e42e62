"""A slip in a name is said before anything starts, with exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.cli.main import main


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("prove", "list.json"), "there is no file list.json; did you mean list.jsonl?"),
        (("audit", "list.json"), "there is no file list.json; did you mean list.jsonl?"),
        (("prove", "theorem t : p := h"), "a statement itself goes behind --statement"),
        (("watch", "folder"), "folder holds no run (no run.json)"),
        (("prove", "list.jsonl", "--out", "list.jsonl"), "list.jsonl is a file; --out names a folder for the run"),
        (("prove", "--statement", "  "), "the statement is empty"),
    ],
)
def test_a_slip_is_said_at_once(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.jsonl").write_text('{"name": "t", "formal_statement": "theorem t : 1 = 1 := by"}\n')
    (tmp_path / "folder").mkdir()
    assert main(list(words)) == 2
    assert said in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "list.jsonl"]
