"""A run's figures as Prometheus metrics of the Ray cluster: scraped from every node's metrics port."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from prover.run.result import TheoremResult

_UNFIT = re.compile(r"[^a-zA-Z0-9_]")


class Metrics:
    """`stepwise_NAME` for every number of a sample, and `stepwise_theorems_total` by status. Needs a running Ray."""

    def __init__(self, run: str) -> None:
        from ray.util.metrics import Counter

        self._tags = {"run": run}
        self._gauges: dict[str, Any] = {}
        self._theorems = Counter("stepwise_theorems", "Results by status", tag_keys=("run", "status"))
        self._tactics = Counter("stepwise_tactics", "Tactics that theorems with a result used", tag_keys=("run",))

    def sample(self, sample: Mapping[str, float]) -> None:
        """Set the gauges to a sample's numbers."""
        from ray.util.metrics import Gauge

        for key, value in sample.items():
            if key not in self._gauges:
                name = f"stepwise_{_UNFIT.sub('_', key).lower()}"
                self._gauges[key] = Gauge(name, f"{key} of a run", tag_keys=("run",))
            self._gauges[key].set(value, tags=self._tags)

    def result(self, result: TheoremResult) -> None:
        self._theorems.inc(1, tags={**self._tags, "status": str(result.status)})
        if result.tactics:
            self._tactics.inc(result.tactics, tags=self._tags)
