"""What every tier shares."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """Imported modules stay to the end: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
