"""How a figure is printed: with its target, under a heading that names the machine, the commit and the time."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from pathlib import Path


def commit() -> str:
    """The checkout's short commit, with `+` if the working tree differs; `unknown` outside a repository."""
    root = Path(__file__).resolve().parents[2]

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
        return done.stdout.strip()

    head = git("rev-parse", "--short", "HEAD")
    return f"{head}{'+' if git('status', '--porcelain', '-uno') else ''}" if head else "unknown"


def machine() -> str:
    """Processor model, cores that this process may use, memory in GiB."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {len(os.sched_getaffinity(0))} cores, {memory_gib:.0f} GiB, Python {platform.python_version()}"


def heading(name: str, *, seed: int | None) -> str:
    """The line printed above a benchmark's figures."""
    now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"# {name} · {now} · commit {commit()} · seed {'none' if seed is None else seed}\n# {machine()}"


def line(what: str, figure: str, *, target: str = "", is_met: bool = True, ratio: float | None = None) -> bool:
    """Print one figure; whether it meets its target."""
    aim = f"   aim {target}: {'met' if is_met else 'MISSED'}" if target else ""
    print(f"{what:<44} {figure:>20}{'' if ratio is None else f'   {ratio:.2f} x'}{aim}", flush=True)
    return is_met
