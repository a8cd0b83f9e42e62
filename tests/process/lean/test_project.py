"""What can be wrong with a Lake project is said with what to do; what is right is started in Lake's environment."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from prover.confine.isolation import in_force
from prover.errors import StepwiseError, ToolchainError, UsageError
from prover.lean.project import Project
from prover.lean.transport import LeanProcess

pytestmark = [pytest.mark.timeout(30)]
FAKES = Path(__file__).parents[2] / "fakes"


def program(path: Path, *argv: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec {" ".join(argv)} "$@"\n')
    path.chmod(0o755)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of Lean 4.28.0 that is built, with a stand-in for lake on the PATH."""
    folder = tmp_path / "project"
    (folder / ".lake" / "build" / "lib" / "lean").mkdir(parents=True)
    (folder / "lakefile.toml").write_text("")
    (folder / "lean-toolchain").write_text("leanprover/lean4:v4.28.0\n")
    program(tmp_path / "bin" / "lake", sys.executable, "-I", "-S", str(FAKES / "lake.py"))
    lean_of(tmp_path, "4.28.0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("STAND_IN_SYSROOT", str(tmp_path / "sysroot"))
    return folder


def lean_of(tmp_path: Path, version: str) -> None:
    said = f"Lean (version {version}, x86_64-unknown-linux-gnu, commit abc, Release)"
    program(tmp_path / "sysroot" / "bin" / "lean", f"echo '{said}' #")


async def prepared(folder: Path, tmp_path: Path, *, build: bool = False, repl: str | None = None) -> Project:
    return await Project.prepare(folder, build=build, repl=repl, cache=tmp_path / "cache")


async def test_a_built_project_is_started_with_its_own_lean_and_paths(project: Path, tmp_path: Path) -> None:
    found = await prepared(project, tmp_path)
    launch, judge = found.launch(), found.judge_launch()
    assert found.version == "4.28.0"
    assert launch.argv[:2] == (str(tmp_path / "sysroot" / "bin" / "lean"), "--run")
    assert launch.env["LEAN_PATH"] == str(project / ".lake" / "build" / "lib" / "lean")
    assert Path(launch.argv[2]).is_file()
    assert Path(judge.argv[2]).is_file()
    assert launch.confinement is not None
    assert {project, tmp_path / "sysroot"} <= set(launch.confinement.read)


async def test_the_fingerprint_changes_with_the_libraries(project: Path, tmp_path: Path) -> None:
    before = (await prepared(project, tmp_path)).fingerprint
    assert before == (await prepared(project, tmp_path)).fingerprint
    (project / "lake-manifest.json").write_text('{"packages": ["Mathlib"]}')
    assert before != (await prepared(project, tmp_path)).fingerprint


def no_folder(project: Path) -> None:
    project.rename(project.with_name("elsewhere"))


def no_lakefile(project: Path) -> None:
    (project / "lakefile.toml").unlink()


def no_toolchain(project: Path) -> None:
    (project / "lean-toolchain").unlink()


def not_built(project: Path) -> None:
    (project / ".lake" / "build" / "lib" / "lean").rmdir()


def broken(project: Path) -> None:
    (project / "lakefile.toml").write_text("broken")


def too_old(project: Path) -> None:
    (project / "lean-toolchain").write_text("leanprover/lean4:v4.9.0")
    lean_of(project.parent, "4.9.0")


def another(project: Path) -> None:
    (project / "lean-toolchain").write_text("leanprover/lean4:v4.30.0")


def no_lean(project: Path) -> None:
    (project.parent / "sysroot" / "bin" / "lean").unlink()


@pytest.mark.parametrize(
    ("spoil", "fault", "says"),
    [
        (no_folder, UsageError, "there is no folder"),
        (no_lakefile, UsageError, "is no Lake project"),
        (no_toolchain, UsageError, "has no file lean-toolchain"),
        (not_built, ToolchainError, "is not built: run `lake build`.*--build"),
        (broken, ToolchainError, "expected key"),
        (too_old, ToolchainError, r"uses Lean 4\.9\.0; the step server needs 4\.26"),
        (too_old, ToolchainError, r'require repl from git .* @ "v4\.9\.0"`.*`lake build repl`.*--set lean\.repl=PATH'),
        (another, ToolchainError, "elan install leanprover/lean4:v4.30.0"),
        (no_lean, ToolchainError, "cannot start"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_what_is_wrong_is_said(
    project: Path, tmp_path: Path, spoil: object, fault: type[StepwiseError], says: str
) -> None:
    assert callable(spoil)
    spoil(project)
    with pytest.raises(fault, match=says):
        await prepared(project, tmp_path)


@pytest.mark.parametrize("package", ["repl", "REPL"])
async def test_where_our_server_does_not_fit_the_community_repl_of_the_project_steps(
    project: Path, tmp_path: Path, package: str
) -> None:
    binary = project / ".lake" / "packages" / package / ".lake" / "build" / "bin" / "repl"
    program(binary, "true")
    assert (await prepared(project, tmp_path)).repl is None  # ours fits
    too_old(project)
    found = await prepared(project, tmp_path)
    launch, judge = found.launch(), found.judge_launch()
    assert (launch.argv, launch.cwd, launch.is_upstream) == ((str(binary),), project, True)
    assert launch.env["LEAN_PATH"] == str(project / ".lake" / "build" / "lib" / "lean")
    assert launch.confinement is not None
    assert (judge.argv[:2], judge.is_upstream) == ((str(tmp_path / "sysroot" / "bin" / "lean"), "--run"), False)
    assert str(binary) in found.name


async def test_a_repl_that_is_named_is_used_whatever_the_version(project: Path, tmp_path: Path) -> None:
    program(tmp_path / "mine", "true")
    found = await prepared(project, tmp_path, repl=str(tmp_path / "mine"))
    assert found.launch().argv == (str(tmp_path / "mine"),)
    with pytest.raises(UsageError, match=r"lean\.repl: there is no program"):
        await prepared(project, tmp_path, repl=str(tmp_path / "nothing"))


async def test_the_community_repl_is_confined_as_our_server_is(project: Path, tmp_path: Path) -> None:
    binary = tmp_path / "mine"
    shutil.copy(shutil.which("true") or "/bin/true", binary)
    found = await prepared(project, tmp_path, repl=str(binary))
    ours = replace(found.launch(), argv=(str(binary),), is_upstream=False)
    assert await in_force(found.launch()) == await in_force(ours)


async def test_without_lake_the_user_is_told_about_elan(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ToolchainError, match="install elan"):
        await prepared(project, tmp_path)


async def test_a_project_is_built_on_request(project: Path, tmp_path: Path) -> None:
    not_built(project)
    found = await prepared(project, tmp_path, build=True)
    assert (project / ".lake" / "build" / "lib" / "lean").is_dir()
    assert found.folder == project


async def test_a_server_is_started_in_the_environment_of_the_project(project: Path, tmp_path: Path) -> None:
    found = await prepared(project, tmp_path)
    program(
        tmp_path / "sysroot" / "bin" / "lean", sys.executable, "-I", "-S", str(FAKES / "lean_server.py"), "good", "#"
    )
    launch = found.launch()
    unconfined = type(launch)(
        launch.argv, launch.env, launch.cwd, stack_bytes=launch.stack_bytes
    )  # a script, not a Lean
    process = await LeanProcess.start(unconfined, ready_timeout_s=10)
    assert (await process.submit({"hello": True}, timeout_s=5))["server"] == "fake"
    await process.close()
