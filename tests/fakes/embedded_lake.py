"""A native toolchain's stand-in, made of the embedded Lean: `lake env`, `lake build`, and `lean` with any arguments.

    python embedded_lake.py FACTS lake|lean ARGUMENTS        FACTS: a JSON file with the paths `node`, `host`, `root`
                                                             (of the embedded Lean), `sysroot`, `project`, and a
                                                             list `servers`; if it has them, `version` to claim,
                                                             `refused` file's name

`lake build` compiles every module of the project, in the order of imports. `host` has to allow writing. A server whose
source is that of one of `servers` starts from its snapshot.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

FACTS = json.loads(Path(sys.argv[1]).read_text())
PROJECT = Path(FACTS["project"])
LIBRARY = PROJECT / ".lake" / "build" / "lib" / "lean"
LAZY = "--wasm-lazy-validation"
SHORT_LIVED = (
    "--wasm-tiering-budget=100000000"  # pays for no compiling; code is kept for the flags that it was made with
)


def main() -> int:
    program, *arguments = sys.argv[2:]
    if program == "lean":
        if arguments == ["--version"]:
            version = FACTS.get("version", "4.28.0")
            print(f"Lean (version {version}, wasm32-unknown-emscripten, commit 38f3c0c4, Release)")
            return 0
        if "refused" in FACTS and arguments[-1].endswith(FACTS["refused"]):
            print(f"{FACTS['refused']}:7:0: error: unknown namespace 'Std.Internal'")
            return 1
        command = lean(arguments, os.environ.get("LEAN_PATH", ""))
        os.execve(command[0], command, {})
    if arguments == ["build"]:
        return build()
    print(f"LEAN_SYSROOT={FACTS['sysroot']}\nLEAN_PATH={LIBRARY}\nPATH={os.environ['PATH']}")
    return 0


def lean(arguments: list[str], path: str) -> list[str]:
    """The embedded Lean on the same arguments: folders of the machine appear under names of their own inside."""
    snapshot = snapshot_of(arguments)
    # a server that was saved looks for modules in /server
    folders = {"/project": str(PROJECT), "/server": str(Path(arguments[-1]).parent if snapshot is None else LIBRARY)}
    inside = [seen(argument, folders) for argument in arguments]
    places = ["/lean/lib", *(seen(entry, folders) for entry in path.split(":") if entry)]
    mounts = [["/lean", FACTS["root"]], *([name, folder] for name, folder in folders.items())]
    env = {"LEAN_PATH": ":".join(places), "LEAN_NUM_THREADS": "1"}
    config = {"mounts": mounts, "env": env, "args": ["-j1", *inside], "stackMb": 512, "memoryLimit": 1500 << 20}
    load = {} if snapshot is None else {"load": str(snapshot)}
    flags, code = compiled(snapshot)
    return [FACTS["node"], "--no-warnings", *flags, FACTS["host"], json.dumps({**config, **load, **code})]


def compiled(snapshot: Path | None) -> tuple[list[str], dict[str, str]]:
    """V8's flags, and the code that was kept with them: a server's own; the step server's for what has no snapshot."""
    steps = next((Path(main) for main in FACTS["servers"] if Path(main).stem == "Main"), None)
    kept = snapshot or steps
    if kept is None:
        return [LAZY, SHORT_LIVED], {}
    code = kept.with_suffix(".code")
    return [LAZY] if kept.stem == "Main" else [LAZY, SHORT_LIVED], {"code": str(code)} if code.exists() else {}


def snapshot_of(arguments: list[str]) -> Path | None:
    """The snapshot of the server that `lean --run` is to start, if there is one."""
    if arguments[0] != "--run":
        return None
    source = Path(arguments[1]).read_bytes()
    ready = (Path(main) for main in FACTS["servers"])
    return next((main.with_suffix(".snapshot") for main in ready if main.read_bytes() == source), None)


def seen(path: str, folders: dict[str, str]) -> str:
    for name, folder in folders.items():
        if path.startswith(folder):
            return name + path[len(folder) :]
    return path


def build() -> int:
    done: set[Path] = set()
    sources = sorted(source for source in PROJECT.rglob("*.lean") if source.name != "lakefile.lean")
    while len(done) < len(sources):
        for source in sources:
            needed = {PROJECT / (name.replace(".", "/") + ".lean") for name in imports(source)} & set(sources)
            if source not in done and needed <= done:
                target = (LIBRARY / source.relative_to(PROJECT)).with_suffix(".olean")
                target.parent.mkdir(parents=True, exist_ok=True)
                if subprocess.run(
                    lean(["-R", str(PROJECT), "-o", str(target), str(source)], str(LIBRARY)), check=False
                ).returncode:
                    return 1
                done.add(source)
    return 0


def imports(source: Path) -> list[str]:
    return re.findall(r"^import (\S+)$", source.read_text(), re.MULTILINE)


if __name__ == "__main__":
    sys.exit(main())
