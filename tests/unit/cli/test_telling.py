"""A theorem's line on the terminal: its proof, or the whole of what stands against it."""

from __future__ import annotations

import io

import pytest

from prover.cli.console import Console
from prover.cli.telling import TellingRun
from prover.run.result import Status, TheoremResult


def line(status: Status, stop_reason: str, error: str = "") -> str:
    """What is shown when a theorem has this result."""
    out = io.StringIO()
    result = TheoremResult(id="t", name="t", status=status, stop_reason=stop_reason, error=error, elapsed_s=10.0)
    TellingRun(Console(out=out), is_live=False).result(result)
    return out.getvalue().rstrip("\n")


def test_the_whole_of_what_lean_said_is_shown_below_the_theorem() -> None:
    said = "a.lean:3:14: failed to synthesize instance of type class\n  HAdd Int (List Int) ?m"
    shown = line(Status.INVALID, "does_not_elaborate", said)
    assert shown.splitlines() == [
        "! invalid    10.0 s  t  a.lean:3:14: failed to synthesize instance of type class",
        "      HAdd Int (List Int) ?m",
    ]


def test_of_a_very_long_message_the_beginning_is_shown_and_where_the_rest_is() -> None:
    shown = line(Status.INVALID, "does_not_elaborate", "\n".join(map(str, range(100)))).splitlines()
    assert len(shown) < 20
    assert shown[-1] == "    … 84 more lines, in results.jsonl"


@pytest.mark.parametrize(
    ("stop_reason", "words"), [("wall_time", "out of time"), ("exhausted", "nothing left to try"), ("lost", "lost")]
)
def test_the_end_of_a_search_is_said_in_words(stop_reason: str, words: str) -> None:
    assert line(Status.FAILED, stop_reason).endswith(f"t  {words}")
