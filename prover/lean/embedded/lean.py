"""An installed embedded Lean, and the command that starts a server in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Lean's tasks get one thread; a server works with `Elab.async false`.
_LEAN_ENV: Mapping[str, str] = {"LEAN_PATH": "/lean/lib:/server", "LEAN_NUM_THREADS": "1"}

# V8's own stack, of which deep recursion in Lean uses several times what it uses of the linear-memory stack.
_STACK_MB = 512


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

    def command(self, server_main: Path, args: Sequence[str] = ()) -> tuple[list[str], dict[str, str]]:
        """The argument list and the whole environment of a process that runs `server_main` with `args`.

        The folder of `server_main` is seen as /server, read-only, and is on the module path; nothing else of the
        machine is visible. Standard input and output are the server's; neither `ulimit` nor a shell is needed.
        """
        main = server_main.resolve()
        return self.lean_command(["--run", f"/server/{main.name}", *args], server=main.parent)

    def lean_command(self, arguments: Sequence[str], *, server: Path | None = None) -> tuple[list[str], dict[str, str]]:
        """The same for plain arguments of the `lean` executable; `server` is the folder seen as /server."""
        mounts = [["/lean", str(self.root)]]
        if server is not None:
            mounts.append(["/server", str(server.resolve())])
        config = {"mounts": mounts, "env": dict(_LEAN_ENV), "args": ["-j1", *arguments], "stackMb": _STACK_MB}
        readable = [self.host.parent, *(Path(folder) for _, folder in mounts)]
        flags = ["--permission", "--allow-worker", "--no-warnings", *(f"--allow-fs-read={p}" for p in readable)]
        return [str(self.node), *flags, str(self.host), json.dumps(config)], {}
