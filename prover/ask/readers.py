"""Reads what chat models write round an answer: a thinking part, fences."""

from __future__ import annotations

import re

_FENCE = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[^\n`]*\n(?P<inside>.*?)(?:^[ \t]*(?P=fence)|\Z)", re.DOTALL | re.MULTILINE
)
_THOUGHTS_END = "</think>"


def _after_thought(answer: str) -> str:
    """The answer without the thinking part before it; empty if the thinking never ends."""
    before, end, rest = answer.rpartition(_THOUGHTS_END)
    return rest if end else "" if before == "" and "<think>" in answer else answer


def last_fence(answer: str) -> str:
    """What stands in the last fence behind the thinking part, which may be left open; without a fence all of it."""
    text = _after_thought(answer)
    found = list(_FENCE.finditer(text))
    return found[-1]["inside"] if found else text
