"""The judge and its processes, which are real ones without a Lean; and `check`, which uses them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from prover.confine.launch import Launch
from prover.errors import UsageError
from prover.judge import (
    Judge,
    JudgeLimits,
    Reason,
    Verdict,
    VerdictStatus,
    check_files,
    check_proof,
    write_certificate,
)
from prover.judge.verdict import sha256

_FAKE = Path(__file__).parents[2] / "fakes" / "judge_server.py"
LIMITS = JudgeLimits(challenge_s=0.8, solution_s=0.8, compare_s=0.8, start_s=20.0)


@dataclass(frozen=True)
class FakeToolchain:
    """`restores`: its processes have a host that restores them, as the embedded Lean has."""

    arguments: tuple[str, ...] = ()
    name: str = "Lean 0"
    caution: str = ""
    fingerprint: str = "f" * 64
    restores: bool = True

    def launch(self) -> Launch:
        raise NotImplementedError

    def judge_launch(self) -> Launch:
        argv = (sys.executable, "-I", str(_FAKE), *self.arguments)
        return Launch(argv, {}, _FAKE.parent, restores=self.restores)


@pytest.fixture
async def fake() -> AsyncIterator[Judge]:
    async with Judge(FakeToolchain(), limits=LIMITS) as judge:
        yield judge
    assert not psutil.Process().children(recursive=True)


def text(**content: Any) -> str:
    return json.dumps(content)


async def verdict_on(fake: Judge, solution: dict[str, Any], challenge: dict[str, Any] | None = None) -> Verdict:
    return await fake.judge(text(**(challenge or {})), text(**solution), "t")


async def test_an_accepted_proof_carries_what_it_was_judged_with(fake: Judge) -> None:
    verdict = await verdict_on(fake, {})
    assert verdict.is_accepted
    assert (verdict.theorem, verdict.kind, verdict.toolchain) == ("N.t", None, "Lean 0")
    assert set(verdict.hashes or {}) == {"challenge", "solution", "statement", "toolchain"}
    assert verdict.to_json()["verdict"] == "accepted"


async def test_a_proof_that_rests_on_types_of_its_own_is_to_be_judged_again_where_the_kernel_has_known_bugs() -> None:
    typed = {"compare": {"inductives": ["Tree"]}}
    async with Judge(FakeToolchain(caution="before the fixes"), limits=LIMITS) as old:
        verdict, plain = await verdict_on(old, typed), await verdict_on(old, {})
    assert (verdict.inductives, verdict.advice) == (("Tree",), "judge again under Lean 4.34.1 or later")
    assert (plain.inductives, plain.advice) == ((), "")
    async with Judge(FakeToolchain(), limits=LIMITS) as current:
        verdict = await verdict_on(current, typed)
    assert (verdict.inductives, verdict.advice) == (("Tree",), "")


async def test_each_proof_is_elaborated_in_a_process_of_its_own_if_the_judge_is_strict() -> None:
    async with Judge(FakeToolchain(), limits=LIMITS, is_strict=True) as strict:
        first, second = (await verdict_on(strict, {})).axioms, (await verdict_on(strict, {})).axioms
    assert first[0] == first[1] != second[0] == second[1]
    assert first[2] == second[2]
    assert first[2] not in [place.partition(".")[0] for place in (first[0], second[0])]


async def test_for_one_proof_two_processes_start_and_no_other_until_it_is_asked_for() -> None:
    async with Judge(FakeToolchain(), limits=LIMITS, for_one=True) as judge:
        judge.begin()
        await judge.ready()
        servers = [
            each.pid for each in psutil.Process().children(recursive=True) if "judge_server" in str(each.cmdline())
        ]
        first = await verdict_on(judge, {})
        again = await verdict_on(judge, {"errors": [{"line": 1, "column": 0, "text": "no"}]})
    assert len({place.partition(".")[0] for place in first.axioms}) == 2
    assert {int(place.partition(".")[0]) for place in first.axioms} <= set(servers)
    assert (first.is_accepted, first.is_fresh) == (True, True)
    assert (again.kind, again.is_fresh) == (Reason.ELABORATION, True)


async def test_a_comparing_process_that_ended_is_replaced(fake: Judge) -> None:
    before = (await verdict_on(fake, {})).axioms[2]
    assert not (await verdict_on(fake, {"compare": {"do": "die"}})).is_accepted
    after = (await verdict_on(fake, {})).axioms[2]
    assert before != after


async def test_the_ban_list_needs_no_process() -> None:
    async with Judge(FakeToolchain(("never",)), limits=LIMITS) as fake:
        verdict = await fake.judge("theorem t : 1 = 1 := by sorry", "theorem t : 1 = 1 := by native_decide", "t")
    assert (verdict.status, verdict.kind) == (VerdictStatus.REJECTED, Reason.SCAN)


@pytest.mark.parametrize("is_strict", [False, True])
async def test_no_process_means_unknown(is_strict: bool) -> None:
    async with Judge(FakeToolchain(("never",)), limits=LIMITS, is_strict=is_strict) as fake:
        verdict = await verdict_on(fake, {})
    assert (verdict.status, verdict.kind) == (VerdictStatus.UNKNOWN, Reason.UNAVAILABLE)
    assert "no Lean here" in verdict.reason


@pytest.mark.parametrize("is_strict", [False, True])
async def test_cancelling_leaves_no_process(is_strict: bool) -> None:
    limits = JudgeLimits(solution_s=60.0)
    async with Judge(FakeToolchain(), limits=limits, parallel=3, is_strict=is_strict) as fake:
        tasks = [asyncio.create_task(fake.judge(text(), text(do="hang"), "t")) for _ in range(3)]
        await asyncio.sleep(0.3)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert not psutil.Process().children(recursive=True)


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    path = tmp_path / "t.lean"
    path.write_bytes(b"{}\r\n")
    write_certificate(path, "{}", Verdict(VerdictStatus.ACCEPTED, "N.t", hashes={"solution": sha256("{}\r\n")}))
    return path


async def test_a_proof_is_judged_again_from_its_files(proof: Path) -> None:
    async with Judge(FakeToolchain(), limits=LIMITS) as judge:
        verdict = await check_proof(judge, proof, "{}", "N.t")
        other = await check_proof(judge, proof, '{"easier": 1}', "N.t")
    assert verdict.is_accepted
    assert (other.status, other.kind) == (VerdictStatus.REJECTED, Reason.CERTIFICATE)


async def test_all_open_theorems_are_checked_unless_one_is_named(tmp_path: Path) -> None:
    challenge, solution = tmp_path / "Challenge.lean", tmp_path / "Solution.lean"
    challenge.write_text("{}")
    solution.write_text(json.dumps({"found": 0}))
    async with Judge(FakeToolchain(), limits=LIMITS) as judge:
        assert len(await check_files(judge, challenge, solution)) == 2
        (one,) = await check_files(judge, challenge, solution, "t")
    assert one.kind is Reason.MISSING


async def test_bad_files_are_the_users_to_mend(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.lean", tmp_path / "bad.lean"
    good.write_text(json.dumps({"open": []}))
    bad.write_bytes(b"\xff")
    async with Judge(FakeToolchain(), limits=LIMITS) as judge:
        with pytest.raises(UsageError, match="not UTF-8"):
            await check_files(judge, good, bad)
        with pytest.raises(UsageError, match="can't be read"):
            await check_files(judge, tmp_path / "none.lean", good)
        solution = tmp_path / "solution.lean"
        solution.write_text("{}")
        with pytest.raises(UsageError, match="leaves no theorem open"):
            await check_files(judge, good, solution)
        none = tmp_path / "none_stated.lean"
        none.write_text(json.dumps({"theorems": []}))
        with pytest.raises(UsageError, match=r"none_stated\.lean holds no theorem to judge"):
            await check_files(judge, none, none)


async def test_all_theorems_of_a_file_are_judged_in_the_same_processes_and_count_as_fresh(tmp_path: Path) -> None:
    file = tmp_path / "Mine.lean"
    file.write_text("{}")
    async with Judge(FakeToolchain(), limits=LIMITS) as judge:
        verdicts = await check_files(judge, file, file)
    assert len(verdicts) == 3
    assert len({verdict.axioms for verdict in verdicts}) == 1
    assert all(verdict.is_fresh for verdict in verdicts)


async def test_what_a_solution_does_is_none_of_what_the_challenge_says(tmp_path: Path) -> None:
    challenge, solution = tmp_path / "Challenge.lean", tmp_path / "Solution.lean"
    challenge.write_text("{}")
    solution.write_text(json.dumps({"do": "die"}))
    async with Judge(FakeToolchain(), limits=LIMITS) as judge:
        verdicts = await check_files(judge, challenge, solution)
    assert [(verdict.kind, "statement" in (verdict.hashes or {})) for verdict in verdicts] == [(Reason.CRASH, True)] * 2
