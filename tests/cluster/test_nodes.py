"""A cluster that the run only joins, whose Lean machines vanish and come back, as spot machines do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.lost_machines import outlives

pytest.importorskip("ray", reason="the ray extra is not installed")
pytestmark = [pytest.mark.timeout(400), pytest.mark.filterwarnings("ignore")]


async def test_a_run_outlives_the_machine_that_its_lean_workers_were_on(tmp_path: Path) -> None:
    await outlives(tmp_path, theorems=10, lost_after=[3])
