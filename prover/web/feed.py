"""Numbered events, which any number of readers follow, each from the place where it is."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

Event = Mapping[str, Any]


class Feed:
    """Events in the order in which they came. `epoch` tells this feed from one that began anew, so that a reader who
    was away knows whether its place still means anything."""

    def __init__(self) -> None:
        self.epoch = secrets.token_hex(4)
        self._events: list[Event] = []

    def append(self, event: Event) -> None:
        self._events.append(event)

    def after(self, place: str, most: int) -> tuple[str, list[Event]]:
        """At most `most` events after a place, and the place behind them. The place "" is the beginning, and so is one
        of another epoch."""
        epoch, _, number = place.partition("-")
        start = int(number) if epoch == self.epoch and number.isdecimal() else 0
        events = self._events[start : start + most]
        return f"{self.epoch}-{start + len(events)}", events
