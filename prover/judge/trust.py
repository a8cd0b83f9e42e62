"""What a set of verdicts rests on, in sentences for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prover.judge.verdict import VerdictStatus
from prover.lean.releases import CAUTION, KERNEL_MENDED


def trust(verdicts: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """One sentence for each Lean: how many proofs it accepted, how many of them fresh, and what that leaves open.

    `verdicts` are as `Verdict.to_json` writes them; those before `fresh` was written were all fresh.
    """
    fresh_by_lean: dict[str, list[bool]] = {}
    for verdict in verdicts:
        if verdict.get("verdict") == VerdictStatus.ACCEPTED:
            fresh_by_lean.setdefault(str(verdict.get("toolchain")), []).append(verdict.get("fresh") is not False)
    return tuple(_sentence(lean, fresh) for lean, fresh in sorted(fresh_by_lean.items()))


def _sentence(lean: str, fresh: list[bool]) -> str:
    """For one Lean; `fresh` has an entry for each proof."""
    among = len(fresh) - sum(fresh)
    opens = []
    if among:
        opens.append("that an earlier proof hid an error in a later one's text (`stepwise check --fresh`)")
    if CAUTION in lean:
        opens.append(f"the kernel's bugs (judge again under Lean {'.'.join(map(str, KERNEL_MENDED))} or later)")
    how = f"{sum(fresh)} fresh, {among} in processes that had served other proofs"
    left = f"; open: {', and '.join(opens)}" if opens else ""
    return f"{len(fresh)} accepted under {lean}: {how}{left}"
