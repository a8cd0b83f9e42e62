"""One line of what `stepwise doctor` found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, and what was found: `is_fine` is None for what is merely told, or not there."""

    what: str
    is_fine: bool | None
    detail: str
