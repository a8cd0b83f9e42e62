"""Judging again: a run's proofs, each with the Lean that accepted it, or one solution against its challenge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from prover.assembly.judging import judge_with
from prover.assembly.listener import Listener
from prover.assembly.toolchains import Toolchains, open_toolchains
from prover.config import LeanConfig
from prover.errors import UsageError
from prover.judge import Judge, Judging, Verdict, check_files, check_proof
from prover.run.records import TheoremRecord, read_run
from prover.run.result import SOLVED, Status
from prover.run.store import read_tasks
from prover.tasks import lineage
from prover.tasks.negation import negation_of


class Claim(NamedTuple):
    """A theorem that a run claims to have settled: its id, the file of its proof, and the statement to prove. `file` is
    a hash of the text that the statement is a part of.
    `toolchain` is the fingerprint of the Lean that accepted it by the run's word: it only chooses among those the user
    named.
    """

    id: str
    proof: Path
    challenge: str
    theorem: str
    file: str = ""
    toolchain: str = ""


def claims_of(run_folder: Path) -> list[Claim]:
    """The claims of a run, by its results, each with the statement from the run's input list. Raises UsageError if the
    folder holds no run, its list was changed, or nothing in it is proved."""
    if not (run_folder / "results.jsonl").is_file():
        raise UsageError(f"{run_folder} is not a run's folder (no results.jsonl)")
    run = read_run(run_folder)
    if (found := lineage(read_tasks(run_folder))) != run.info.lineage:
        raise UsageError(f"the statements of {run_folder} were changed: lineage {found}, begun as {run.info.lineage}")
    claims = [_claim_of(run_folder, record) for record in run.records if record.status in SOLVED]
    if not claims:
        raise UsageError(f"{run_folder} holds no proofs")
    return claims


def _claim_of(run_folder: Path, record: TheoremRecord) -> Claim:
    """The claim of the run about a theorem that it solved."""
    is_disproof = record.status is Status.DISPROVED
    asked = negation_of(record.task) if is_disproof and record.task is not None else record.task
    if asked is None:
        raise UsageError(f"{run_folder} says that {record.id} is {record.status}, which is no theorem")
    return Claim(
        record.id, run_folder / record.proof_file, asked.challenge, asked.name, asked.file, _fingerprint_of(record)
    )


def _fingerprint_of(record: TheoremRecord) -> str:
    """The fingerprint of the Lean in the verdict of the attempt that counts; empty if the run has none."""
    verdict = record.final.verdict if record.final is not None else None
    hashes = verdict.get("hashes") if isinstance(verdict, Mapping) else None
    found = hashes.get("toolchain") if isinstance(hashes, Mapping) else None
    return found if isinstance(found, str) else ""


@asynccontextmanager
async def open_judges(
    lean: LeanConfig, listener: Listener | None = None, *, parallel: int = 1, is_strict: bool = False
) -> AsyncIterator[tuple[Toolchains, list[Judge]]]:
    """Open the toolchains that the settings name, and a judge for each, which judges `parallel` proofs at once; if it
    `is_strict`, each in a process of its own."""
    leans = await open_toolchains(lean, listener)
    async with AsyncExitStack() as stack:
        judges = [judge_with(toolchain, lean, parallel=parallel, is_strict=is_strict) for toolchain in leans.toolchains]
        yield leans, [await stack.enter_async_context(judge) for judge in judges]


async def check(
    challenge: Path,
    solution: Path,
    theorem: str | None = None,
    *,
    lean: LeanConfig | None = None,
    listener: Listener | None = None,
) -> list[Verdict]:
    """The verdicts on a solution: of `theorem`, or of every theorem that the challenge leaves open; of a file that is
    named twice, of all its theorems. Raises UsageError for files that can't be read, or a challenge that does not
    elaborate; what a solution does is never raised."""
    async with open_judges(lean or LeanConfig(), listener) as (_, judges):
        return await check_files(judges[0], challenge, solution, theorem)


async def check_claims(
    judge_of: Mapping[str, Judging],
    claims: Sequence[Claim],
    on_verdict: Callable[[Claim, Verdict], None] = lambda _, __: None,
) -> list[Verdict]:
    """Judge each proof again, with the judge that `judge_of` has for its id; `on_verdict` is called with each
    verdict."""

    async def one(claim: Claim) -> Verdict:
        verdict = await check_proof(judge_of[claim.id], claim.proof, claim.challenge, claim.theorem, file=claim.file)
        on_verdict(claim, verdict)
        return verdict

    return list(await asyncio.gather(*(one(claim) for claim in claims)))
