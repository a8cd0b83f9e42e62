"""`scripts/bench NAME …` runs `scripts.benchmarks.NAME.main`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import scripts.benchmarks as benchmarks


def main(argv: list[str]) -> int:
    """Dispatch to a benchmark by its module's name; list them without one."""
    names = sorted(
        module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")
    )
    if not argv or argv[0] not in names:
        print("usage: scripts/bench NAME [ARGUMENTS]\nbenchmarks: " + " ".join(names))
        return 0 if argv in ([], ["--help"]) else 2
    module = importlib.import_module(f"scripts.benchmarks.{argv[0]}")
    return int(module.main(argv[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
