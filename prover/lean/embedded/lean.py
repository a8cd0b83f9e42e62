"""An installed embedded Lean, and the commands that start servers in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Lean's tasks get one thread, which is started when the first is; servers work with `Elab.async false`.
_LEAN_ENV: Mapping[str, str] = {"LEAN_PATH": "/lean/lib:/server", "LEAN_NUM_THREADS": "1"}

# V8's own stack, of which deep recursion in Lean uses several times what it uses of the linear-memory stack.
_STACK_MB = 512

# The linear-memory stack of a thread that Lean starts; its main thread has one of the host's (`instance.cjs`).
_THREAD_STACK_KB = 128 << 10

# A tactic during which the linear memory grows beyond this is interrupted; the module's own limit is 2 GiB.
_MEMORY_LIMIT = 1600 << 20

# The module is known to be valid, so each function is validated when it is first called.
_V8_FLAGS = ("--wasm-lazy-validation",)

# A judging process runs much code a few times each: optimised code pays for its compilation only where it runs long.
_MORE_FLAGS: Mapping[str, Sequence[str]] = {"JudgeMain.lean": ("--wasm-tiering-budget=100000000",)}

Command = tuple[list[str], dict[str, str]]
"""The argument list and the whole environment of a process."""


@dataclass(frozen=True)
class EmbeddedLean:
    """A complete installation. All paths are absolute; nothing below them changes while it is in use.

    `content` is a hash over the package's own hash, the patches and the host scripts: results made with the same
    `content` were made with the same Lean.
    """

    node: Path
    host: Path
    root: Path  # mounted as /lean; holds lib/
    package: str
    lean_version: str
    package_sha512: str
    content: str

    def command(self, server_main: Path) -> Command:
        """The command of a process that runs `server_main`, from its snapshot and with its kept code if there are any.

        The folder of `server_main` is seen as /server, read-only, and is on the module path; nothing else of the
        machine is visible. Standard input and output are the server's; neither `ulimit` nor a shell is needed.
        """
        main = server_main.resolve()
        kept = {"load": self.snapshot_of(main), "code": self.code_of(main)}
        return self._server_command(main, **{key: str(file) for key, file in kept.items() if file.exists()})

    def saving_command(self, server_main: Path, snapshot: Path) -> Command:
        """The command of a process that starts `server_main`, writes `snapshot` when it is ready, and ends."""
        return self._server_command(server_main.resolve(), save=str(snapshot.resolve()))

    def keeping_command(self, server_main: Path, code: Path) -> Command:
        """The command of a process that runs `server_main` from its snapshot, and in the end writes the code of all
        that was called to `code`."""
        main = server_main.resolve()
        return self._server_command(main, load=str(self.snapshot_of(main)), keep=str(code.resolve()))

    def lean_command(self, arguments: Sequence[str], *, server: Path | None = None) -> Command:
        """The command of a plain `lean` with `arguments`; `server` is the folder seen as /server."""
        return self._command(arguments, server)

    def snapshot_of(self, server_main: Path) -> Path:
        """Where the snapshot of a server is, if one has been taken."""
        return server_main.with_suffix(".snapshot")

    def code_of(self, server_main: Path) -> Path:
        """Where the compiled code of a server is, if it has been kept."""
        return server_main.with_suffix(".code")

    def _server_command(self, main: Path, **files: str) -> Command:
        return self._command(["--run", f"/server/{main.name}"], main.parent, _MORE_FLAGS.get(main.name, ()), **files)

    def _command(
        self, arguments: Sequence[str], server: Path | None, v8_flags: Sequence[str] = (), **files: str
    ) -> Command:
        mounts = [["/lean", str(self.root)]]
        if server is not None:
            mounts.append(["/server", str(server.resolve())])
        config: dict[str, Any] = {
            "mounts": mounts,
            "env": dict(_LEAN_ENV),
            "args": ["-j1", f"-s{_THREAD_STACK_KB}", *arguments],
            "stackMb": _STACK_MB,
            "memoryLimit": _MEMORY_LIMIT,
            **files,
        }
        readable = [self.host.parent, *(Path(folder) for _, folder in mounts)]
        flags = [
            "--permission",
            "--allow-worker",
            "--no-warnings",
            *_V8_FLAGS,
            *v8_flags,
            *(f"--allow-fs-read={p}" for p in readable),
        ]
        flags += [f"--allow-fs-write={files[key]}" for key in ("save", "keep") if key in files]
        return [str(self.node), *flags, str(self.host), json.dumps(config)], {}
