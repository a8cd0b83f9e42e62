"""Toolchains: an installed Lean, and how its step server and judge are started."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from prover.config import EMBEDDED_MB
from prover.confine.launch import Confinement, Launch
from prover.files import lean_sources
from prover.lean.embedded import EmbeddedLean, Progress, ensure_server, find_embedded, find_server
from prover.lean.embedded.folders import silent
from prover.lean.embedded.install import installed_folders
from prover.lean.embedded.server import server_folder
from prover.lean.releases import kernel_caution, with_caution

_SERVER, _JUDGE = "Main.lean", "JudgeMain.lean"


class Toolchain(Protocol):
    """An installed Lean. Preparing one may take minutes; starting a server with it may not."""

    @property
    def name(self) -> str:
        """The version and origin of this Lean, for people."""
        ...

    @property
    def caution(self) -> str:
        """The known bugs of this Lean's kernel, for people; empty if there are none."""
        ...

    @property
    def fingerprint(self) -> str:
        """A hash over Lean, its libraries and our changes to them, in hexadecimal digits."""
        ...

    def launch(self) -> Launch:
        """The command, confinement and limits of one step server."""
        ...

    def judge_launch(self) -> Launch:
        """The command, confinement and limits of one judging process."""
        ...


@dataclass(frozen=True, slots=True)
class Embedded:
    """The embedded Lean with our step server and judge. `memory_bytes` is the memory limit of one process."""

    lean: EmbeddedLean
    server: Path
    judge: Path
    memory_bytes: int = EMBEDDED_MB << 20

    @classmethod
    async def prepare(
        cls, lean: EmbeddedLean, progress: Progress = silent, *, memory_bytes: int = EMBEDDED_MB << 20
    ) -> Embedded:
        """Prepare the servers' sources and their snapshots for `lean`. Raises ToolchainError."""
        sources = lean_sources()
        server, judge = await asyncio.gather(
            ensure_server(lean, sources, progress=progress),
            ensure_server(lean, sources, main=_JUDGE, progress=progress),
        )
        return cls(lean, server / _SERVER, judge / _JUDGE, memory_bytes)

    @classmethod
    def find(cls, cache: Path, *, memory_bytes: int = EMBEDDED_MB << 20) -> Embedded | None:
        """The embedded Lean in `cache` with its servers, if all of it is ready; makes nothing."""
        lean = find_embedded(cache)
        if lean is None:
            return None
        server, judge = (find_server(lean, lean_sources(), main=main) for main in (_SERVER, _JUDGE))
        return None if server is None or judge is None else cls(lean, server / _SERVER, judge / _JUDGE, memory_bytes)

    @property
    def name(self) -> str:
        return with_caution(self.lean.lean_version, f"embedded: {self.lean.package}")

    @property
    def caution(self) -> str:
        return kernel_caution(self.lean.lean_version)

    @property
    def fingerprint(self) -> str:
        return self.lean.content

    def launch(self) -> Launch:
        return replace(self._launch(self.server), cancels=True)

    def judge_launch(self) -> Launch:
        restores = self.lean.snapshot_of(self.judge).exists()
        return replace(self._launch(self.judge), restores=restores)

    def _launch(self, main: Path) -> Launch:
        argv, env = self.lean.command(main)
        seen = (self.lean.host.parent, self.lean.root, main.parent)
        env = {**env, "OPENSSL_CONF": "/dev/null"}  # Node reads a file of the system's at start, and insists
        return Launch(tuple(argv), env, main.parent, memory_bytes=self.memory_bytes, confinement=Confinement(read=seen))


def current_folders() -> set[Path]:
    """The folders of the embedded Lean's cache that this version uses."""
    lean = find_embedded()
    servers = [] if lean is None else [server_folder(lean, lean_sources(), main) for main in (_SERVER, _JUDGE)]
    return {*installed_folders(), *servers}
