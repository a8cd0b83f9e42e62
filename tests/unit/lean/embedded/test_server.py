"""Servers in the cache: made once per content, discarded when others have taken their place."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from prover.errors import ToolchainError
from prover.lean.embedded import EmbeddedLean, ensure_server, folders, server, snapshot


@pytest.fixture
def lean(tmp_path: Path) -> EmbeddedLean:
    root = tmp_path / "cache" / "lib"
    root.mkdir(parents=True)
    return EmbeddedLean(
        node=Path("node"),
        host=tmp_path / "host.cjs",
        root=root,
        package="p",
        lean_version="v",
        package_sha512="s",
        content="c",
    )


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The servers whose snapshots were taken."""
    taken: list[Path] = []

    def take(lean: EmbeddedLean, main: Path) -> None:
        if "broken" in main.read_text(encoding="utf8"):
            raise ToolchainError("it does not start")
        lean.snapshot_of(main).write_bytes(b"memory")
        taken.append(main)

    monkeypatch.setattr(snapshot, "take", take)
    monkeypatch.setattr(server, "_NEEDED_BYTES", 0)
    return taken


def sources(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "Main.lean").write_text(text, encoding="utf8")
    return folder


async def test_a_server_is_made_once_per_content(lean: EmbeddedLean, taken: list[Path], tmp_path: Path) -> None:
    first = await ensure_server(lean, sources(tmp_path / "a", "def a := 1"))
    assert await ensure_server(lean, sources(tmp_path / "b", "def a := 1")) == first
    assert await ensure_server(lean, sources(tmp_path / "c", "def a := 2")) != first
    assert len(taken) == 2
    assert lean.snapshot_of(first / "Main.lean").read_bytes() == b"memory"


async def test_servers_asked_for_at_the_same_time_are_made_once(
    lean: EmbeddedLean, taken: list[Path], tmp_path: Path
) -> None:
    folder = sources(tmp_path / "a", "def a := 1")
    assert len(set(await asyncio.gather(*(ensure_server(lean, folder) for _ in range(4))))) == 1
    assert len(taken) == 1


async def test_a_server_that_does_not_start_leaves_nothing(
    lean: EmbeddedLean, taken: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(ToolchainError, match="does not start"):
        await ensure_server(lean, sources(tmp_path / "a", "broken"))
    assert not list(lean.root.parent.glob("server-*"))
    assert not list(lean.root.parent.glob("making-*"))


async def test_a_damaged_server_is_made_again(lean: EmbeddedLean, taken: list[Path], tmp_path: Path) -> None:
    folder = await ensure_server(lean, sources(tmp_path / "a", "def a := 1"))
    lean.snapshot_of(folder / "Main.lean").write_bytes(b"mem")
    assert await ensure_server(lean, tmp_path / "a") == folder
    assert lean.snapshot_of(folder / "Main.lean").read_bytes() == b"memory"


def as_another_process() -> None:
    """Go on as a process that uses none of the servers so far."""
    for stamp in folders._held.values():
        os.close(stamp)
    folders._held.clear()


async def test_old_servers_make_room_but_recent_ones_stay(
    lean: EmbeddedLean, taken: list[Path], tmp_path: Path
) -> None:
    made = [await ensure_server(lean, sources(tmp_path / "a", f"def a := {n}")) for n in range(9)]
    assert all(folder.exists() for folder in made)
    for age, folder in enumerate(reversed(made)):
        os.utime(folder, (0, time.time() - 10_000 - age))
    as_another_process()
    await ensure_server(lean, sources(tmp_path / "a", "def a := 9"))
    assert [folder.exists() for folder in made] == [False] * 7 + [True] * 2
