"""Writes a judged proof for Lean's own tools: a Lake package that `lake comparator` and leanprover/comparator read.

https://github.com/leanprover/comparator names the fields of the configuration. Nothing of it was tried here, for want
of a native Lean.
"""

from __future__ import annotations

import json
from pathlib import Path

from prover.files import folder_error

_TOOLCHAIN = "leanprover/lean4:v4.35.0-rc2"
"""The first release with `lake comparator`, and later than the kernel's known bugs."""
_CONFIG = "comparator.json"

_LAKEFILE = """\
name = "judged"
defaultTargets = ["Challenge", "Solution"]

[[lean_lib]]
name = "Challenge"

[[lean_lib]]
name = "Solution"
"""


def write_package(proof: Path, challenge: str, solution: str, theorem: str) -> Path:
    """Write the package of the proof in `proof` beside it, in a folder of the proof's name; returns the folder.
    RunFolderError when it can't be written. It can be made again from the certificate, so nobody waits for the disk."""
    folder = proof.with_suffix("")
    config = {
        "challenge_module": "Challenge",
        "solution_module": "Solution",
        "theorem_names": [theorem],
        "permitted_axioms": ["propext", "Quot.sound", "Classical.choice"],
    }
    files = {
        "Challenge.lean": challenge,
        "Solution.lean": solution,
        _CONFIG: json.dumps(config, ensure_ascii=False, indent=1) + "\n",
        "lakefile.toml": _LAKEFILE,
        "lean-toolchain": _TOOLCHAIN + "\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise folder_error(folder, error) from error
    return folder
