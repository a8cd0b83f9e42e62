"""Every way to be told, in every phase of a run and whatever a command is at; and what is gone on with afterwards."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.lean.cli.test_prove import hold_gone_on_with
from tests.process.cli.test_ending import DEAF, hold_ended
from tests.process.cli.test_told_run import PHASES, hold_end

SIGNALS = [signal.SIGTERM, signal.SIGINT]


@pytest.mark.parametrize("signalled", SIGNALS)
@pytest.mark.parametrize("phase", PHASES)
def test_a_run_ends_in_time_and_keeps_what_it_has(phase: str, signalled: signal.Signals, tmp_path: Path) -> None:
    hold_end(phase, signalled, tmp_path)


@pytest.mark.parametrize("signalled", SIGNALS)
@pytest.mark.parametrize("work", DEAF)
def test_what_does_not_hear_ends_all_the_same(work: str, signalled: signal.Signals) -> None:
    hold_ended(work, signalled)


def test_a_run_that_was_killed_and_interrupted_is_gone_on_with_to_its_end(tmp_path: Path) -> None:
    hold_gone_on_with(tmp_path, (signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130))
