"""The cache's disk space: what is counted, what goes, and what a running process keeps."""

from __future__ import annotations

import os
import time
from pathlib import Path

from prover.lean.embedded.disk import clean, parts
from prover.lean.embedded.folders import held, made

MIB = 1 << 20


def folder(home: Path, name: str, content: bytes = b"x" * MIB) -> Path:
    with made(home / name) as making:
        (making / "file").write_bytes(content)
    return home / name


def test_what_this_version_does_not_use_goes_and_the_rest_stays(tmp_path: Path) -> None:
    current = {folder(tmp_path, "lib-a"), folder(tmp_path, "build-a"), folder(tmp_path, "server-a")}
    old = {folder(tmp_path, "build-b"), folder(tmp_path, "server-b")}
    (tmp_path / "lock").touch()
    gone, kept = clean(tmp_path, current)
    assert ({part.path for part in gone}, kept) == (old, [])
    assert sum(part.size for part in gone) >= 2 * MIB
    assert set(tmp_path.iterdir()) == current | {tmp_path / "lock"}


def test_a_file_with_two_names_counts_once_and_for_the_current_version(tmp_path: Path) -> None:
    old, new = folder(tmp_path, "build-1"), folder(tmp_path, "build-2", b"")
    (new / "file").unlink()
    (new / "file").hardlink_to(old / "file")
    current, other = parts(tmp_path, {new})
    assert current.is_current
    assert current.size >= MIB > other.size


def test_what_is_being_made_stays_and_what_was_left_half_made_goes(tmp_path: Path) -> None:
    for name in ("making-new", "making-old"):
        (tmp_path / name).mkdir()
    (tmp_path / "package.tgz.part").touch()
    for name in ("making-old", "package.tgz.part"):
        os.utime(tmp_path / name, (0, time.time() - 10_000))
    clean(tmp_path, set())
    assert [path.name for path in tmp_path.iterdir()] == ["making-new"]


def test_a_folder_that_a_process_holds_stays(tmp_path: Path) -> None:
    mine = folder(tmp_path, "server-a")
    assert held(mine)
    gone, kept = clean(tmp_path, set())
    assert (gone, [part.path for part in kept]) == ([], [mine])
    assert held(mine)


def test_a_folder_that_was_removed_meanwhile_is_not_held(tmp_path: Path) -> None:
    assert not held(tmp_path / "server-a")
    clean(tmp_path, set())
    mine = folder(tmp_path, "server-a")
    (mine / "file").unlink()
    assert not held(mine)
