"""Where a workbench leaves its address."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.config import Config
from prover.errors import UsageError
from prover.workbench.address import Spot


def test_a_cache_that_can_not_be_written_is_said_with_what_needs_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("STEPWISE_CACHE", str(tmp_path / "file"))
    with pytest.raises(UsageError, match=r"no workbench can be kept in .*--alone"):
        Spot.of(Config())
