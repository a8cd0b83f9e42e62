"""What every tier shares."""

from __future__ import annotations

import gc

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that at the end no process waits for one of them."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """Imported modules stay to the end: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
