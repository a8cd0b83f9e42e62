"""Where `stepwise fill` writes is looked at before it searches."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prover.cli.main import main


@pytest.mark.parametrize("where", [["--in-place"], ["--out", "copies/b.lean"]])
def test_a_folder_that_can_not_be_written_is_said_at_once(
    where: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.lean").write_text("theorem t : 1 = 1 := by sorry\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert main(["fill", "a.lean", *where]) == 2
    assert f"{tmp_path} can't be written to" in capsys.readouterr().err
