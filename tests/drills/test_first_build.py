"""The first start of the servers is cut off like any other phase."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from prover.lean.embedded import ensure_embedded
from prover.lean.embedded.install import installed_folders
from tests.processes import left

pytestmark = [pytest.mark.timeout(120)]

PROVE = [sys.executable, "-m", "prover.cli.main", "prove", "--statement", "theorem t : 1 = 1", "--out"]


def linked_or_copied(source: str, target: str) -> None:
    """The file under a second name, where both folders lie on one disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


async def test_a_first_start_that_is_told_to_end_leaves_no_process_and_no_server(tmp_path: Path) -> None:
    await ensure_embedded()
    home = tmp_path / "embedded"
    for folder in installed_folders():
        shutil.copytree(folder, home / folder.name, copy_function=linked_or_copied)
    process = subprocess.Popen(
        [*PROVE, str(tmp_path / "run")], env={**os.environ, "STEPWISE_CACHE": str(tmp_path)}, stderr=subprocess.PIPE
    )
    while len(list(home.glob("making-server-*"))) < 2:
        assert process.poll() is None
        time.sleep(0.05)
    below = psutil.Process(process.pid).children(recursive=True)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert time.monotonic() - began < 5.0
    assert process.returncode == 143
    assert b"nothing was written" in said
    assert left(below, within_s=1.0) == []
    assert not list(home.glob("server-*"))
