"""A run on a cluster that it only joins, whose one Lean machine vanishes again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import psutil

from prover.run.result import Status
from tests.cluster.cluster_run import far, here, open_folder
from tests.cluster.disturbed import proved, results
from tests.processes import left, name

LEAN = {"stepwise": "lean"}


async def outlives(tmp_path: Path, *, theorems: int, lost_after: Sequence[int]) -> None:
    """After so many results each time the machine is lost and another one comes; the results have to be those of a run
    that nothing disturbed, and no actor may be left."""
    from ray.cluster_utils import Cluster

    calm = open_folder(tmp_path / "calm", theorems)
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
    folder = open_folder(tmp_path / "run", theorems)
    try:
        node = cluster.add_node(num_cpus=1, labels=LEAN, object_store_memory=80 << 20)
        running = asyncio.create_task(far(folder, cluster.address, tuple(LEAN.items())))
        for count in lost_after:
            while sum(1 for _ in folder.results()) < count:
                await asyncio.sleep(0.1)
                assert not running.done() or running.result() is None
            cluster.remove_node(node, allow_graceful=False)
            node = cluster.add_node(num_cpus=1, labels=LEAN, object_store_memory=80 << 20)
        assert any(name(each).startswith("ray::_Shell") for each in psutil.Process().children(recursive=True))
        await running
        assert not left(psutil.Process().children(recursive=True), within_s=20.0, called="ray::_Shell")
    finally:
        folder.close()
        cluster.shutdown()  # type: ignore[no-untyped-call]
    found = results(tmp_path / "run")
    assert len(found) == theorems
    assert not [result for result in found.values() if result.status is Status.UNKNOWN]
    assert proved(found) == proved(results(tmp_path / "calm"))
