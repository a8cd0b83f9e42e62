"""Model folders: config, names of tensors, sizes, and the tensors themselves as a stream.

Tensors are read one at a time, so that a shard is never in memory twice. Pickled shards are read with
`weights_only=True`; nothing in a folder is ever executed.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prover.errors import ModelError, UsageError

if TYPE_CHECKING:
    import torch

MANIFEST = "stepwise.json"
"""Beside the weights of a model that was trained here: what it was made of, how it wants to be asked."""

_INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
_SINGLES = ("model.safetensors", "pytorch_model.bin")
_ADAPTER = "adapter_config.json"
_MAX_JSON_BYTES = 256 * 2**20
_REFUSED_SUFFIXES = (".gguf", ".ggml", ".onnx")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder with a config and weight files, the latter in reading order, each listed once, and the manifest of a
    model that was trained here."""

    folder: Path
    config: Mapping[str, Any]
    weight_files: tuple[Path, ...]
    manifest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def model_type(self) -> str:
        """The config's `model_type`, lower case."""
        return str(self.config.get("model_type", "")).lower()

    @property
    def architecture(self) -> str:
        """The first of the config's `architectures`, or an empty string."""
        return str((self.config.get("architectures") or [""])[0])

    @property
    def is_internlm2(self) -> bool:
        """Whether the tensors are in InternLM2's published layout. A config that names no architecture leaves it to the
        tensors' names."""
        if not (self.architecture or self.model_type):
            return any(name.endswith(".attention.wqkv.weight") for name in self.tensor_names())
        return self.architecture.startswith("InternLM2") or self.model_type == "internlm2"

    @property
    def names(self) -> tuple[str, ...]:
        """The checkpoint's names: its repository, if it lies in the hub's cache, its folder, the name in its config.

        Meaningless ones (a snapshot's hash, `output`) are among them.
        """
        known = (_hub_name(self.folder), self.folder.absolute().name, self.folder.resolve().name)
        return tuple(dict.fromkeys(name for name in (*known, str(self.config.get("_name_or_path", ""))) if name))

    @property
    def name(self) -> str:
        """The first of its names: that of its hub repository, otherwise that of its folder."""
        return self.names[0]

    @property
    def trained_length(self) -> int | None:
        """The tokens of the longest text that the model was trained on; None where positions have no limit."""
        said = self.config.get("max_position_embeddings") or (
            self.model_type == "gpt2" and self.config.get("n_positions")
        )
        return int(said) if said else None

    @property
    def weight_bytes(self) -> int:
        """Bytes of all weight files together."""
        return sum(path.stat().st_size for path in self.weight_files)

    def file_hashes(self) -> dict[str, str]:
        """The SHA-256 of each file of weights, as the hub shows it, by the file's name. It takes a second per gigabyte,
        except in the hub's cache, where files are named by theirs."""
        return {path.name: _hash_in_hub(path) or sha256(path) for path in self.weight_files}

    def damaged(self) -> list[str]:
        """The names of files in the hub's cache whose contents are not what their names say. Reads them whole."""
        named = {path: _hash_in_hub(path) for path in self.weight_files}
        return [path.name for path, digest in named.items() if digest is not None and digest != sha256(path)]

    def tensors(self) -> Iterator[tuple[str, torch.Tensor]]:
        """All tensors with their names, on the CPU, file by file. Raises ModelError naming a damaged file."""
        for path in self.weight_files:
            yield from (_safetensors(path) if path.suffix == ".safetensors" else _pickled(path))

    def tensor_names(self) -> set[str]:
        """The names of all tensors, from an index or the files' headers. Raises ModelError naming a damaged file."""
        for index in _INDEXES:
            if (self.folder / index).is_file():
                return set(read_json(self.folder / index).get("weight_map", {}))
        (path,) = self.weight_files
        if path.suffix == ".safetensors":
            return set(_safetensors_header(path))
        return {name for name, _ in _pickled(path)}  # mapped into memory, not read


def open_checkpoint(folder: Path | str) -> Checkpoint:
    """The checkpoint in `folder`, without its weights. Raises UsageError naming what is missing, and ModelError naming
    a weight file that was cut short."""
    path = Path(folder).expanduser()
    if not path.exists():
        raise UsageError(f"no model folder at {path}: give the folder with config.json and the weights")
    if path.is_file() or not (path / "config.json").is_file():
        hint = _other_format(path)
        raise UsageError(f"{path} is not a model folder: it has no config.json{hint}")
    if (path / _ADAPTER).is_file():
        raise UsageError(
            f"{path} has an adapter ({_ADAPTER}) beside a model's config, and adapters are not applied: merge it into "
            f"its base model and give that folder (in peft: `merge_and_unload()`, `save_pretrained(FOLDER)`), or take "
            f"{_ADAPTER} out of this one to use the model without it"
        )
    config = read_json(path / "config.json")
    _refuse_packed(path, config)
    files = _weight_files(path)
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise UsageError(f"{path}: the index names files that are not there: {', '.join(missing)} (partial download?)")
    pointers = [file.name for file in files if file.stat().st_size < 1024 and _is_lfs_pointer(file)]
    if pointers:
        raise UsageError(f"{path}: Git LFS pointers instead of weights: {', '.join(pointers)} (run `git lfs pull`)")
    for file in files:
        _refuse_cut(file)
    manifest = read_json(path / MANIFEST) if (path / MANIFEST).is_file() else {}
    return Checkpoint(path, config, files, manifest)


