"""A run that is told to end keeps what it has, and a command that can't begin leaves nothing."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from prover.assembly.toolchains import Toolchains
from prover.cli import prove
from prover.cli.console import Console
from prover.config import Config
from prover.errors import UsageError
from tests.fakes.toolchain import FakeToolchain


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    prove.add_arguments(parser)
    return parser.parse_args(["--statement", "theorem t : 1 = 1 := by sorry", *arguments])


def opening(leans: Toolchains) -> Callable[[Config, Console], Awaitable[Toolchains]]:
    """What opens these toolchains, whatever the settings name."""

    async def open_toolchains(_: Config, __: Console) -> Toolchains:
        return leans

    return open_toolchains


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
    async def stopped_here(_: Config, __: Console) -> Toolchains:
        os.kill(os.getpid(), signalled)
        await asyncio.sleep(5)
        raise AssertionError("it went on")

    monkeypatch.setattr(prove, "open_toolchains", stopped_here)
    assert prove.run(options("--out", str(tmp_path / "run"))) == code
    assert f"--resume {tmp_path / 'run'}" in capsys.readouterr().err


def test_a_wrong_address_of_a_cluster_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove, "open_toolchains", opening(Toolchains((FakeToolchain(),))))
    with pytest.raises(UsageError, match="HOST:PORT"):
        prove.run(options("--out", str(tmp_path / "run"), "--ray", "nonsense"))
    assert not (tmp_path / "run").exists()


def test_several_leans_on_a_cluster_are_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = Toolchains((FakeToolchain(), FakeToolchain(fingerprint="other")))
    monkeypatch.setattr(prove, "open_toolchains", opening(several))
    with pytest.raises(UsageError, match=r"--ray takes one Lean, and the projects have 2 .*start a run for each"):
        prove.run(options("--out", str(tmp_path / "run"), "--ray", "local"))
    assert not (tmp_path / "run").exists()


def test_a_run_that_goes_on_with_other_leans_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run, other = tmp_path / "run", FakeToolchain(fingerprint="other")
    monkeypatch.setattr(prove, "open_here", unopened)
    monkeypatch.setattr(prove, "open_toolchains", opening(Toolchains((FakeToolchain(), other))))
    for arguments in (["--out", str(run)], ["--resume", str(run)]):
        with pytest.raises(UsageError, match="far enough"):
            prove.run(options(*arguments) if "--out" in arguments else resuming(run))
    assert "begun with another Lean" not in capsys.readouterr().err
    monkeypatch.setattr(prove, "open_toolchains", opening(Toolchains((other, FakeToolchain()))))
    with pytest.raises(UsageError, match="far enough"):
        prove.run(resuming(run))
    assert "begun with another Lean (fake+other); now other+fake" in capsys.readouterr().err


def unopened(*_: object) -> None:
    raise UsageError("far enough")


def resuming(run: Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    prove.add_arguments(parser)
    return parser.parse_args(["--resume", str(run)])
