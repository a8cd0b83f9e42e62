"""`scripts/setup_lean` writes the project it promises and asks Lake for the rest, in order."""

from __future__ import annotations

import os
import subprocess
import tomllib
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "setup_lean"


def setup(
    folder: Path | str, tmp_path: Path, *arguments: str, path: str | None = None, fails: str = "nothing"
) -> subprocess.CompletedProcess[str]:
    lake = tmp_path / "bin" / "lake"
    lake.parent.mkdir(exist_ok=True)
    lake.write_text(f'#!/bin/sh\necho "$PWD: $@" >> {tmp_path / "asked"}\n[ "$1" != {fails} ]\n')
    lake.chmod(0o755)
    env = {"PATH": path or f"{lake.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    command = ["/bin/bash", str(SCRIPT), str(folder), *arguments]
    return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)


def test_the_project_requires_mathlib_at_the_version_of_its_lean(tmp_path: Path) -> None:
    folder = tmp_path / "mathlib"
    done = setup(folder, tmp_path, "v4.30.0")
    assert done.returncode == 0, done.stderr
    assert f"--project {folder}" in done.stdout
    assert (folder / "lean-toolchain").read_text() == "leanprover/lean4:v4.30.0\n"
    lakefile = tomllib.loads((folder / "lakefile.toml").read_text())
    assert lakefile["require"] == [{"name": "mathlib", "scope": "leanprover-community", "rev": "v4.30.0"}]
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == [f"{folder}: {words}" for words in ("update mathlib", "exe cache get", "build")]


@pytest.mark.parametrize("name", ["lakefile.lean", "lakefile.toml", "lean-toolchain"])
def test_a_project_of_the_users_own_is_left_alone(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / name).write_text("mine")
    assert setup(folder, tmp_path).returncode == 2
    assert [(file.name, file.read_text()) for file in folder.iterdir()] == [(name, "mine")]


def test_what_failed_is_said_and_a_second_run_goes_on(tmp_path: Path) -> None:
    done = setup(tmp_path / "new", tmp_path, fails="exe")
    assert done.returncode == 3
    assert "`lake exe cache get` failed" in done.stderr
    assert setup(tmp_path / "new", tmp_path, "4.28.0").returncode == 0
    assert (tmp_path / "new" / "lean-toolchain").read_text() == "leanprover/lean4:v4.28.0\n"


@pytest.mark.parametrize("arguments", [("--verbose",), ("",), ("new", "latest"), ("new", "v4.28.0", "more")])
def test_what_it_does_not_understand_makes_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    folder, *others = arguments
    done = setup(folder, tmp_path, *others)
    assert done.returncode == 2
    assert done.stderr
    assert not (tmp_path / "asked").exists()


def test_help_is_its_own(tmp_path: Path) -> None:
    done = setup("--help", tmp_path)
    assert done.returncode == 0
    assert "usage: scripts/setup_lean DIR [VERSION]" in done.stdout
    assert "Mathlib" in done.stdout


def test_without_lake_it_says_what_to_install(tmp_path: Path) -> None:
    done = setup(tmp_path / "new", tmp_path, path="/usr/bin:/bin")
    assert done.returncode == 3
    assert "elan" in done.stderr
