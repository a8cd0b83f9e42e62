"""Servers and builds of other versions go when a new one is made, whoever else tidies up at the same time."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from prover.lean.embedded.disk import discard_old_versions
from prover.lean.embedded.folders import held

DAY_S = 86_400.0


def old_server(home: Path, number: int, kind: str = "server") -> Path:
    folder = home / f"{kind}-{number:03}"
    folder.mkdir()
    (folder / "stamp.json").write_text('{"files": {}}', encoding="utf8")
    os.utime(folder, (0.0, DAY_S * number))
    return folder


def test_the_newest_of_the_unused_stay(tmp_path: Path) -> None:
    for number in range(30):
        old_server(tmp_path, number)
    (tmp_path / "making-server-031-7").mkdir()
    os.utime(tmp_path / "making-server-031-7", (0.0, 0.0))
    discard_old_versions(tmp_path)
    left = sorted(folder.name for folder in tmp_path.iterdir())
    assert left == [f"server-{number:03}" for number in range(30 - len(left), 30)]
    assert 0 < len(left) < 30


def test_builds_that_nobody_uses_go_too_and_one_in_use_stays(tmp_path: Path) -> None:
    builds = [old_server(tmp_path, number, "build") for number in range(5)]
    library = old_server(tmp_path, 0, "lib")
    assert held(builds[0])
    discard_old_versions(tmp_path)
    assert [build.exists() for build in builds] == [True, False, False, False, True]
    assert library.exists()


def test_a_folder_that_another_start_has_just_removed_is_passed_over(tmp_path: Path) -> None:
    folders = [old_server(tmp_path, number) for number in range(10)]
    (tmp_path / "server-100").symlink_to(tmp_path / "gone")  # listed, and not there any more
    discard_old_versions(tmp_path)
    assert not folders[0].exists()


def test_several_starts_tidy_up_at_the_same_time(tmp_path: Path) -> None:
    for number in range(200):
        old_server(tmp_path, number)
    with ThreadPoolExecutor(8) as starts:
        list(starts.map(discard_old_versions, [tmp_path] * 8))
    assert 0 < len(list(tmp_path.iterdir())) < 30
