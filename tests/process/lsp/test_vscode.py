"""The extension for VS Code, from the packed file, under Node with a stub of `vscode`."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from prover.lean.embedded.download import node_executable
from prover.lsp.vsix import pack
from tests.fakes.editor import ROOT

QUICK = [sys.executable, "-m", "tests.fakes.editor_server", "0"]
ONE = "/- 𝔽 -/ theorem t : p := by sorry -- 🇫🇷\n"


@pytest.fixture
def extension(tmp_path: Path) -> Path:
    """The folder that VS Code makes of the packed file."""
    pack(tmp_path / "stepwise.vsix")
    with zipfile.ZipFile(tmp_path / "stepwise.vsix") as archive:
        archive.extractall(tmp_path)
    return tmp_path / "extension"


def used(extension: Path, **task: Any) -> dict[str, Any]:
    """What was shown in the end."""
    said = subprocess.run(
        [node_executable(), Path(__file__).with_name("vscode.cjs")],
        input=json.dumps({"extension": str(extension), "command": QUICK, **task}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )
    assert said.returncode == 0, said.stderr
    answer: dict[str, Any] = json.loads(said.stdout)
    return answer


def test_a_theorem_is_proved_from_the_light_bulb(extension: Path) -> None:
    shown = used(extension, text=ONE, word="sorry", choose="Stepwise: prove t", until="edit")
    assert shown["text"] == ONE.replace("sorry", "done")
    assert "Stepwise: suggest tactics here" in shown["menu"]
    assert shown["progress"] == ["Stepwise: prove t"]
    assert shown["errors"] == []


def test_an_error_that_lean_reports_is_proved_from_where_it_is_on(extension: Path) -> None:
    text = "theorem t : p := by\n  foo\n"
    where = {"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 5}}
    error = {"range": where, "message": "unknown tactic", "severity": 0, "source": "Lean 4"}
    choose = "Stepwise: prove t from the error on"
    shown = used(extension, text=text, word="foo", errors=[error], choose=choose, until="edit")
    assert shown["text"] == "theorem t : p := by\n  done\n"


def test_the_page_of_a_search_is_opened(extension: Path) -> None:
    shown = used(extension, text=ONE, word="sorry", choose="Stepwise: prove t and watch", until="page")
    assert shown["pages"][0].startswith("http://127.0.0.1:")


def test_a_command_that_is_not_there_is_named(extension: Path) -> None:
    shown = used(extension, command=["no-such-command"], text=ONE, word="sorry", choose="", until="error")
    assert "no-such-command can't be started" in shown["errors"][0]


def test_the_same_sources_make_the_same_file(tmp_path: Path) -> None:
    pack(tmp_path / "one")
    pack(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