def _refuse_packed(path: Path, config: Mapping[str, Any]) -> None:
    """Raises UsageError for weights that a tool has packed: their scales are tensors that no layout of ours reads."""
    packed = config.get("quantization_config") or config.get("compression_config")
    if packed:
        method = packed.get("quant_method", "unnamed") if isinstance(packed, dict) else packed
        raise UsageError(
            f"{path} has packed weights (quantization_config: {method}), which are not read: give the folder of the "
            "unpacked model (bits=8 or bits=4 packs it here), or serve this one and use --policy openai:URL"
        )


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file of a model folder. Raises UsageError for anything else."""
    if path.stat().st_size > _MAX_JSON_BYTES:
        raise UsageError(f"{path} is too large for what it should be ({path.stat().st_size} bytes)")
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not readable JSON: {error}") from error
    if not isinstance(value, dict):
        raise UsageError(f"{path} holds {type(value).__name__} where an object belongs")
    return value


def _hub_name(folder: Path) -> str:
    """`OWNER/NAME` of a folder in the hub's cache, else an empty string."""
    hub = next((part for part in reversed(folder.absolute().parts) if part.startswith("models--")), "")
    return hub.removeprefix("models--").replace("--", "/")


def _hash_in_hub(path: Path) -> str | None:
    """The SHA-256 by which the hub's cache names a file; None outside of it."""
    blob = path.resolve()
    return blob.name if path.is_symlink() and re.fullmatch(r"[0-9a-f]{64}", blob.name) else None


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _other_format(path: Path) -> str:
    files = [path] if path.is_file() else [file for file in path.iterdir() if file.is_file()]
    if (path / "snapshots").is_dir():
        return (
            f" (a repository of the hub's cache: give {_hub_name(path) or 'OWNER/NAME'}, or a folder in its snapshots)"
        )
    for file in files:
        if file.suffix in _REFUSED_SUFFIXES:
            return f" ({file.name} is {file.suffix[1:].upper()}: serve it and use --policy openai:URL)"
        if file.name == _ADAPTER:
            return " (an adapter alone: merge it into its base model first, in peft by `merge_and_unload()`)"
    return ""


def _weight_files(folder: Path) -> tuple[Path, ...]:
    for index in _INDEXES:
        if (folder / index).is_file():
            weight_map = read_json(folder / index).get("weight_map")
            if not isinstance(weight_map, dict) or not weight_map:
                raise UsageError(f"{folder / index} has no weight_map")
            return tuple(_inside(folder, str(name)) for name in sorted(set(weight_map.values())))
    for single in _SINGLES:
        if (folder / single).is_file():
            return (folder / single,)
    looked_for = ", ".join(_INDEXES + _SINGLES)
    raise UsageError(f"{folder} has a config.json but no weights (looked for {looked_for}){_other_format(folder)}")


def _inside(folder: Path, name: str) -> Path:
    """The path of a shard. Raises UsageError for a name in an index that could lead out of the folder."""
    if Path(name).name != name or Path(name).suffix not in {".bin", ".safetensors"}:
        raise UsageError(f"{folder}: the index names {name!r}, which is not a weight file of this folder")
    return folder / name


def _is_lfs_pointer(path: Path) -> bool:
    return path.read_bytes()[:40].startswith(b"version https://git-lfs")


def _refuse_cut(path: Path) -> None:
    if path.suffix == ".safetensors":
        _safetensors_header(path)
        return
    try:
        with path.open("rb") as file:
            if file.read(2) == b"PK":  # else in PyTorch's form from before 1.6
                zipfile.ZipFile(file).close()
    except zipfile.BadZipFile as error:
        raise ModelError(f"{path} is damaged: {error}") from error


def _safetensors_header(path: Path) -> dict[str, Any]:
    """The entries of a safetensors file, which are as long as the file itself."""
    with path.open("rb") as file:
        start = file.read(8)
        size = struct.unpack("<Q", start)[0] if len(start) == 8 else _MAX_JSON_BYTES + 1
        if size > min(_MAX_JSON_BYTES, path.stat().st_size):
            raise ModelError(f"{path} is damaged: its header does not fit the file")
        try:
            header = dict(json.loads(file.read(size)))
            header.pop("__metadata__", None)
            end = 8 + size + max(entry["data_offsets"][1] for entry in header.values())
        except (ValueError, TypeError, LookupError) as error:
            raise ModelError(f"{path} is damaged: {error}") from error
    if end != path.stat().st_size:
        raise ModelError(f"{path} is damaged: it has {path.stat().st_size} bytes, and its header lists {end}")
    return header


def _safetensors(path: Path) -> Iterator[tuple[str, torch.Tensor]]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 - not a mapping
                yield name, file.get_tensor(name)
    except SafetensorError as error:
        raise ModelError(f"{path} is damaged: {error}") from error


def _pickled(path: Path) -> Iterator[tuple[str, torch.Tensor]]:
    import pickle

    import torch

    try:
        state = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise ModelError(f"{path} is damaged, or holds more than tensors: {error}") from error
    if not isinstance(state, dict):
        raise ModelError(f"{path} holds {type(state).__name__} where a table of tensors belongs")
    yield from state.items()
