from __future__ import annotations

import argparse
import errno
import io
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from prover.assembly import proving
from prover.cli.console import Console
from prover.cli.main import COMMANDS, EXITS, command_module, exit_code, guarded, main, parser_of
from prover.cli.page import FAULTS, Page
from prover.config import Config
from prover.errors import LeanFault, ModelError, RunFolderError, StepwiseError, ToolchainError, UsageError
from prover.tasks.load import Source


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


class Failing:
    """A command that ends in this fault."""

    PAGE = Page(("stepwise failing",), "none.md")

    def __init__(self, fault: BaseException) -> None:
        self.fault = fault

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        pass

    def run(self, options: argparse.Namespace) -> int:
        raise self.fault


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (UsageError("a wrong path"), 2, "stepwise failing: a wrong path"),
        (PermissionError(errno.EACCES, "Permission denied", "runs"), 2, "stepwise failing: runs: Permission denied"),
        (ToolchainError("no Lean"), 3, "stepwise failing: no Lean"),
        (ModelError("no weights"), 4, "stepwise failing: no weights"),
        (LeanFault("no answer"), 5, "stepwise failing: no answer"),
        (ZeroDivisionError(), 5, "a fault of Stepwise itself; please report it"),
        (KeyboardInterrupt(), 130, "stepwise failing: interrupted"),
    ],
)
def test_a_command_that_fails_says_why_and_ends_with_the_code_of_its_fault(
    fault: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(Failing(fault), argparse.Namespace(debug=False), "failing") == code
    assert said in capsys.readouterr().err


def test_every_exit_code_is_in_the_readme() -> None:
    text = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf8")
    (listed,) = re.findall(r"Exit codes: (.*?)\n\n", text, re.DOTALL)
    assert {int(code) for code in re.findall(r"\d+", listed)} == {*EXITS, *FAULTS}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_a_help_page_are_understood(name: str) -> None:
    for example in command_module(name).PAGE.examples:
        command = shlex.split(example.rpartition("| ")[2])
        assert command[0] == "stepwise"
        parser_of(command[1]).parse_args(command[2:])


@pytest.mark.parametrize("name", COMMANDS)
def test_a_help_page_has_examples_exit_codes_and_a_document_that_is_there(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])
    page = capsys.readouterr().out
    assert re.search(r"examples:\n  \S", page)
    assert all(re.search(rf"^  {code} ", page, re.MULTILINE) for code in (0, *FAULTS))
    documents = page.rpartition("More: ")[2].split(", ")
    assert all((Path(__file__).parents[3] / document.strip()).is_file() for document in documents), documents
    assert max(map(len, page.splitlines())) <= 80


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
        (["prove", "no-such-folder/x.lean", "--rule", "beam"], "there is no file no-such-folder/x.lean\n"),
        (["prove", "theorem t : 1 = 1 := by sorry"], "a statement itself goes behind --statement"),
        (["prove", "x.lean", "--rule", "luck"], "no search rule is called 'luck'"),
        (["prove", "x.lean", "--rule", "beam?width=0"], "width is at least 1"),
        (["prove", "x.lean", "--time-limit", "-1"], "argument --time-limit: must be above 0, not -1"),
        (["prove", "x.lean", "--set", "lean.judge_s=0"], "lean.judge_s must be above 0, not 0"),
        (["prove", "x.lean", "--disprove", "1"], "argument --disprove: must be at least 0 and below 1, not 1"),
        (["prove", "x.lean", "--workers", "0"], "argument --workers: must be at least 1, not 0"),
        (["prove", "no-such-file.lean"], "no-such-file.lean"),
        (["prove", "x.lean", "--set", "search.depth=1"], "no setting is called 'search.depth'"),
        (["prove", "x.lean", "--set", "sampels=1"], "no setting is called 'sampels' (did you mean search.samples?)"),
        (["prove", "--resume", "no-such-run"], "holds no run"),
        (["check", "no-such-run"], "there is no file no-such-run"),
        (["suggest", "no-such-file.lean:3"], "there is no file"),
        (["suggest", "file.lean"], "FILE:LINE"),
        (["report", "no-such-run"], "holds no run"),
        (["export", "no-such-run", "tactics", "x.jsonl"], "holds no run"),
        (["frobnicate"], "there is no command 'frobnicate'"),
        (["prov"], "there is no command 'prov'; did you mean prove?"),
        (["report"], "the following arguments are required: RUN"),
        (["prove", "--timelimit=5"], "unrecognized arguments: --timelimit=5; did you mean --time-limit?"),
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
    assert code_of(arguments) == 2
    said = capsys.readouterr()
    assert complaint in said.err
    assert "Traceback" not in said.err
    assert list(tmp_path.iterdir()) == [], "a command that can't begin leaves nothing"


def code_of(arguments: list[str]) -> int:
    """The exit code, also of what argparse refuses."""
    try:
        return main(arguments)
    except SystemExit as end:
        assert isinstance(end.code, int)
        return end.code


def test_a_file_that_resembles_the_one_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "numbers.lean").touch()
    assert main(["prove", "number.lean"]) == 2
    assert "there is no file number.lean; did you mean numbers.lean?" in capsys.readouterr().err


def test_a_folder_without_permission_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_dir", refuse)
    assert main(["check", "locked/run"]) == 2
    assert capsys.readouterr().err == "stepwise check: locked/run: Permission denied\n"


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


@pytest.mark.parametrize(
    ("arguments", "folder", "seconds"),
    [
        (["--examples"], "examples", 10.0),
        (["--examples", "--out", "run"], "examples", 10.0),
        (["--examples", "--time-limit", "5"], "examples", 5.0),
        (["--examples", "mine.lean"], "", 60.0),
    ],
)
def test_the_examples_are_proved_where_nothing_else_is_named(
    arguments: list[str], folder: str, seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[set[str], float]] = []

    async def prove(sources: Sequence[Source], config: Config, *_: object, **__: object) -> NoReturn:
        seen.append(({Path(each.path).parent.name for each in sources}, config.time_limit_s))
        raise UsageError("seen enough")

    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.lean").write_text("theorem t : 1 = 1 := by sorry")
    monkeypatch.setattr(proving, "prove", prove)
    assert main(["prove", *arguments]) == 2
    assert seen == [({folder}, seconds)]


def test_an_argument_that_is_no_utf_8_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", "--statement", "theorem t (\udcce\udcb1 : Nat) : 1 = 1"]) == 2
    assert "theorem t (\\udcce\\udcb1 : Nat) : 1 = 1 is no UTF-8" in capsys.readouterr().err
