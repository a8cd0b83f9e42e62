"""A user's own Lake project as the Lean to prove in: its toolchain, its libraries, its modules.

`lake env` is asked once for the project's environment; the servers then run under the project's `lean`, confined to the
folders that this environment names. The project's own Lean elaborates the step server's source, which is written for
4.28 and tested with that version; versions before 4.26 lack parts of the library that it uses. With those, the
community REPL's own binary, built by the project with its own Lean, is the step server. The judge is always ours.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from prover.config import PROJECT_MB
from prover.confine.command import output_of
from prover.confine.launch import Confinement, Launch
from prover.errors import ToolchainError, UsageError
from prover.files import lean_sources
from prover.lean.embedded.bundle import bundle
from prover.lean.embedded.install import cache_folder
from prover.lean.module_hash import digest_of_modules
from prover.lean.releases import kernel_caution, with_caution

log = logging.getLogger(__name__)

_TESTED = (4, 28)
_OLDEST = (4, 26)

_LAKE_S = 300.0  # it may fetch what the manifest names
_BUILD_S = 4 * 3600.0
_STACK_BYTES = 512 << 20
_VERSION = re.compile(r"version (\d+)\.(\d+)\.(\S+?),")
_REPL_SOURCE = "https://github.com/leanprover-community/repl"
_REPLS = tuple(Path(".lake/packages", name, ".lake/build/bin/repl") for name in ("repl", "REPL"))
_MAINS = ("Main.lean", "JudgeMain.lean")


@dataclass(frozen=True, slots=True)
class Project:
    """A built Lake project in which step servers and judging processes can be started. `repl` is the binary of the
    community REPL, where that is the step server. `memory_bytes` is the memory limit of one process."""

    folder: Path
    version: str
    env: Mapping[str, str]
    servers: Path
    fingerprint: str
    repl: Path | None = None
    memory_bytes: int = PROJECT_MB << 20

    @classmethod
    async def prepare(
        cls,
        folder: Path,
        *,
        build: bool = False,
        repl: str | None = None,
        cache: Path | None = None,
        memory_bytes: int = PROJECT_MB << 20,
    ) -> Project:
        """Read the project's environment; with `build`, build the project first. `repl` names the binary of the
        community REPL, which is then used whatever the version. Raises UsageError or ToolchainError, with what to do
        about it, if there is no project, no Lake, no usable Lean, or the project is not built."""
        folder = folder.expanduser().resolve()
        _check_folder(folder)
        lake = _find_lake()
        env = await _lake_env(lake, folder)
        version = await _version(folder, env)
        if not _is_built(env, folder):
            await _build(lake, folder, env, is_wanted=build)
        binary = _repl(folder, version, repl)
        servers, digest = _write_servers(cache or cache_folder())
        modules = await asyncio.to_thread(digest_of_modules, _unpinned(env, folder))
        return cls(folder, version, env, servers, _fingerprint(folder, version, digest + modules), binary, memory_bytes)

    @property
    def name(self) -> str:
        steps = f"; steps by {self.repl}" if self.repl is not None else ""
        return with_caution(self.version, f"project {self.folder}{steps}")

    @property
    def caution(self) -> str:
        return kernel_caution(self.version)

    def launch(self) -> Launch:
        if self.repl is None:
            return self._launch_ours(_MAINS[0])
        return replace(self._launch((str(self.repl),), self.folder), is_upstream=True)

    def judge_launch(self) -> Launch:
        return self._launch_ours(_MAINS[1])

    def _launch_ours(self, main: str) -> Launch:
        return self._launch((_lean(self.env), "--run", str(self.servers / main)), self.servers)

    def _launch(self, argv: tuple[str, ...], cwd: Path) -> Launch:
        seen = (*_library_paths(self.env), Path(self.env["LEAN_SYSROOT"]), self.folder, cwd)
        return Launch(
            argv,
            self.env,
            cwd,
            stack_bytes=_STACK_BYTES,
            memory_bytes=self.memory_bytes,
            confinement=Confinement(read=tuple(dict.fromkeys(seen))),
        )


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    if not any((folder / name).is_file() for name in ("lakefile.toml", "lakefile.lean")):
        raise UsageError(f"{folder} is no Lake project: it has neither lakefile.toml nor lakefile.lean")
    if not (folder / "lean-toolchain").is_file():
        raise UsageError(f"{folder} has no file lean-toolchain, so which Lean it is for isn't known")


def _find_lake() -> str:
    lake = shutil.which("lake") or shutil.which("lake", path=str(Path.home() / ".elan" / "bin"))
    if lake is None:
        raise ToolchainError(
            "no lake found, neither on the PATH nor in ~/.elan/bin: install elan, Lean's toolchain manager, or leave "
            "out --project to use the embedded Lean"
        )
    return lake


async def _lake_env(lake: str, folder: Path) -> dict[str, str]:
    """The environment that Lake gives programs in this project."""
    printed = await _run((lake, "env"), folder, dict(os.environ), timeout_s=_LAKE_S)
    known = dict(line.split("=", 1) for line in printed.splitlines() if re.match(r"[A-Z_]+=", line))
    missing = [name for name in ("LEAN_PATH", "LEAN_SYSROOT") if not known.get(name)]
    if missing:
        raise ToolchainError(f"`lake env` in {folder} names no {' and no '.join(missing)}: {printed.strip()[-400:]}")
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
    return {**kept, **{name: value for name, value in known.items() if name.startswith(("LEAN", "PATH"))}}


async def _version(folder: Path, env: dict[str, str]) -> str:
    """The version of the project's Lean. Raises ToolchainError if it is not the one asked for, or can't be used."""
    printed = await _run((_lean(env), "--version"), folder, env, timeout_s=60.0)
    found = _VERSION.search(printed)
    if found is None:
        raise ToolchainError(f"{_lean(env)} --version answered {printed.strip()[:200]!r}")
    number = (int(found[1]), int(found[2]))
    version = f"{found[1]}.{found[2]}.{found[3]}"
    wanted = (folder / "lean-toolchain").read_text(encoding="utf8").strip()
    asked = re.search(r"v?(\d+\.\d+\.\S+)$", wanted)
    if asked is not None and asked[1] != version:
        raise ToolchainError(
            f"{folder} asks for {wanted}, but `lake env` gives Lean {version}: run `elan install {wanted}`"
        )
    if number != _TESTED:
        log.warning("Lean %s: Stepwise is tested with %d.%d", version, *_TESTED)
    return version


def _repl(folder: Path, version: str, named: str | None) -> Path | None:
    """The community REPL's binary, where it is named or the step server doesn't fit the version."""
    if named is not None:
        binary = Path(named).expanduser().resolve()
        if not os.access(binary, os.X_OK) or binary.is_dir():
            raise UsageError(f"lean.repl: there is no program {binary}")
        return binary
    number = tuple(int(part) for part in version.split(".")[:2])
    if number >= _OLDEST:
        return None
    built = next((folder / place for place in _REPLS if os.access(folder / place, os.X_OK)), None)
    if built is None:
        oldest = ".".join(map(str, _OLDEST))
        raise ToolchainError(
            f"{folder} uses Lean {version}; the step server needs {oldest} or later. The community REPL can take its "
            f'place: add `require repl from git "{_REPL_SOURCE}" @ "v{version}"` to lakefile.lean (or the same to '
            "lakefile.toml), run `lake update repl` and `lake build repl`, or name a binary that is built for this "
            "version with --set lean.repl=PATH"
        )
    return built


async def _build(lake: str, folder: Path, env: dict[str, str], *, is_wanted: bool) -> None:
    if not is_wanted:
        raise ToolchainError(
            f"{folder} is not built: run `lake build` there (with Mathlib, `lake exe cache get` before it), or ask for "
            "it with --build"
        )
    await _run((lake, "build"), folder, dict(os.environ), timeout_s=_BUILD_S)
    if not _is_built(env, folder):
        raise ToolchainError(f"`lake build` in {folder} ended well, but left no modules")


def _is_built(env: Mapping[str, str], folder: Path) -> bool:
    """Whether each folder of compiled modules that belongs to the project or its packages is there."""
    return all(path.is_dir() for path in _library_paths(env) if path.is_relative_to(folder))


def _library_paths(env: Mapping[str, str]) -> list[Path]:
    return [Path(entry) for entry in env["LEAN_PATH"].split(os.pathsep) if entry]


def _unpinned(env: Mapping[str, str], folder: Path) -> list[Path]:
    """The folders of compiled modules whose content the manifest doesn't determine: the project's own, and those of
    packages outside `.lake/packages`."""
    return [path for path in _library_paths(env) if not path.is_relative_to(folder / ".lake" / "packages")]


def _lean(env: Mapping[str, str]) -> str:
    return str(Path(env["LEAN_SYSROOT"]) / "bin" / "lean")


async def _run(argv: tuple[str, ...], folder: Path, env: dict[str, str], *, timeout_s: float) -> str:
    try:
        status, printed = await output_of(Launch(argv, env, folder), timeout_s=timeout_s)
    except TimeoutError:
        raise ToolchainError(f"`{' '.join(argv)}` in {folder} did not end within {timeout_s:g} s") from None
    if status != 0:
        raise ToolchainError(f"`{' '.join(argv)}` in {folder} failed: {printed.strip()[-800:]}")
    return printed


def _write_servers(cache: Path) -> tuple[Path, str]:
    """The servers' sources, each as one file, in a folder that is named by their content."""
    texts = {main: bundle(lean_sources(), main) for main in _MAINS}
    digest = hashlib.sha256("\0".join(texts.values()).encode()).hexdigest()
    folder = cache / "servers" / digest[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for main, text in texts.items():
            part = folder / f".{main}.{os.getpid()}"
            part.write_text(text, encoding="utf8")
            part.replace(folder / main)
    except OSError as fault:
        raise ToolchainError(f"the servers can't be written to {folder}: {fault}") from fault
    return folder, digest


def _fingerprint(folder: Path, version: str, digest: str) -> str:
    manifest = folder / "lake-manifest.json"
    libraries = manifest.read_text(encoding="utf8") if manifest.is_file() else ""
    return hashlib.sha256(f"{version}\0{digest}\0{libraries}".encode()).hexdigest()
