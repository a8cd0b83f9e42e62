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
        (("check", "lust.jsonl"), "there is no file lust.jsonl; did you mean list.jsonl?"),
        (("check", "list.jsonl", "--challenge", "lean"), "there is no file lean"),
        (("suggest", "folder:3"), "folder is a folder"),
        (("prove", ""), "an input has an empty name"),
        (("audit", ""), "an input has an empty name"),
        (("prove", "link.lean"), "link.lean is a link to nowhere.lean, where no file is"),
        (("prove", "loop.lean"), "loop.lean is a link to loop.lean, where no file is"),
        (("prove", "folder"), "folder: a folder without files to read: .lean, .jsonl, .json or .parquet"),
        (("prove", "utf16.lean"), "utf16.lean: it is UTF-16, by its first bytes: save it as UTF-8"),
        (("prove", "latin1.lean"), "latin1.lean:2: not UTF-8: byte 3 is 0xe9"),
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
    (tmp_path / "link.lean").symlink_to("nowhere.lean")
    (tmp_path / "loop.lean").symlink_to("loop.lean")
    (tmp_path / "utf16.lean").write_text("theorem t : 1 = 1 := by sorry\n", encoding="utf-16")
    (tmp_path / "latin1.lean").write_text("--\né\n", encoding="latin-1")
    before = sorted(tmp_path.iterdir())
    assert main(list(words)) == 2
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before
