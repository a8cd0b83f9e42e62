"""Lake projects whose Lake and Lean are stand-ins made of the embedded Lean (`embedded_lake.py`)."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from prover.confine.launch import Launch
from prover.lean.embedded import EmbeddedLean
from prover.lean.project import Project

STAND_IN = Path(__file__).parent / "embedded_lake.py"


class Unconfined(Project):
    """The stand-ins are scripts with an interpreter: more than a confined Lean may start."""

    def launch(self) -> Launch:
        return replace(super().launch(), confinement=None)

    def judge_launch(self) -> Launch:
        return replace(super().judge_launch(), confinement=None)


def make_project(
    lean: EmbeddedLean, home: Path, modules: Mapping[str, str], servers: Sequence[Path] = (), **told: str
) -> tuple[Path, Path]:
    """A project in `home / "project"` that is not built, and the folder of its own `lake` and `lean`. A module's path
    is its file's; its text should say what is `public`, since what this build compiles exports nothing else. A server
    of the project starts from its source, which takes 20 s, unless it is one of `servers`, which have snapshots. `told`
    are further facts for the stand-in."""
    folder, sysroot = home / "project", home / "sysroot"
    for name, text in {
        "lakefile.toml": 'name = "stand_in"\n',
        "lean-toolchain": "leanprover/lean4:v4.28.0\n",
        **modules,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    facts = {"node": str(lean.node), "host": str(_writable(lean, home / "host")), "root": str(lean.root), **told}
    facts |= {"sysroot": str(sysroot), "project": str(folder)}
    (home / "facts.json").write_text(json.dumps({**facts, "servers": [str(main) for main in servers]}))
    for program in ("lake", "lean"):
        script = sysroot / "bin" / program
        write_program(script, f'exec {sys.executable} -I -S {STAND_IN} {home / "facts.json"} {program} "$@"')
    return folder, sysroot / "bin"


def write_program(path: Path, line: str) -> None:
    """A shell script of one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def _writable(lean: EmbeddedLean, folder: Path) -> Path:
    """The host scripts of the embedded Lean, with the part left out that refuses to write."""
    folder.mkdir()
    for file in lean.host.parent.iterdir():
        (folder / file.name).symlink_to(file)
    script = folder / "instance.cjs"
    text = script.read_text()
    script.unlink()
    assert "  readOnly({ FS, NODEFS });\n" in text
    script.write_text(text.replace("  readOnly({ FS, NODEFS });\n", ""))
    for name in ("host.cjs", "lean.cjs"):  # they look for their neighbours beside the file they really are
        copy = folder / name
        content = copy.read_bytes()
        copy.unlink()
        copy.write_bytes(content)
    return folder / "host.cjs"
