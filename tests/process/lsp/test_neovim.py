"""The language server in a real editor: Neovim without a window, set up as the documents say."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.editor import ROOT

pytestmark = pytest.mark.skipif(shutil.which("nvim") is None, reason="there is no Neovim on this machine")


def edited(folder: Path, text: str, *, title: str, word: str, error: str = "") -> str:
    """A file when the action with this title was chosen at a word, where Lean reports an error, if any."""
    file, settings, command = folder / "mine.lean", folder / "init.lua", folder / "stepwise"
    file.write_text(text, encoding="utf8")
    settings.write_text("".join(re.findall(r"```lua\n(.*?)```", documented(), re.DOTALL)), encoding="utf8")
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -m tests.fakes.editor_server 0\n", encoding="utf8")
    command.chmod(0o700)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    choice = {"TITLE": f"Stepwise: {title}", "WORD": word} | ({"ERROR": error} if error else {})
    said = subprocess.run(
        ["nvim", "--headless", "-u", settings, "-n", "-S", Path(__file__).with_name("neovim.lua"), file],
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **choice},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert said.returncode == 0, said.stderr
    return file.read_text(encoding="utf8")


def documented() -> str:
    return (ROOT / "docs/editors.md").read_text(encoding="utf8")


def test_a_theorem_is_proved_by_a_code_action(tmp_path: Path) -> None:
    text = "/- 𝔽 -/ theorem t : p := by sorry -- 🇫🇷\n"
    assert edited(tmp_path, text, title="prove t", word="sorry") == text.replace("sorry", "done")


def test_an_error_of_leans_is_proved_from_where_it_is_on(tmp_path: Path) -> None:
    text = "theorem t : p := by\n  foo -- 🇫🇷\n"
    after = edited(tmp_path, text, title="prove t from the error on", word="foo", error="unknown tactic")
    assert after == text.replace("foo", "done")
