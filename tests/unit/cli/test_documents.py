"""Every command that a document shows is one that the command line understands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from prover.cli.main import COMMANDS, parser_of

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINE = re.compile(r"^(?:\$ |    )stepwise (.+)$", re.MULTILINE)
REMARK = re.compile(r"\s{3,}| # ")
INLINE = re.compile(r"`stepwise (\S[^`]*)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_document_are_understood(page: Path) -> None:
    for line in LINE.findall(page.read_text(encoding="utf8")):
        command, *arguments = shlex.split(REMARK.split(line)[0].replace("…", ""))
        parser_of(command).parse_args(arguments)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_in_the_sentences_of_a_document_have_these_options(page: Path) -> None:
    for said in INLINE.findall(page.read_text(encoding="utf8")):
        command = said.split()[0]
        assert command in COMMANDS, said
        known = parser_of(command).format_help()
        assert [name for name in re.findall(r"--[a-z][a-z-]*", said) if name not in known] == [], said
