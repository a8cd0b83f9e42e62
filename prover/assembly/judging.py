"""The judge of a run, made from its settings."""

from __future__ import annotations

from prover.config import LeanConfig
from prover.judge import Judge, JudgeLimits
from prover.lean.toolchain import Toolchain


def judge_with(
    toolchain: Toolchain, lean: LeanConfig, *, parallel: int = 1, is_strict: bool = False, for_one: bool = False
) -> Judge:
    """A judge with the limits that the settings give it; about `parallel` proofs are judged at once."""
    limits = JudgeLimits(
        challenge_s=lean.judge_s, solution_s=lean.judge_s, compare_s=lean.judge_s, memory_bytes=lean.judge_bytes
    )
    return Judge(toolchain, limits=limits, parallel=parallel, is_strict=is_strict, for_one=for_one)
