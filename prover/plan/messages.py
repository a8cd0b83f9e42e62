"""Lean's messages about a sketch, as a planner can read them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prover.tasks import TheoremTask

_PLACE = re.compile(r"\A(\d+):(\d+): ")
_MOST = 8
_LONGEST = 600


def own_lines(messages: Sequence[str], task: TheoremTask) -> tuple[str, ...]:
    """The first of the messages, cut to a length, with lines that count from the theorem's first."""
    before = task.context.count("\n")

    def moved(place: re.Match[str]) -> str:
        return f"{max(1, int(place[1]) - before)}:{place[2]}: "

    return tuple(_PLACE.sub(moved, message)[:_LONGEST] for message in messages[:_MOST])
