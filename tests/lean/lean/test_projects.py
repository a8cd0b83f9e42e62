"""One run over two Lake projects with Leans of their own: each theorem is proved, and checked again, in its own.

The stand-ins for Lake build the projects; the servers start from the embedded Lean's snapshots.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from prover.assembly import toolchains
from prover.cli import main
from prover.lean.toolchain import Embedded
from tests.fakes.lake_project import Unconfined, make_project, write_program

pytestmark = [pytest.mark.timeout(600)]

# Both have a module `Facts`, and the other's theorem is ill-typed or false with it.
FACTS = """public section
inductive Facts.Holds : Nat → Prop where
  | {name} : Holds {number}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, toolchain: Embedded) -> Path:
    """A folder with the projects `one/project` and `two/project`, not built, and a theorem in each."""
    servers = [toolchain.server, toolchain.judge]
    for name, number in (("one", 1), ("two", 2)):
        modules = {"Facts.lean": FACTS.format(name=name, number=number)}
        project, _ = make_project(toolchain.lean, tmp_path / name, modules, servers)
        (project / "theorems").mkdir()
        text = f"import Facts\n\ntheorem {name} : Facts.Holds {number} := by sorry\n"
        (project / "theorems" / f"{name}.lean").write_text(text)
    write_program(tmp_path / "bin" / "lake", 'exec "$(pwd)/../sysroot/bin/lake" "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(toolchains, "Project", Unconfined)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stepwise(*arguments: str) -> int:
    return main.main(arguments)


def results(run: Path) -> dict[str, dict[str, Any]]:
    lines = [json.loads(line) for line in (run / "results.jsonl").read_text().splitlines()]
    return {line["name"]: line for line in lines}


@pytest.mark.long
def test_each_theorem_is_proved_and_checked_in_its_own_project(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    projects = ["--project", "one/project", "--project", "two/project"]
    assert stepwise("prove", "one", *projects, "--out", "run") == 3
    said = capfd.readouterr().err
    assert "--project one/project: " in said
    assert "is not built" in said

    files = [f"{name}/project/theorems/{name}.lean" for name in ("one", "two")]
    elsewhere = ["--statement", "theorem elsewhere : Facts.Holds 1", "--header", "import Facts"]
    limits = ["--workers", "1", "--time-limit", "20", "--set", "search.samples=8", "--build", "--quiet"]
    assert stepwise("prove", *files, *elsewhere, *projects, *limits, "--out", "run") == 0
    found = results(folder / "run")
    assert {name: result["status"] for name, result in found.items()} == dict.fromkeys(
        ("one", "two", "elsewhere"), "proved"
    )
    info = json.loads((folder / "run" / "run.json").read_text())
    first, second = info["toolchain"].split("+")
    hashes = {name: result["verdict"]["hashes"]["toolchain"] for name, result in found.items()}
    assert hashes == {"one": first, "two": second, "elsewhere": first}
    assert all(str(folder / name / "project") in info["versions"]["lean"] for name in ("one", "two"))
    assert info["config"]["lean"]["project"] == ["one/project", "two/project"]
    samples = [json.loads(line) for line in (folder / "run" / "utilisation.jsonl").read_text().splitlines()]
    assert max(sample["lean_ready"] for sample in samples) == 2

    capfd.readouterr()
    turned = [*projects[2:], *projects[:2]]
    assert stepwise("check", "run", *turned, "--json", "--quiet") == 0
    verdicts = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert {verdict["id"]: verdict["hashes"]["toolchain"] for verdict in verdicts} == {
        found[name]["id"]: toolchain for name, toolchain in hashes.items()
    }
    assert stepwise("check", "run", "--project", "one/project", "--quiet") == 1
    assert "2 accepted, 1 rejected" in capfd.readouterr().out
