"""`stepwise prove` over stand-ins, which stays in one phase: `python -m tests.fakes.told_run PHASE ARGUMENT…`.

PHASE is where it stays: `toolchain` (a Lean that takes a minute to open), `reading` and `workers` (no Lean gets ready),
`search` (nothing is ever proved), `judging` (no verdict comes), `report` (its pages never end).
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Generator
from pathlib import Path

from prover.assembly import proving
from prover.assembly.listener import Listener
from prover.assembly.toolchains import Toolchains
from prover.cli.main import main
from prover.config import LeanConfig
from prover.confine.launch import Launch
from tests.fakes.toolchain import FakeToolchain, launch

SCENARIOS = {"reading": "hangs_at_start", "workers": "hangs_at_start", "judging": "easy"}


class JudgedToolchain(FakeToolchain):
    """Its judging processes never answer."""

    def judge_launch(self) -> Launch:
        return launch("mute")


def endless(folder: Path) -> Generator[tuple[int, int], None, None]:
    """A report of many pages."""
    for number in range(100_000):
        time.sleep(0.05)
        yield number, 100_000


def run(phase: str, arguments: list[str]) -> int:
    async def opened(_: LeanConfig, __: Listener) -> Toolchains:
        Path(arguments[arguments.index("--out") + 1] + ".opening").touch()
        if phase == "toolchain":
            await asyncio.to_thread(time.sleep, 60)
        return Toolchains((JudgedToolchain([(SCENARIOS.get(phase, "good"),)]),))

    setattr(proving, "open_toolchains", opened)  # noqa: B010 (another type)
    if phase == "report":
        setattr(proving, "report_steps", endless)  # noqa: B010
    return main(["prove", *arguments])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
