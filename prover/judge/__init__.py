"""The judge, whose verdict alone makes a proof count. See `docs/judge.md`."""

from prover.judge.certificate import Certificate, read_certificate, write_certificate
from prover.judge.check import check_files, check_proof, exit_code
from prover.judge.comparator import write_package
from prover.judge.judge import Judge
from prover.judge.judgement import JudgeLimits
from prover.judge.trust import trust
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
    "read_certificate",
    "trust",
    "write_certificate",
    "write_package",
]
