"""`stepwise check`: judge a run's proofs again, or one solution against its challenge."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from prover.cli.console import Console
from prover.cli.parts import add_project_arguments, open_toolchain
from prover.config import Config, LeanConfig
from prover.errors import UsageError
from prover.judge import Judge, Verdict, VerdictStatus, check_files, check_proof, exit_code

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
    add_project_arguments(parser)
    parser.add_argument("--parallel", type=int, default=2, metavar="N", help="judging processes (default 2)")
    parser.add_argument("--json", action="store_true", help="one JSON verdict a line")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    """0 accepted, 1 rejected, 2 unknown."""
    console = Console(is_quiet=options.quiet, is_json=options.json)
    if options.challenge is None and not options.subject.is_dir():
        raise UsageError(f"{options.subject} is not a run's folder; to judge a solution, name its --challenge")
    if options.challenge is not None and options.subject.is_dir():
        raise UsageError(f"{options.subject} is a folder; --challenge goes with a solution's file")
    return asyncio.run(check(options, console))


async def check(options: argparse.Namespace, console: Console) -> int:
    """Judge, with every verdict said as soon as it is known."""
    proofs = [] if options.challenge is not None else proofs_of(options.subject)
    toolchain = await open_toolchain(
        Config(lean=LeanConfig(project=options.project, build=bool(options.build))), console
    )
    async with Judge(toolchain, parallel=options.parallel) as judge:
        if options.challenge is not None:
            verdicts = await check_files(judge, options.challenge, options.subject, options.theorem)
            for verdict in verdicts:
                say(console, verdict)
        else:
            verdicts = await check_proofs(judge, proofs, console)
    counts = {status: sum(verdict.status is status for verdict in verdicts) for status in VerdictStatus}
    if len(verdicts) != 1:
        console.line(", ".join(f"{counts[status]} {status}" for status in VerdictStatus) + f"; {toolchain.name}")
    return exit_code(verdicts)


def proofs_of(run_folder: Path) -> list[Path]:
    """The proofs of a run, and what disproves its theorems. Raises UsageError if the folder is no run's or has none."""
    if not (run_folder / "results.jsonl").is_file():
        raise UsageError(f"{run_folder} is not a run's folder (no results.jsonl)")
    proofs = [proof for name in ("proofs", "disproofs") for proof in sorted((run_folder / name).glob("*.lean"))]
    if not proofs:
        raise UsageError(f"{run_folder} holds no proofs")
    return proofs


async def check_proofs(judge: Judge, proofs: list[Path], console: Console) -> list[Verdict]:
    """Judge each proof again from its file and its certificate."""
    with console.counting(len(proofs), unit="proof") as bar:

        async def one(proof: Path) -> Verdict:
            verdict = await check_proof(judge, proof)
            say(console, verdict)
            bar.update()
            return verdict

        return list(await asyncio.gather(*(one(proof) for proof in proofs)))


def say(console: Console, verdict: Verdict) -> None:
    """One verdict, in both forms."""
    console.json(verdict.to_json())
    detail = verdict.reason if verdict.kind is not None else f"axioms: {', '.join(verdict.axioms) or 'none'}"
    kind = f"{verdict.kind}: " if verdict.kind is not None else ""
    console.line(f"{_WORDS[verdict.status]:<10} {verdict.elapsed_s:5.1f} s  {verdict.theorem}  {kind}{detail}")
