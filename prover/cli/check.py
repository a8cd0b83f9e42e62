"""`stepwise check`: judge a run's proofs again, or one solution against its challenge."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from prover.assembly.components import add_project_arguments, project_setting
from prover.assembly.toolchains import open_toolchains
from prover.cli.console import Console
from prover.config import Config, LeanConfig
from prover.errors import UsageError
from prover.judge import Judge, Judging, Verdict, VerdictStatus, check_files, check_proof, exit_code
from prover.run.records import SOLVED, TheoremRecord, read_run
from prover.run.result import Status
from prover.run.store import read_tasks
from prover.tasks import lineage
from prover.tasks.negation import negation_of

_WORDS = {
    VerdictStatus.ACCEPTED: "✓ accepted",
    VerdictStatus.REJECTED: "✗ rejected",
    VerdictStatus.UNKNOWN: "? unknown",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("subject", type=Path, metavar="RUN|SOLUTION.lean", help="a run's folder, or a solution")
    parser.add_argument("--challenge", type=Path, metavar="FILE", help="what the solution has to prove, with `sorry`")
    parser.add_argument("--theorem", metavar="NAME", help="which theorem (default: all that the challenge leaves open)")
    add_project_arguments(parser, each="each proof of a run is judged with the one that accepted it")
    parser.add_argument(
        "--parallel", type=int, default=2, metavar="N", help="judging processes, for each Lean (default 2)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON verdict a line")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    """0 accepted, 1 rejected, 2 unknown."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
    if options.challenge is None and not options.subject.is_dir():
        raise UsageError(f"{options.subject} is not a run's folder; to judge a solution, name its --challenge")
    if options.challenge is not None and options.subject.is_dir():
        raise UsageError(f"{options.subject} is a folder; --challenge goes with a solution's file")
    if options.challenge is not None and len(options.project or ()) > 1:
        raise UsageError("a solution is judged with one Lean: name one --project beside --challenge")
    return asyncio.run(check(options, console))


async def check(options: argparse.Namespace, console: Console) -> int:
    """Judge, with every verdict said as soon as it is known."""
    claims = [] if options.challenge is not None else claims_of(options.subject)
    settings = LeanConfig(project=project_setting(options.project), build=bool(options.build))
    leans = await open_toolchains(Config(lean=settings), console)
    async with contextlib.AsyncExitStack() as stack:
        judges = [
            await stack.enter_async_context(Judge(toolchain, parallel=options.parallel))
            for toolchain in leans.toolchains
        ]
        if options.challenge is not None:
            verdicts = await check_files(judges[0], options.challenge, options.subject, options.theorem)
            for verdict in verdicts:
                say(console, verdict, lean=verdict.toolchain if len(verdicts) == 1 else "")
        else:
            judge_of = {claim.id: judges[leans.index_of_fingerprint(claim.toolchain)] for claim in claims}
            verdicts = await check_claims(judge_of, claims, console, names_lean=len(judges) > 1)
    counts = {status: sum(verdict.status is status for verdict in verdicts) for status in VerdictStatus}
    if len(verdicts) != 1:
        console.line(", ".join(f"{counts[status]} {status}" for status in VerdictStatus) + f"; {leans.name}")
    return exit_code(verdicts)


class Claim(NamedTuple):
    """A theorem that a run says it settled: its id, the file of its proof, and what that has to prove. `toolchain` is
    the fingerprint of the Lean that is said to have accepted it: good for choosing among those the user named, no more.
    """

    id: str
    proof: Path
    challenge: str
    theorem: str
    toolchain: str = ""


def claims_of(run_folder: Path) -> list[Claim]:
    """What a run says is proved or disproved, by its results; what has to be proved is made of its input list. Raises
    UsageError if the folder is no run's, its list was changed, or nothing in it is proved."""
    if not (run_folder / "results.jsonl").is_file():
        raise UsageError(f"{run_folder} is not a run's folder (no results.jsonl)")
    run = read_run(run_folder)
    if (found := lineage(read_tasks(run_folder))) != run.info.lineage:
        raise UsageError(f"the statements of {run_folder} were changed: lineage {found}, begun as {run.info.lineage}")
    claims = [claim_of(run_folder, record) for record in run.records if record.status in SOLVED]
    if not claims:
        raise UsageError(f"{run_folder} holds no proofs")
    return claims


def claim_of(run_folder: Path, record: TheoremRecord) -> Claim:
    """What the run says of a theorem that it solved."""
    is_disproof = record.status is Status.DISPROVED
    asked = negation_of(record.task) if is_disproof and record.task is not None else record.task
    if asked is None:
        raise UsageError(f"{run_folder} says that {record.id} is {record.status}, which is no theorem")
    return Claim(record.id, run_folder / record.proof_file, asked.challenge, asked.name, fingerprint_of(record))


def fingerprint_of(record: TheoremRecord) -> str:
    """That of the Lean in the verdict of the attempt that counts; empty if the run says nothing of the kind."""
    verdict = record.final.verdict if record.final is not None else None
    hashes = verdict.get("hashes") if isinstance(verdict, Mapping) else None
    found = hashes.get("toolchain") if isinstance(hashes, Mapping) else None
    return found if isinstance(found, str) else ""


async def check_claims(
    judge_of: Mapping[str, Judging], claims: list[Claim], console: Console, *, names_lean: bool = False
) -> list[Verdict]:
    """Judge each proof again, with the judge that is there for its id; with `names_lean`, say which Lean that was."""
    with console.counting(len(claims), unit="proof") as bar:

        async def one(claim: Claim) -> Verdict:
            verdict = await check_proof(judge_of[claim.id], claim.proof, claim.challenge, claim.theorem)
            say(console, verdict, claim.id, lean=verdict.toolchain if names_lean else "")
            bar.update()
            return verdict

        return list(await asyncio.gather(*(one(claim) for claim in claims)))


def say(console: Console, verdict: Verdict, identifier: str | None = None, *, lean: str = "") -> None:
    """One verdict, in both forms; of a run, by the id that the run knows the theorem by. `lean` is who judged it, where
    that needs saying."""
    console.json({**({} if identifier is None else {"id": identifier}), **verdict.to_json()})
    name = identifier or verdict.theorem
    line = f"{_WORDS[verdict.status]:<10} {verdict.elapsed_s:5.1f} s  {name}  {_detail(verdict)}"
    console.line(f"{line}; {lean}" if lean else line)


def _detail(verdict: Verdict) -> str:
    """Why a proof was not accepted, or what it rests on."""
    if verdict.kind is not None:
        return f"{verdict.kind}: {verdict.reason}"
    parts = [f"axioms: {', '.join(verdict.axioms) or 'none'}"]
    if verdict.inductives:
        parts.append(f"declares inductive types: {', '.join(verdict.inductives)}")
    return "; ".join(filter(None, (*parts, verdict.advice)))
