"""A Lake project of several modules, with its own header; Lake and Lean are stand-ins made of the embedded one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prover.lean.problem import OpenFailed, Problem
from prover.lean.process_seat import local_pool
from prover.lean.theorem import OpenTheorem
from prover.lean.toolchain import Embedded
from search.base import Proved, TacticCall
from tests.fakes.lake_project import Unconfined, make_project

pytestmark = [pytest.mark.timeout(600)]

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


@pytest.fixture
async def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, toolchain: Embedded) -> Path:
    modules = {"Shapes/Basic.lean": BASIC, "Shapes/Lemmas.lean": LEMMAS}
    folder, programs = make_project(toolchain.lean, tmp_path / "shapes", modules, servers=[toolchain.server])
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return folder


@pytest.mark.long
async def test_a_theorem_is_proved_with_what_the_project_proves(project: Path, tmp_path: Path) -> None:
    toolchain = await Unconfined.prepare(project, build=True, cache=tmp_path / "cache")
    statement = "theorem big : Shapes.Small (.both (.both .dot .dot) .dot) := by sorry"
    async with local_pool(toolchain, workers=1) as pool:
        theorem = await pool.open(Problem("big", "import Shapes.Lemmas\n", statement))
        assert isinstance(theorem, OpenTheorem), theorem
        (outcome,) = await theorem.apply((), [TacticCall("exact .both Shapes.small_dots .dot")])
        assert isinstance(outcome, Proved), outcome
        missing = await pool.open(Problem("big", "import Shapes.Nowhere\n", statement))
        assert isinstance(missing, OpenFailed)
        assert "Shapes.Nowhere" in " ".join(missing.messages)
