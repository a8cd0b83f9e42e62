"""From an empty clone and an empty home to the first proved theorem, and the same again: `scripts/bench fresh`."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.benchmarks._provenance import heading

_FIRST_LIMIT_S = 180.0
_SECOND_LIMIT_S = 25.0


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench fresh", description=__doc__)
    parser.parse_args(argv)
    print(heading("fresh", seed=0), flush=True)
    root = Path(__file__).resolve().parents[2]
    with TemporaryDirectory() as scratch:
        clone, home = Path(scratch) / "clone", Path(scratch) / "home"
        subprocess.run(["git", "clone", "--quiet", str(root), str(clone)], check=True)
        home.mkdir()
        for what, limit_s in (("first run", _FIRST_LIMIT_S), ("second run", _SECOND_LIMIT_S)):
            seconds, line = first_proof(clone, home, Path(scratch) / what.replace(" ", "-"))
            print(f"{what}: {seconds:.1f} s to the first proof (at most {limit_s:g}, {limit_s / seconds:.1f}×): {line}")
    return 0


def first_proof(clone: Path, home: Path, out: Path) -> tuple[float, str]:
    """Seconds until `scripts/prove examples` says its first proof, and that line. The run is then interrupted."""
    own = ("XDG_", "STEPWISE_", "VIRTUAL_ENV", "PYTHON")
    env = {key: value for key, value in os.environ.items() if not key.startswith(own)}
    env["HOME"] = str(home)
    began = time.monotonic()
    process = subprocess.Popen(
        [str(clone / "scripts/prove"), str(clone / "examples"), "--out", str(out), "--time-limit", "10"],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("✓"):
                return time.monotonic() - began, line.strip()
        raise SystemExit("no theorem was proved")
    finally:
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        process.wait()
