"""The language server in a real editor, Neovim without a window."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.editor import ROOT


@pytest.mark.skipif(shutil.which("nvim") is None, reason="there is no Neovim on this machine")
def test_a_theorem_is_proved_by_a_code_action(tmp_path: Path) -> None:
    file = tmp_path / "mine.lean"
    file.write_text("/- 𝔽 -/ theorem t : p := by sorry -- 🇫🇷\n", encoding="utf8")
    server = "\n".join((sys.executable, "-m", "tests.fakes.editor_server", "0"))
    said = subprocess.run(
        ["nvim", "--headless", "-u", "NONE", "-n", "-S", str(Path(__file__).with_name("neovim.lua")), str(file)],
        env={**os.environ, "SERVER": server, "TITLE": "Stepwise: prove t", "WORD": "sorry"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert said.returncode == 0, said.stderr
    assert file.read_text(encoding="utf8") == "/- 𝔽 -/ theorem t : p := by done -- 🇫🇷\n"
