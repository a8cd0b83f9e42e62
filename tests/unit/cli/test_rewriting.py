"""The file that a command changes: written in place, or shown as a diff."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.cli.console import Console
from prover.cli.rewriting import RewrittenFile
from prover.errors import UsageError

TEXT = "theorem t : p := by\n  oops\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "a.lean"
    made.write_text(TEXT)
    return made


def test_a_change_is_shown_as_a_diff_and_nothing_is_written(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert RewrittenFile(f"{path}:2").deliver(TEXT.replace("oops", "rfl"), Console(), in_place=False) is None
    said = capsys.readouterr().out
    assert "-  oops\n+  rfl\n" in said and "--in-place" in said
    assert path.read_text() == TEXT


def test_in_place_the_file_is_written(path: Path) -> None:
    assert RewrittenFile(str(path)).deliver("new\n", Console(), in_place=True) == str(path.resolve())
    assert path.read_text() == "new\n"


def test_a_file_that_somebody_changed_meanwhile_is_left_as_it_is(path: Path) -> None:
    file = RewrittenFile(str(path))
    path.write_text("theirs\n")
    with pytest.raises(UsageError, match="changed meanwhile"):
        file.deliver("new\n", Console(), in_place=True)
    assert path.read_text() == "theirs\n"


def test_a_file_that_is_right_is_not_written_again(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = path.stat().st_mtime_ns
    assert RewrittenFile(str(path)).deliver(TEXT, Console(), in_place=True) is None
    assert (path.stat().st_mtime_ns, capsys.readouterr().out) == (before, "nothing to change\n")


def test_what_is_no_lean_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        RewrittenFile(str(tmp_path / "b.lean"))
