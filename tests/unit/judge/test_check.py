"""Files in, verdicts out: certificates and `check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prover.errors import UsageError
from prover.judge import (
    Judge,
    Reason,
    Verdict,
    VerdictStatus,
    check_files,
    check_proof,
    exit_code,
    read_certificate,
    write_certificate,
)
from prover.judge.verdict import sha256
from tests.unit.judge.test_judge import _LIMITS, FakeToolchain

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


async def test_a_proof_is_judged_again_from_its_files(proof: Path) -> None:
    async with Judge(FakeToolchain(), limits=_LIMITS) as judge:
        verdict = await check_proof(judge, proof)
    assert verdict.is_accepted


async def test_all_open_theorems_are_checked_unless_one_is_named(tmp_path: Path) -> None:
    challenge, solution = tmp_path / "Challenge.lean", tmp_path / "Solution.lean"
    challenge.write_text("{}")
    solution.write_text(json.dumps({"found": 0}))
    async with Judge(FakeToolchain(), limits=_LIMITS) as judge:
        assert len(await check_files(judge, challenge, solution)) == 2
        (one,) = await check_files(judge, challenge, solution, "t")
    assert one.kind is Reason.MISSING


async def test_bad_files_are_the_users_to_mend(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.lean", tmp_path / "bad.lean"
    good.write_text(json.dumps({"open": []}))
    bad.write_bytes(b"\xff")
    async with Judge(FakeToolchain(), limits=_LIMITS) as judge:
        with pytest.raises(UsageError, match="not UTF-8"):
            await check_files(judge, good, bad)
        with pytest.raises(UsageError, match="can't be read"):
            await check_files(judge, tmp_path / "none.lean", good)
        with pytest.raises(UsageError, match="leaves no theorem open"):
            await check_files(judge, good, good)
