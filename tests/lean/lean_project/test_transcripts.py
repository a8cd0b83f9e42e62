"""Conversations with the server, as folders: `in` holds the requests, `expected` the answers."""

from __future__ import annotations

import json

import pytest

from tests.lean.lean_project.step_client import TRANSCRIPTS, StepServer

CASES = sorted(folder.name for folder in TRANSCRIPTS.iterdir())


def test_there_are_transcripts() -> None:
    assert len(CASES) >= 10


@pytest.mark.parametrize("case", CASES)
def test_a_transcript_is_answered_as_recorded(server: StepServer, case: str) -> None:
    recorded = (TRANSCRIPTS / case / "expected").read_text(encoding="utf8").split("\n\n")
    expected = [json.loads(piece) for piece in recorded if piece.strip()]
    assert server.transcript(TRANSCRIPTS / case / "in") == expected
