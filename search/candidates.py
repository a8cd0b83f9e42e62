"""What is done to a policy's answer before Lean is asked."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

from search.base import Candidate


def distinct(candidates: Sequence[Candidate], *, tried: Container[str]) -> tuple[list[Candidate], int]:
    """Each tactic once, in order of first appearance, without those `tried` before; and how many draws that spared.

    A repeated tactic keeps its best log-probability and the sum of its counts. Texts are stripped.
    """
    by_text: dict[str, Candidate] = {}
    spared = 0
    for candidate in candidates:
        text = candidate.tactic.strip()
        if not text or text in tried:
            spared += candidate.count
            continue
        first = by_text.get(text)
        if first is None:
            by_text[text] = candidate if text == candidate.tactic else _with(candidate, text, candidate.count)
        else:
            spared += candidate.count
            better = candidate if candidate.log_prob > first.log_prob else first
            by_text[text] = _with(better, text, first.count + candidate.count)
    return list(by_text.values()), spared


def _with(candidate: Candidate, tactic: str, count: int) -> Candidate:
    return replace(candidate, tactic=tactic, count=count)
