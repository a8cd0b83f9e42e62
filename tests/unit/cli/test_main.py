from __future__ import annotations

import errno
import io
import sys
from pathlib import Path

import pytest

from prover.cli.console import Console
from prover.cli.main import COMMANDS, command_module, exit_code, main
from prover.errors import LeanFault, ModelError, RunFolderError, StepwiseError, ToolchainError, UsageError


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (UsageError("x"), 2),
        (RunFolderError("x"), 2),
        (ToolchainError("x"), 3),
        (ModelError("x"), 4),
        (LeanFault("x"), 5),
    ],
)
def test_each_kind_of_fault_has_its_exit_code(fault: StepwiseError, code: int) -> None:
    assert exit_code(fault) == code


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_in_the_overview_has_a_help_page(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_module(name).run is not None
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert f"stepwise {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["prove"], "nothing to prove"),
        (["prove", "x.lean", "--rule", "luck"], "no search rule is called 'luck'"),
        (["prove", "x.lean", "--rule", "beam?width=0"], "width is at least 1"),
        (["prove", "x.lean", "--time-limit", "-1"], "time_limit_s must be above 0, not -1"),
        (["prove", "x.lean", "--set", "lean.judge_s=0"], "lean.judge_s must be above 0, not 0"),
        (["prove", "x.lean", "--disprove", "1"], "search.disprove must be at least 0 and below 1, not 1"),
        (["prove", "x.lean", "--workers", "0"], "lean.workers must be at least 1, not 0"),
        (["prove", "no-such-file.lean"], "no-such-file.lean"),
        (["prove", "x.lean", "--set", "search.depth=1"], "no setting is called 'search.depth'"),
        (["prove", "--resume", "no-such-run"], "holds no run"),
        (["check", "no-such-run"], "not a run's folder"),
        (["suggest", "no-such-file.lean:3"], "there is no file"),
        (["suggest", "file.lean"], "FILE:LINE"),
        (["report", "no-such-run"], "holds no run"),
        (["export", "no-such-run", "tactics", "x.jsonl"], "holds no run"),
        (["frobnicate"], "there is no command 'frobnicate'"),
    ],
)
def test_a_users_mistake_is_said_in_one_line_with_exit_code_2(
    arguments: list[str],
    complaint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert complaint in said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == [], "a command that can't begin leaves nothing"


def test_a_folder_without_permission_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_dir", refuse)
    assert main(["check", "locked/run"]) == 2
    assert capsys.readouterr().err == "stepwise check: locked/run: Permission denied\n"


def test_a_line_without_a_sorry_names_those_that_have_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "two.lean"
    file.write_text("def one := 1\n\ntheorem a : one = 1 := by\n  sorry\n\ntheorem b : one = one := sorry\n")
    assert main(["suggest", f"{file}:1"]) == 2
    assert "4 (a), 6 (b)" in capsys.readouterr().err


def test_a_file_that_is_no_text_is_said_to_be_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bytes.lean"
    file.write_bytes(b"theorem a : 1 = 1 := by\n  sorry -- \xff\n")
    assert main(["suggest", f"{file}:2"]) == 2
    said = capsys.readouterr().err
    assert "not UTF-8: byte 35 is 0xff" in said
    assert "Traceback" not in said


def test_what_would_steer_a_terminal_is_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    Console().line("exact \x1b[2Jh \u202e ⟨a, b⟩\n· rfl")
    assert capsys.readouterr().out == "exact \\x1b[2Jh \\u202e ⟨a, b⟩\n· rfl\n"


def test_a_terminal_without_the_characters_ends_no_command(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(written, encoding="ascii"))
    assert main(["report", "no·such \ud800"]) == 2
    sys.stderr.flush()
    assert rb"no\xb7such \ud800" in written.getvalue()


def test_a_reference_that_names_no_commit_is_refused_with_the_form(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["prove", "--dojo", "https://example.org/r"])
    assert code == 2
    assert "URL@COMMIT" in capsys.readouterr().err
