"""Finds a model's folder by its path, or by its hub id in the hub's cache. Never uses the network."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path

from prover.errors import MissingExtra, UsageError
from prover.models.checkpoint import open_checkpoint

_SHORTEST = 4  # letters of a commit's hash, as in git
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(@[\w.-]+)?")


def find_model(name: str) -> Path:
    """The model's folder. Raises UsageError if it holds no model, or if the extra `models` is not installed."""
    folder = find_folder(name)
    open_checkpoint(folder)
    missing = [library for library in ("torch", "transformers") if importlib.util.find_spec(library) is None]
    if missing:
        raise MissingExtra(f"a model ({missing[0]} is not installed)", "models")
    return folder


def find_folder(name: str) -> Path:
    """The folder of a path, or the cached snapshot of a hub id (`OWNER/NAME` or `OWNER/NAME@REVISION`, the latter a
    branch, a tag, or a commit by as much of its hash as tells it from the others). Raises UsageError for a hub id that
    is not in the cache."""
    path = Path(name).expanduser()
    if path.exists() or not _HUB_ID.fullmatch(name):
        return path
    owner_name, _, revision = name.partition("@")
    repository = _hub_cache() / f"models--{owner_name.replace('/', '--')}"
    if not repository.is_dir():
        raise UsageError(
            f"no model folder at {path}, and no {owner_name} in the hub's cache ({_hub_cache()}): "
            f"give a folder, or fetch it with `hf download {owner_name}`"
        )
    reference = repository / "refs" / (revision or "main")
    commit = reference.read_text(encoding="utf-8").strip() if reference.is_file() else revision
    snapshots = repository / "snapshots"
    cached = sorted(path.name for path in snapshots.iterdir()) if snapshots.is_dir() else []
    meant = [name for name in cached if name == commit] or [
        name for name in cached if len(commit) >= _SHORTEST and name.startswith(commit.lower())
    ]
    if len(meant) != 1:
        wrong = f"the hub's cache has {'several snapshots' if meant else 'no snapshot'} of {revision or 'main'}"
        there = f"; there are {', '.join(f'{owner_name}@{name[:12]}' for name in meant or cached)}" if cached else ""
        raise UsageError(f"{name}: {wrong} in {repository}{there}")
    return snapshots / meant[0]


def _hub_cache() -> Path:
    """The folder in which the hub's own tools keep their downloads, by their environment variables."""
    named = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if named:
        return Path(named).expanduser()
    return Path(os.environ.get("HF_HOME") or "~/.cache/huggingface").expanduser() / "hub"
