"""A run that is told to end keeps what it has, and a command that can't begin leaves nothing."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from prover.cli import prove
from prover.cli.console import Console
from prover.config import Config
from prover.errors import UsageError
from tests.unit.layer.support import FakeToolchain


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
def test_a_run_that_is_told_to_end_says_how_to_go_on(
    signalled: signal.Signals,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def stopped_here(_: Config, __: Console) -> FakeToolchain:
        os.kill(os.getpid(), signalled)
        await asyncio.sleep(5)
        raise AssertionError("it went on")

    monkeypatch.setattr(prove, "open_toolchain", stopped_here)
    assert prove.run(options("--out", str(tmp_path / "run"))) == code
    assert f"--resume {tmp_path / 'run'}" in capsys.readouterr().err


def test_a_wrong_address_of_a_cluster_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fake(_: Config, __: Console) -> FakeToolchain:
        return FakeToolchain()

    monkeypatch.setattr(prove, "open_toolchain", fake)
    with pytest.raises(UsageError, match="HOST:PORT"):
        prove.run(options("--out", str(tmp_path / "run"), "--ray", "nonsense"))
    assert not (tmp_path / "run").exists()
