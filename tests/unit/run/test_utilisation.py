"""Busy shares are of the time between two samples."""

import asyncio
import json
from pathlib import Path

from prover.run.utilisation import Load, UtilisationLog, sampled


class Machine:
    """A clock and a load, set by hand."""

    def __init__(self) -> None:
        self.now, self.busy, self.queue = 100.0, 5.0, 0

    def clock(self) -> float:
        return self.now

    def read(self) -> Load:
        return Load({"lean": self.busy}, {"waiting": self.queue})


def lines(path: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_share_is_of_the_time_since_the_sample_before(tmp_path: Path) -> None:
    machine = Machine()
    samples = UtilisationLog(tmp_path / "u", machine.read, machine.clock)
    machine.now, machine.busy, machine.queue = 102.0, 6.0, 3
    samples.sample()
    samples.sample()  # no time has passed: nothing to say
    machine.now, machine.busy = 104.0, 8.5
    samples.sample()
    assert lines(tmp_path / "u") == [
        {"at_s": 2.0, "lean_busy": 0.5, "waiting": 3},
        {"at_s": 4.0, "lean_busy": 1.0, "waiting": 3},
    ]


def test_a_run_that_is_gone_on_with_goes_on_with_its_time(tmp_path: Path) -> None:
    machine = Machine()
    for _ in range(2):
        samples = UtilisationLog(tmp_path / "u", machine.read, machine.clock)
        machine.now += 3.0
        samples.sample()
    assert [line["at_s"] for line in lines(tmp_path / "u")] == [3.0, 6.0]


def test_a_disk_that_refuses_samples_does_not_end_the_run(tmp_path: Path) -> None:
    machine = Machine()
    samples = UtilisationLog(tmp_path / "missing" / "u", machine.read, machine.clock)
    machine.now = 101.0
    samples.sample()
    assert not (tmp_path / "missing").exists()


async def test_sampling_goes_on_until_the_block_ends(tmp_path: Path) -> None:
    machine = Machine()
    async with sampled(tmp_path / "u", machine.read, machine.clock, every_s=0.001):
        for _ in range(3):
            machine.now += 1.0
            await asyncio.sleep(0.01)
        machine.now += 1.0
    found = [line["at_s"] for line in lines(tmp_path / "u")]
    assert found == sorted(found)
    assert found[-1] == 4.0
