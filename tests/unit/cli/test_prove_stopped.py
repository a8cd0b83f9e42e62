"""A run that is told to end keeps what it has."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from prover.assembly import proving
from prover.assembly.listener import Listener
from prover.assembly.toolchains import Toolchains
from prover.cli import prove
from prover.config import LeanConfig


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    prove.add_arguments(parser)
    return parser.parse_args(["--statement", "theorem t : 1 = 1 := by sorry", *arguments])


@pytest.fixture
def _listening() -> Iterator[None]:
    """Ctrl-C is heard, also where the tests were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_listening")
@pytest.mark.parametrize(("signalled", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize(("has_begun", "said"), [(True, "--resume {run}"), (False, "nothing was written")])
def test_a_run_that_is_told_to_end_says_how_to_go_on(
    signalled: signal.Signals,
    code: int,
    has_begun: bool,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = tmp_path / "run"

    async def stopped_here(_: LeanConfig, __: Listener) -> Toolchains:
        if has_begun:
            run.mkdir()
            (run / "run.json").write_text("{}")
        os.kill(os.getpid(), signalled)
        await asyncio.sleep(5)
        raise AssertionError("it went on")

    monkeypatch.setattr(proving, "open_toolchains", stopped_here)
    assert prove.run(options("--out", str(run))) == code
    assert said.format(run=run) in capsys.readouterr().err
