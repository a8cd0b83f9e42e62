"""The unit tier needs nothing: whoever starts a process or opens a socket there belongs to the tier `process`."""

from __future__ import annotations

import os
import sys

FORBIDDEN = {"subprocess.Popen", "os.posix_spawn", "os.fork", "os.exec", "os.system", "socket.bind", "socket.connect"}
HERE = "tests/unit/"


def refuse(event: str, _: tuple[object, ...]) -> None:
    """Holds while a test of this tier runs: the hook can't be removed, and other tiers may run in the same process."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "")
    if event in FORBIDDEN and test.startswith(HERE):
        raise RuntimeError(f"{event} in the unit tier: {test}")


sys.addaudithook(refuse)
