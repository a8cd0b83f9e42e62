"""Names of files in the folders that we keep, and writes of files and of whole folders."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from prover.errors import RunFolderError, ToolchainError, UsageError

_SAFE = re.compile(r"[^\w.\-]")


def file_names(identifiers: Iterable[str]) -> dict[str, str]:
    """A file name for each id: the id itself where it is harmless, otherwise cleaned, with a hash of the id.

    Names differ even where the file system ignores case.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for identifier in identifiers:
        cleaned = _SAFE.sub("_", unicodedata.normalize("NFC", identifier)).lstrip(".-")
        if not cleaned or cleaned != identifier or len(cleaned.encode()) > 120 or cleaned.casefold() in taken:
            cleaned = f"{_cut(cleaned, 100) or 'theorem'}-{digest(identifier)}"
        taken.add(cleaned.casefold())
        names[identifier] = cleaned
    return names


def _cut(name: str, size: int) -> str:
    return name.encode()[:size].decode(errors="ignore")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]


def write_text(path: Path, text: str, *, can_be_made_again: bool = False) -> None:
    """Write a file whole or not at all, through a power cut too unless it can be made again. RunFolderError when it
    can't be written."""
    write_bytes(path, text.encode(errors="backslashreplace"), can_be_made_again=can_be_made_again)


def write_bytes(path: Path, data: bytes, *, can_be_made_again: bool = False) -> None:
    """The same for bytes."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as stream:  # never through a link, nor over a file that somebody else has there
            stream.write(data)
            stream.flush()
            if path.exists():
                shutil.copymode(path, temporary)
            if not can_be_made_again:  # thousands of files would wait for the disk one by one
                os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # a disk that can only be read holds none
            temporary.unlink(missing_ok=True)
        raise folder_error(path, error) from error


def refuse_taken(target: Path) -> None:
    """Raise UsageError for a folder that is there already."""
    if target.exists():
        raise UsageError(f"{target} is there already; choose another folder")


@contextlib.contextmanager
def made_whole(target: Path) -> Iterator[Path]:
    """A folder to write to, which becomes `target` when the block ends well. Raises RunFolderError where it can't be
    written."""
    making = target.with_name(f".{target.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    try:
        making.mkdir(parents=True)
        yield making
        making.rename(target)
    except OSError as error:
        raise folder_error(target, error) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def folder_error(path: Path, error: OSError) -> RunFolderError:
    """The fault that an operating system error on a path of a run folder is."""
    return RunFolderError(f"{path}: {error.strerror or error}; nothing already written is lost")


def lean_sources() -> Path:
    """The folder of the Lean sources: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parent
    for folder in (package / "_lean_project", package.parent / "lean_project"):
        if (folder / "Main.lean").is_file():
            return folder
    raise ToolchainError(
        f"this installation of Stepwise lacks its Lean sources (lean_project), looked beside {package}"
    )
