"""A Lake project of several modules, with its own header; Lake and Lean are stand-ins made of the embedded one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from prover.lean.embedded import EmbeddedLean, ensure_embedded
from prover.lean.pool import LeanPool
from prover.lean.problem import OpenFailed, Problem
from prover.lean.project import Project
from prover.lean.theorem import OpenTheorem
from prover.lean.transport import Launch
from search.base import Proved, TacticCall

pytestmark = [pytest.mark.slow, pytest.mark.lean, pytest.mark.timeout(600)]
STAND_IN = Path(__file__).parents[1] / "fakes" / "embedded_lake.py"

# `public`: what this build compiles are modules in the strict sense, and export nothing else.
BASIC = """public section
namespace Shapes
inductive Shape where
  | dot | bar (length : Nat) | both (a b : Shape)
inductive Small : Shape → Prop where
  | dot : Small .dot
  | both : Small a → Small b → Small (.both a b)
end Shapes
"""
LEMMAS = """import Shapes.Basic
public section
theorem Shapes.small_dots : Small (.both .dot .dot) := .both .dot .dot
"""


class Unconfined(Project):
    """The stand-in is a script with an interpreter: more than a confined Lean may start."""

    def launch(self) -> Launch:
        return replace(super().launch(), confinement=None)


def writable(lean: EmbeddedLean, folder: Path) -> Path:
    """The host scripts of the embedded Lean, with the part left out that refuses to write."""
    folder.mkdir()
    for file in lean.host.parent.iterdir():
        (folder / file.name).symlink_to(file)
    script = folder / "instance.cjs"
    text = script.read_text()
    script.unlink()
    assert "  readOnly({ FS, NODEFS });\n" in text
    script.write_text(text.replace("  readOnly({ FS, NODEFS });\n", ""))
    for name in ("host.cjs", "lean.cjs"):  # they look for their neighbours beside the file they really are
        copy = folder / name
        content = copy.read_bytes()
        copy.unlink()
        copy.write_bytes(content)
    return folder / "host.cjs"


@pytest.fixture
async def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Path]:
    lean = await ensure_embedded()
    folder, sysroot = tmp_path / "shapes", tmp_path / "sysroot"
    for name, text in {
        "lakefile.toml": 'name = "shapes"\n',
        "lean-toolchain": "leanprover/lean4:v4.28.0\n",
        "Shapes/Basic.lean": BASIC,
        "Shapes/Lemmas.lean": LEMMAS,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    facts = {"node": str(lean.node), "host": str(writable(lean, tmp_path / "host")), "root": str(lean.root)}
    (tmp_path / "facts.json").write_text(json.dumps({**facts, "sysroot": str(sysroot), "project": str(folder)}))
    for program in ("lake", "lean"):
        script = sysroot / "bin" / program
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(
            f'#!/bin/sh\nexec {sys.executable} -I -S {STAND_IN} {tmp_path / "facts.json"} {program} "$@"\n'
        )
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{sysroot / 'bin'}{os.pathsep}{os.environ['PATH']}")
    yield folder


async def test_a_theorem_is_proved_with_what_the_project_proves(project: Path, tmp_path: Path) -> None:
    toolchain = await Unconfined.prepare(project, build=True, cache=tmp_path / "cache")
    statement = "theorem big : Shapes.Small (.both (.both .dot .dot) .dot) := by sorry"
    async with LeanPool(toolchain, workers=1) as pool:
        theorem = await pool.open(Problem("big", "import Shapes.Lemmas", statement))
        assert isinstance(theorem, OpenTheorem), theorem
        (outcome,) = await theorem.apply((), [TacticCall("exact .both Shapes.small_dots .dot")])
        assert isinstance(outcome, Proved), outcome
        missing = await pool.open(Problem("big", "import Shapes.Nowhere", statement))
        assert isinstance(missing, OpenFailed)
        assert "Shapes.Nowhere" in " ".join(missing.messages)
