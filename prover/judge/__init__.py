"""The judge, whose verdict alone makes a proof count. See `docs/judge.md`."""

from prover.judge.certificate import Certificate, read_certificate, write_certificate
from prover.judge.check import check_files, check_proof, exit_code
from prover.judge.judge import Judge, judge
from prover.judge.judgement import JudgeLimits
from prover.judge.verdict import Judging, Reason, Verdict, VerdictStatus

__all__ = [
    "Certificate",
    "Judge",
    "JudgeLimits",
    "Judging",
    "Reason",
    "Verdict",
    "VerdictStatus",
    "check_files",
    "check_proof",
    "exit_code",
    "judge",
    "read_certificate",
    "write_certificate",
]
