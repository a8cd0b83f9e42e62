"""Every command of docs/tutorial.md does what the page says, in the order of the page."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from prover.cli.main import main

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf8")
SOME_UNPROVED = 1


@pytest.mark.long
@pytest.mark.timeout(280)
def test_the_tutorial_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (listing,) = re.findall(r"```lean\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "first.lean").write_text(listing, encoding="utf8")
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^\$ stepwise (.+)$", PAGE, re.MULTILINE)
    assert len(commands) == 10
    for command in commands:
        words = shlex.split(command)
        assert main([*words]) in (0, SOME_UNPROVED), command
    solved = (tmp_path / "runs/first/solved/first.lean").read_text(encoding="utf8")
    assert solved.count("sorry") < listing.count("sorry")
    for made in ("report.html", "trace"):
        assert (tmp_path / "runs/first" / made).exists(), made
    for made in ("lengthFrom_add.svg", "rows.jsonl", "critic.json", "runs/third/results.jsonl"):
        assert (tmp_path / made).stat().st_size > 0, made
