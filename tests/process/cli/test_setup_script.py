"""The scripts end what they are waiting for when they are told to end."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from prover.confine.process_tree import process_tree
from tests.process.cli.test_ending import hears_ctrl_c
from tests.processes import gone

pytestmark = [pytest.mark.timeout(30)]

SETUP = Path(__file__).parents[3] / "scripts" / "setup.sh"


@pytest.mark.parametrize(("signalled", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_an_installation_that_is_cut_off_leaves_no_process(signalled: signal.Signals, code: int) -> None:
    installing = ["bash", "-c", f". '{SETUP}'; below bash -c 'sleep 60 & sleep 60'"]
    process = subprocess.Popen(installing, preexec_fn=hears_ctrl_c)
    while len(below := list(process_tree(process.pid))) < 4:
        time.sleep(0.02)
    process.send_signal(signalled)
    assert process.wait(timeout=3) == code
    assert gone(*below, within_s=2.0)


@pytest.mark.parametrize("status", [0, 3])
def test_its_status_is_handed_on(status: int) -> None:
    assert (
        subprocess.run(["bash", "-c", f". '{SETUP}'; below bash -c 'exit {status}'"], check=False).returncode == status
    )
