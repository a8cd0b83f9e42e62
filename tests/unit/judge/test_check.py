"""Files in, verdicts out: certificates and `check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.errors import RunFolderError, UsageError
from prover.judge import (
    Reason,
    Verdict,
    VerdictStatus,
    exit_code,
    read_certificate,
    write_certificate,
)
from prover.judge.verdict import sha256

ACCEPTED = Verdict(VerdictStatus.ACCEPTED, "t")
REJECTED = Verdict(VerdictStatus.REJECTED, "t", Reason.AXIOM)
UNKNOWN = Verdict(VerdictStatus.UNKNOWN, "t", Reason.TIME)


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    path = tmp_path / "t.lean"
    path.write_bytes(b"{}\r\n")
    verdict = Verdict(VerdictStatus.ACCEPTED, "N.t", hashes={"solution": sha256("{}\r\n")})
    write_certificate(path, "{}", verdict)
    return path


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([ACCEPTED], 0),
        ([ACCEPTED, ACCEPTED], 0),
        ([ACCEPTED, REJECTED, UNKNOWN], 1),
        ([ACCEPTED, UNKNOWN], 2),
        ([UNKNOWN], 2),
        ([], 2),
    ],
)
def test_exit_codes(verdicts: list[Verdict], code: int) -> None:
    assert exit_code(verdicts) == code


def test_a_certificate_comes_back(proof: Path) -> None:
    certificate = read_certificate(proof)
    assert (certificate.challenge, certificate.theorem) == ("{}", "N.t")
    assert certificate.verdict["verdict"] == "accepted"


def test_a_changed_proof_has_no_certificate(proof: Path) -> None:
    proof.write_text("{} -- better")
    with pytest.raises(UsageError, match="was changed"):
        read_certificate(proof)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": 99, "challenge": "", "theorem": "t"}'])
def test_a_damaged_certificate_is_refused(proof: Path, content: str) -> None:
    proof.with_suffix(".json").write_text(content)
    with pytest.raises(UsageError, match="is no certificate"):
        read_certificate(proof)


def test_a_missing_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no certificate can be read"):
        read_certificate(tmp_path / "t.lean")


def test_a_certificate_that_cannot_be_written_is_the_folders_fault(tmp_path: Path) -> None:
    (tmp_path / "full").touch()
    with pytest.raises(RunFolderError, match="nothing already written is lost"):
        write_certificate(tmp_path / "full" / "t.lean", "{}", Verdict(VerdictStatus.ACCEPTED, "t"))
