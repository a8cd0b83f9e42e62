"""What a model's engine warns of reaches the person at the command line, and nobody else's warnings do."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import logging
from prover.models.policy import AnswerCounts
from prover.run import logs
logs.configure(logging.ERROR)
logging.getLogger("somebody.else").warning("not of interest")
counts = AnswerCounts()
for _ in range(100):
    counts.add("noise", None, ended=True)
"""


def test_dropped_answers_are_said_at_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    (said,) = done.stderr.splitlines()
    assert "100 of the first 100 answers were dropped (0 cut off, 100 unreadable)" in said
    assert said.endswith("One: 'noise'")
