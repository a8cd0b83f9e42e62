"""The memory that a run may count on: the machine's, or less in a container."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.confine.process_tree import available_bytes

GIB = 1 << 30
MACHINE = {"proc/meminfo": "MemTotal: 99 kB\nMemAvailable: 16777216 kB\n"}
V2 = {
    "proc/self/cgroup": "0::/box/inner\n",
    "groups/box/inner/memory.max": "max\n",
    "groups/box/inner/memory.current": f"{GIB}\n",
    "groups/box/memory.max": f"{4 * GIB}\n",
    "groups/box/memory.current": f"{3 * GIB}\n",
    "groups/box/memory.stat": f"anon 7\ninactive_file {GIB}\n",
}
V1 = {
    "proc/self/cgroup": "5:cpu:/\n4:memory:/docker/abc\n0::/\n",
    "groups/memory/memory.limit_in_bytes": f"{2 * GIB}\n",  # seen from inside, where `/docker/abc` is not
    "groups/memory/memory.usage_in_bytes": f"{GIB}\n",
    "groups/memory/memory.stat": "total_inactive_file 0\n",
}
UNLIMITED = {**V1, "groups/memory/memory.limit_in_bytes": "9223372036854771712\n"}


@pytest.mark.parametrize(
    ("files", "left"),
    [
        (MACHINE, 16 * GIB),
        ({**MACHINE, **V2}, 2 * GIB),
        ({**MACHINE, **V1}, GIB),
        ({**MACHINE, **UNLIMITED}, 16 * GIB),
        ({}, 0),
    ],
    ids=["machine", "version 2", "version 1", "unlimited", "unknown"],
)
def test_it_is_what_machine_and_control_groups_leave(files: dict[str, str], left: int, tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert available_bytes(tmp_path / "proc", tmp_path / "groups") == left
