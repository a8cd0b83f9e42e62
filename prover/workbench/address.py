"""Where the workbench of a project is found: a file with its address and token that only its user can read."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import prover
from prover.config import Config, ModelConfig, PolicyConfig
from prover.errors import UsageError
from prover.lean.embedded.install import cache_folder


@dataclass(frozen=True, slots=True)
class Address:
    """A port of this machine, the token that its server asks for, and the server's process."""

    port: int
    token: str
    pid: int


@dataclass(frozen=True, slots=True)
class Spot:
    """The files of one workbench: its address, the lock that its process holds while it lives, and its log."""

    folder: Path

    @classmethod
    def of(cls, config: Config) -> Spot:
        """The place for workbenches with these settings, made if it is not there: one for each project and Stepwise.
        Raises UsageError if the folder is not the user's own, or can't be made."""
        names_models = (config.models, config.policy) != (ModelConfig(), PolicyConfig())
        here = str(Path.cwd()) if names_models else ""  # a model may be named from here
        settings = json.dumps([prover.__version__, config.to_json(), here], sort_keys=True)
        name = hashlib.sha256(settings.encode()).hexdigest()[:16]
        folder = _home() / name
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise UsageError(
                f"no workbench can be kept in {folder}: {fault.strerror}; STEPWISE_CACHE names another folder, and "
                "`stepwise suggest --alone` needs none"
            ) from fault
        found = folder.stat()
        if found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise UsageError(f"{folder} is open to others: remove it, or make it yours alone (chmod 700)")
        return cls(folder)

    @property
    def log(self) -> Path:
        """What the process says on its standard error."""
        return self.folder / "log"

    def read(self) -> Address | None:
        """The address, if a workbench has left one."""
        try:
            value = json.loads((self.folder / "address.json").read_text(encoding="utf8"))
            return Address(int(value["port"]), str(value["token"]), int(value["pid"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, address: Address) -> None:
        """Leave the address, for the user alone."""
        temporary = self.folder / f".address.{address.pid}"
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf8") as stream:
            json.dump(asdict(address), stream)
        temporary.replace(self.folder / "address.json")

    def clear(self) -> None:
        """Take the address away."""
        (self.folder / "address.json").unlink(missing_ok=True)

    @contextlib.contextmanager
    def held(self) -> Iterator[bool]:
        """Hold the place while the block lasts; False if another process holds it."""
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def spots() -> list[Spot]:
    """The places of all workbenches of this user that were ever started."""
    return [Spot(folder) for folder in sorted(_home().glob("*")) if folder.is_dir()] if _home().is_dir() else []


def _home() -> Path:
    return cache_folder() / "workbench"
