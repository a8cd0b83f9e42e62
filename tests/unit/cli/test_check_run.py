"""`stepwise check RUN`: what a run claims, against its own statements."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from prover.assembly.checking import check_claims, claims_of
from prover.cli.check import add_arguments, check_each, say
from prover.cli.check import run as check_command
from prover.cli.console import Console
from prover.errors import UsageError
from prover.judge import Reason, Verdict, VerdictStatus, write_certificate
from prover.judge.verdict import sha256
from tests.fakes.run_folder import make_run


@dataclass
class Believer:
    """Accepts everything, and keeps what it was asked."""

    asked: list[tuple[str, str, str]] = field(default_factory=list)

    async def judge(self, challenge: str, solution: str, theorem: str, *, file: str = "") -> Verdict:
        self.asked.append((challenge, solution, theorem))
        return Verdict(VerdictStatus.ACCEPTED, theorem, toolchain="the believer's Lean")

    async def ready(self) -> None:
        pass


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with certificates."""
    made = make_run(tmp_path)
    for claim in claims_of(made):
        certify(claim.proof, claim.challenge, claim.theorem)
    return made


def certify(proof: Path, challenge: str, theorem: str) -> None:
    hashes = {"solution": sha256(proof.read_text(encoding="utf-8"))}
    write_certificate(proof, challenge, Verdict(VerdictStatus.ACCEPTED, theorem, hashes=hashes))


async def check(run: Path) -> tuple[dict[str, Reason | None], Believer]:
    believer = Believer()
    claims = claims_of(run)
    verdicts = await check_claims(dict.fromkeys((claim.id for claim in claims), believer), claims)
    return {verdict.theorem: verdict.kind for verdict in verdicts}, believer


async def test_every_proof_that_the_results_claim_is_judged_against_the_runs_statement(run: Path) -> None:
    found, believer = await check(run)
    assert found == {"A.one": None, "A.two": None, "row1": None}
    challenge, solution, theorem = believer.asked[-1]
    assert (challenge, theorem) == ("theorem row1 : 3 = 3 := by\n  sorry\n", "row1")
    assert "exact" in solution


async def test_a_private_theorem_goes_by_the_name_that_lean_gives_it(run: Path) -> None:
    claim = claims_of(run)[0]
    certify(claim.proof, claim.challenge, "_private.0.A.one")
    found, _ = await check(run)
    assert found["A.one"] is None


async def test_what_was_tampered_with_is_rejected_and_the_rest_is_judged(run: Path) -> None:
    easier = run / "proofs" / "A.one.lean"
    easier.write_text("theorem A.one : True := trivial\n", encoding="utf-8")
    certify(easier, "theorem A.one : True := by sorry\n", "A.one")
    (run / "proofs" / "A.two.lean").write_bytes(b"\xff")
    found, believer = await check(run)
    assert found == {"A.one": Reason.CERTIFICATE, "A.two": Reason.CERTIFICATE, "row1": None}
    assert len(believer.asked) == 1


@pytest.mark.parametrize("lost", ["A.one.lean", "A.one.json"])
async def test_a_proof_that_is_gone_is_not_passed_over(run: Path, lost: str) -> None:
    (run / "proofs" / lost).unlink()
    found, _ = await check(run)
    assert found == {"A.one": Reason.CERTIFICATE, "A.two": None, "row1": None}


def test_a_run_whose_statements_were_changed_is_refused(run: Path) -> None:
    tasks = run / "tasks.jsonl"
    tasks.write_text(tasks.read_text(encoding="utf-8").replace("4 = 4", "5 = 5"), encoding="utf-8")
    with pytest.raises(UsageError, match=r"statements of .* were changed: lineage"):
        claims_of(run)


def test_a_result_that_claims_a_refused_record_is_refused(run: Path) -> None:
    journal = run / "results.jsonl"
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    forged = [{**line, "status": "proved"} if line["status"] == "invalid" else line for line in lines]
    journal.write_text("".join(json.dumps(line) + "\n" for line in forged), encoding="utf-8")
    with pytest.raises(UsageError, match="which is no theorem"):
        claims_of(run)


@pytest.mark.parametrize(
    ("verdict", "toolchain"),
    [
        ({"hashes": {"toolchain": "abc"}}, "abc"),
        ({"hashes": {"toolchain": ["abc"]}}, ""),
        ({"hashes": ["abc"]}, ""),
        ({}, ""),
        (["hashes"], ""),
        (None, ""),
    ],
)
def test_the_lean_of_a_claim_is_read_from_its_verdict_whatever_stands_there(
    run: Path, verdict: Any, toolchain: str
) -> None:
    journal = run / "results.jsonl"
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    journal.write_text("".join(json.dumps({**line, "verdict": verdict}) + "\n" for line in lines), encoding="utf-8")
    assert {claim.toolchain for claim in claims_of(run)} == {toolchain}


async def test_each_proof_goes_to_the_judge_that_is_there_for_it(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claims, one, other = claims_of(run), Believer(), Believer()
    judge_of = {claim.id: other if claim.id == "A.two" else one for claim in claims}
    await check_each(judge_of, claims, Console(is_quiet=True), names_lean=True)
    assert [theorem for _, _, theorem in other.asked] == ["A.two"]
    assert [theorem for _, _, theorem in one.asked] == ["A.one", "row1"]
    assert capsys.readouterr().out.count("; the believer's Lean") == 3


def test_a_verdict_says_what_an_accepted_proof_rests_on_and_what_to_do_about_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    verdict = Verdict(VerdictStatus.ACCEPTED, "t", inductives=("Tree", "Forest"), advice="judge again")
    say(Console(is_quiet=True), verdict, lean="Lean 4.28.0")
    assert "axioms: none; declares inductive types: Tree, Forest; judge again; Lean 4.28.0\n" in capsys.readouterr().out


def test_a_solution_is_judged_with_one_lean(tmp_path: Path) -> None:
    solution = tmp_path / "s.lean"
    solution.touch()
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    options = parser.parse_args([str(solution), "--challenge", "c.lean", "--project", "A", "--project", "B"])
    with pytest.raises(UsageError, match="a file is judged with one Lean: name one --project"):
        check_command(options)
