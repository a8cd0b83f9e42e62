"""Which Leans are said to have a kernel with known bugs."""

from __future__ import annotations

import pytest

from prover.lean.releases import CAUTION, kernel_caution, with_caution


@pytest.mark.parametrize("version", ["4.28.0-pre (38f3c0c4)", "4.9.1", "4.32.2", "4.34.0", "4.34.0-rc2", "nightly", ""])
def test_a_lean_before_the_fixes_or_of_no_known_version_has_a_caution(version: str) -> None:
    assert kernel_caution(version) == CAUTION


@pytest.mark.parametrize("version", ["4.34.1", "4.35.0-rc1", "4.100.0", "5.0.0, commit 1a2b"])
def test_a_lean_with_the_fixes_has_none(version: str) -> None:
    assert kernel_caution(version) == ""


def test_a_lean_is_named_with_its_caution() -> None:
    assert with_caution("4.28.0", "embedded") == f"Lean 4.28.0 (embedded; {CAUTION})"
    assert with_caution("4.35.0", "project here") == "Lean 4.35.0 (project here)"
