"""A cluster that the run only joins, whose Lean machines vanish and come back, as spot machines do."""

from __future__ import annotations

import asyncio
from pathlib import Path

import psutil
import pytest

from prover.run.result import Status
from tests.cluster.cluster_run import far, here, open_folder
from tests.cluster.disturbed import proved, results

pytest.importorskip("ray", reason="the ray extra is not installed")
pytestmark = [pytest.mark.timeout(400), pytest.mark.filterwarnings("ignore")]

LEAN = {"stepwise": "lean"}
COUNT = 60


async def test_a_run_outlives_every_machine_that_its_lean_workers_were_on(tmp_path: Path) -> None:
    from ray.cluster_utils import Cluster

    calm = open_folder(tmp_path / "calm", COUNT)
    await here(calm)
    calm.close()
    cluster = Cluster(
        initialize_head=True,
        head_node_args={
            "num_cpus": 2,
            "include_dashboard": False,
            "object_store_memory": 80 << 20,
            "_system_config": {"worker_niceness": 0},
        },
    )
    folder = open_folder(tmp_path / "run", COUNT)
    try:
        node = cluster.add_node(num_cpus=1, labels=LEAN, object_store_memory=80 << 20)
        running = asyncio.create_task(far(folder, cluster.address, tuple(LEAN.items())))
        for lost_after in (10, 20):
            while sum(1 for _ in folder.results()) < lost_after:
                await asyncio.sleep(0.1)
                assert not running.done() or running.result() is None
            cluster.remove_node(node, allow_graceful=False)
            node = cluster.add_node(num_cpus=1, labels=LEAN, object_store_memory=80 << 20)
        assert "ray::Shell" in " ".join(map(command_line, psutil.Process().children(recursive=True)))
        await running
        assert not await actors_left(20.0)
    finally:
        folder.close()
        cluster.shutdown()  # type: ignore[no-untyped-call]
    found = results(tmp_path / "run")
    assert len(found) == COUNT
    assert not [result for result in found.values() if result.status is Status.UNKNOWN]
    assert proved(found) == proved(results(tmp_path / "calm"))


async def actors_left(within_s: float) -> list[str]:
    """The actors that still run on the cluster, all of whose processes are below this one."""
    for _ in range(round(10 * within_s)):
        left = [line for line in map(command_line, psutil.Process().children(recursive=True)) if "ray::Shell" in line]
        if not left:
            return []
        await asyncio.sleep(0.1)
    return left


def command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
