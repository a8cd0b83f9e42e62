"""One line of what `stepwise doctor` found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The subject of a check and its result. `is_fine` is None for mere information, and for what is not installed."""

    what: str
    is_fine: bool | None
    detail: str
