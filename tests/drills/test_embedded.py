"""Start-up snapshots of the real servers: each one that is taken works, not one in some attempts; and without one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from prover.files import lean_sources
from prover.lean.embedded import ensure_embedded, snapshot
from prover.lean.embedded.bundle import bundle
from tests.lean.lean.embedded.test_server import READY, prepared, running

pytestmark = [pytest.mark.timeout(1800)]  # taking one ends by itself after 900 s


@pytest.mark.parametrize("attempt", range(3))
@pytest.mark.parametrize("main", ["Main.lean", "JudgeMain.lean"])
async def test_the_first_snapshot_of_a_server_works(
    main: str, attempt: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads of the server that was saved once wrote into the memory of the one that went on: three in five hung."""
    monkeypatch.setattr(snapshot, "_ATTEMPTS", 1)
    lean = await ensure_embedded()
    (tmp_path / main).write_text(bundle(lean_sources(), main), encoding="utf8")
    await asyncio.to_thread(snapshot.take, lean, tmp_path / main)
    assert lean.snapshot_of(tmp_path / main).exists()


async def test_a_server_without_a_snapshot_starts_from_its_source(tmp_path: Path) -> None:
    lean = await ensure_embedded()
    main = await prepared(lean, tmp_path)
    copy = tmp_path / "Main.lean"
    copy.write_bytes(main.read_bytes())
    async with running(lean, copy) as server:
        assert await server.line() == READY
        assert await server.ask("Nat.add_comm") == "true"
