"""The inputs that commands name: a file that is missing is a slip, said before anything starts."""

from __future__ import annotations

from pathlib import Path

from prover.cli.page import did_you_mean
from prover.errors import UsageError


def refuse_missing(name: str) -> None:
    """Raise UsageError, with the file that was likely meant, for an input that is no file or folder."""
    path = Path(name)
    if not name:
        raise UsageError("an input has an empty name")  # else it would be the current folder
    if name == "-" or name.startswith("hf:") or path.exists():
        return
    if ":=" in name:
        raise UsageError("a statement itself goes behind --statement")
    if path.is_symlink():
        raise UsageError(f"{name} is a link to {path.readlink()}, where no file is")
    beside = [str(path.with_name(each.name)) for each in path.parent.iterdir()] if path.parent.is_dir() else []
    raise UsageError(f"there is no file {name}{did_you_mean(name, beside)}")
