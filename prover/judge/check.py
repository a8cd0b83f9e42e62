"""Judges files, for `stepwise check`: a solution against a challenge, or a run's proof against its input."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from prover.errors import LeanFault, UsageError
from prover.judge.certificate import read_certificate
from prover.judge.judge import Judge
from prover.judge.judgement import Text, import_at_fault, unknown_for
from prover.judge.verdict import Judging, Place, Reason, Verdict, VerdictStatus

_EXIT = {VerdictStatus.ACCEPTED: 0, VerdictStatus.REJECTED: 1, VerdictStatus.UNKNOWN: 2}


async def check_files(judge: Judge, challenge: Path, solution: Path, theorem: str | None = None) -> list[Verdict]:
    """The verdicts on `theorem`, or on every theorem that `challenge` leaves open; of a file that is its own challenge,
    on all of its theorems. Raises UsageError for bad files."""
    asked, given = Text(_read(challenge), str(challenge)), Text(_read(solution), str(solution))
    try:
        return await judge.judge_file(asked, given, theorem)
    except LeanFault as fault:
        kind, text = unknown_for(fault)
        place = import_at_fault(fault, asked)
        reason = f"{'' if place is not None else f'{challenge}: '}{text}, so no theorem of the file can be judged"
        return [Verdict(VerdictStatus.UNKNOWN, theorem or "", kind, reason, place=place)]


async def check_proof(judge: Judging, proof: Path, challenge: str, theorem: str, *, file: str = "") -> Verdict:
    """Judge a proof of a run again: its file, against the challenge that the run's own input makes, a part of `file`.

    A file that is missing, was changed since, or was judged for another theorem is rejected. The challenge comes from
    the run's input, since whoever can write the proof can also write a certificate with an easier challenge.
    """
    try:
        certificate = read_certificate(proof)
        if certificate.challenge != challenge:  # its theorem is Lean's full name, which a `private` one has not here
            raise UsageError(f"{proof} was judged as a proof of something else than this run's theorem")
        solution = _read(proof)
    except UsageError as error:
        return Verdict(VerdictStatus.REJECTED, theorem, Reason.CERTIFICATE, str(error), place=Place(str(proof), 1, 0))
    verdict = await judge.judge(challenge, solution, theorem, file=file)
    return replace(verdict, place=verdict.place and replace(verdict.place, file=str(proof)))


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """0 if all are accepted, 1 if any is rejected, 2 otherwise."""
    codes = {_EXIT[verdict.status] for verdict in verdicts}
    return 1 if 1 in codes else max(codes, default=2)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: {error}") from error
