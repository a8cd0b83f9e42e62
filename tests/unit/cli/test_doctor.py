"""What `stepwise doctor` says of the cache, and what it removes from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prover.cli.disk import disk
from prover.cli.main import main
from prover.lean.embedded.folders import held, made
from prover.lean.embedded.install import installed_folders


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with an installed Lean, and two servers of other versions, one of which a process uses."""
    monkeypatch.setenv("STEPWISE_CACHE", str(tmp_path))
    home = tmp_path / "embedded"
    home.mkdir()
    for path in (*installed_folders(), home / "server-old", home / "server-used"):
        with made(path) as making:
            (making / "file").write_bytes(b"x" * 2_000_000)
    assert held(home / "server-used")
    return home


def test_doctor_says_what_is_there_and_how_to_be_rid_of_the_rest(home: Path) -> None:
    finding = disk()
    assert finding.is_fine is None
    assert finding.detail == f"4 MB in {home}; 4 MB of other versions: `stepwise doctor --clean` removes it"


def test_cleaning_removes_what_no_process_uses_and_says_how_much(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--clean"]) == 0
    said = capsys.readouterr().out
    assert "removed server-old  2 MB\n" in said
    assert "kept    server-used  2 MB, in use by a running process\n" in said
    assert f"2 MB freed in {home}\n" in said
    assert sorted(path.name.partition("-")[0] for path in home.iterdir()) == ["build", "lib", "server"]


def test_cleaning_can_be_read_by_programs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--clean", "--json"]) == 0
    (said,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert [Path(part["path"]).name for part in said["removed"]] == ["server-old"]
    assert [Path(part["path"]).name for part in said["kept"]] == ["server-used"]
    assert said["freed"] == said["removed"][0]["size"] >= 2_000_000


def test_an_empty_cache_has_nothing_to_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEPWISE_CACHE", str(tmp_path / "none"))
    assert main(["doctor", "--clean"]) == 0
    assert "0 MB freed" in capsys.readouterr().out
