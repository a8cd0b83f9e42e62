"""What verdicts rest on, in words; and proofs written for Lean's own tools."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from prover.errors import RunFolderError
from prover.judge import Verdict, VerdictStatus, trust, write_package
from prover.lean.releases import with_caution

OLD = with_caution("4.28.0-pre", "embedded")
NEW = with_caution("4.35.0", "project")


def accepted(lean: str, *, is_fresh: bool = True) -> Verdict:
    return Verdict(VerdictStatus.ACCEPTED, "t", toolchain=lean, is_fresh=is_fresh)


def test_each_lean_has_a_sentence_that_counts_its_proofs_and_says_what_is_open() -> None:
    verdicts = [accepted(OLD), accepted(OLD, is_fresh=False), accepted(NEW), Verdict(VerdictStatus.REJECTED, "t")]
    old, new = trust(verdict.to_json() for verdict in verdicts)
    assert old.startswith(f"2 accepted under {OLD}: 1 fresh, 1 in processes that had served other proofs; open: ")
    assert "check --fresh" in old
    assert "judge again under Lean 4.34.1 or later" in old
    assert new == f"1 accepted under {NEW}: 1 fresh, 0 in processes that had served other proofs"


def test_verdicts_that_say_nothing_of_it_were_fresh() -> None:
    assert trust([{"verdict": "accepted", "toolchain": NEW}]) == trust([accepted(NEW).to_json()])
    assert trust([]) == ()


def test_a_judged_proof_is_a_package_for_comparator(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "a.b.lean", "challenge", "solution ∀", "N.t")
    assert folder == tmp_path / "a.b"
    assert (folder / "Challenge.lean").read_text() == "challenge"
    assert (folder / "Solution.lean").read_text() == "solution ∀"
    config = json.loads((folder / "comparator.json").read_text())
    assert (config["challenge_module"], config["solution_module"]) == ("Challenge", "Solution")
    assert config["theorem_names"] == ["N.t"]
    assert set(config["permitted_axioms"]) == {"propext", "Quot.sound", "Classical.choice"}
    libraries = tomllib.loads((folder / "lakefile.toml").read_text())["lean_lib"]
    assert [library["name"] for library in libraries] == ["Challenge", "Solution"]
    assert (folder / "lean-toolchain").read_text().startswith("leanprover/lean4:v")


def test_a_package_that_cannot_be_written_is_the_folders_fault(tmp_path: Path) -> None:
    (tmp_path / "t").touch()
    with pytest.raises(RunFolderError):
        write_package(tmp_path / "t.lean", "", "", "t")
