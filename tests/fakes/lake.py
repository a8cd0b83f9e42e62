"""A stand-in for `lake`: `env` tells the environment of the project in the current folder, `build` makes its modules.

Its Lean is the folder named by STAND_IN_SYSROOT; "modules" are empty files in `.lake/build/lib/lean`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main() -> int:
    library = Path.cwd() / ".lake" / "build" / "lib" / "lean"
    if sys.argv[1] == "build":
        library.mkdir(parents=True)
        return 0
    if (Path.cwd() / "lakefile.toml").read_text() == "broken":
        print("error: lakefile.toml: expected key", file=sys.stderr)
        return 1
    print("info: fetching nothing")
    print(f"LEAN_SYSROOT={os.environ['STAND_IN_SYSROOT']}\nLEAN_PATH={library}\nPATH={os.environ['PATH']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
