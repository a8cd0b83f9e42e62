"""A run's figures reach Prometheus through Ray's own metrics agent."""

from __future__ import annotations

import socket
import time
import urllib.request

import pytest

from prover.run.result import Status, TheoremResult

ray = pytest.importorskip("ray", reason="the ray extra is not installed")
pytestmark = [pytest.mark.filterwarnings("ignore")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_samples_and_results_are_scraped_with_the_name_of_the_run() -> None:
    from prover.cluster.metrics import Metrics

    port = free_port()
    ray.init(
        address="local",
        num_cpus=1,
        include_dashboard=False,
        object_store_memory=80 << 20,
        configure_logging=False,
        _metrics_export_port=port,
        _system_config={"metrics_report_interval_ms": 500},
    )
    try:
        metrics = Metrics("my-run")
        metrics.sample({"at_s": 3.0, "lean_busy": 0.75, "memory_of_workers_MB": 1540})
        for status in (Status.PROVED, Status.PROVED, Status.FAILED):
            metrics.result(TheoremResult("t", "t", status, "x", tactics=7))
        wanted = ("stepwise_lean_busy", "stepwise_memory_of_workers_mb", "stepwise_theorems", "stepwise_tactics")
        deadline = time.monotonic() + 60.0
        while not all(name in (text := scrape(port)) for name in wanted) and time.monotonic() < deadline:
            time.sleep(0.5)
    finally:
        ray.shutdown()
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if "stepwise_" in line and line[0] != "#")
    assert all('run="my-run"' in name for name in values)
    assert value(values, "stepwise_lean_busy") == 0.75
    assert value(values, "stepwise_memory_of_workers_mb") == 1540
    assert value(values, "stepwise_tactics") == 21
    assert value(values, "stepwise_theorems", 'status="proved"') == 2


def value(values: dict[str, str], *parts: str) -> float:
    (found,) = (float(number) for name, number in values.items() if all(part in name for part in parts))
    return found


def scrape(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            text: str = answer.read().decode()
            return text
    except OSError:
        return ""
